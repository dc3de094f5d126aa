#include "task/anomaly_score.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "base/interrupt.h"
#include "network/inference.h"
#include "train/evaluate.h"

namespace hourglass {
namespace {

constexpr double kSmallestScaleShare = 0.1;
// Keeps a score finite where a reconstruction overflows.
constexpr double kLargestError = 1e30;

// A block of rows on its way from the table to residuals.
struct Block {
  const double* raw;             // count × table columns
  const float* features;         // count × features
  const float* mask;             // count × features, 1 where the cell was there
  const float* reconstructions;  // count × features
  Index count;
  Index begin;  // position of the first row in the list asked for
};

// Encodes and reconstructs rows block by block.
void for_each_reconstructed(const TrainedModel& model, const Table& table,
                            const std::vector<Index>& rows, ThreadPool& pool,
                            const std::function<void(const Block&)>& visit) {
  const Encoding& encoding = model.saved.encoding;
  const Index features = encoding.features;
  const Index columns = encoding.table_columns();
  const auto total = static_cast<Index>(rows.size());
  const Index step = std::min(total, evaluation_block_rows(std::max(features, columns)));
  Inference<float> inference(*model.network, model.saved.spec.step, pool);
  Matrix<double> raw(step, columns);
  Matrix<float> encoded(step, features);
  Matrix<float> mask(step, features);
  Matrix<float> reconstructed(step, features);
  for (Index begin = 0; begin < total; begin += step) {
    throw_if_interrupted();
    const Index count = std::min(step, total - begin);
    const Index* block_rows = rows.data() + begin;
    const bool consecutive = block_rows[count - 1] - block_rows[0] == count - 1;
    if (consecutive) {
      table.store->read(block_rows[0], block_rows[0] + count, raw.data());
    } else {
      table.store->gather(block_rows, count, raw.data());
    }
    encode_rows(encoding, raw.data(), count, encoded.data(), mask.data());
    inference.reconstruct({encoded.data(), count, features},
                          {reconstructed.data(), count, features});
    visit({raw.data(), encoded.data(), mask.data(), reconstructed.data(), count, begin});
  }
}

// Names what a column holds: "3.5", "red", "" for a missing cell.
std::string cell_text(const Column& column, double value) {
  if (std::isnan(value)) return "";
  if (column.kind == ColumnKind::kNumeric) return fmt::format("{:.6g}", value);
  const auto level = static_cast<Index>(value);
  if (level < 0 || level >= static_cast<Index>(column.levels.size())) return "(other)";
  return column.levels[static_cast<std::size_t>(level)];
}

class Explainer {
 public:
  Explainer(const Encoding& encoding, Index explain)
      : encoding_(encoding),
        explain_(std::min(explain, encoding.table_columns())),
        column_error_(static_cast<std::size_t>(encoding.table_columns())),
        order_(static_cast<std::size_t>(encoding.table_columns())),
        expected_(static_cast<std::size_t>(encoding.table_columns())) {}

  // `errors`: features numbers, this row's standardised squared errors.
  std::vector<Contribution> explain(const double* errors, const double* raw,
                                    const float* reconstruction) {
    for (std::size_t c = 0; c < column_error_.size(); ++c) {
      const ColumnEncoding& column = encoding_.columns[c];
      column_error_[c] = 0;
      for (Index f = 0; f < column.feature_count; ++f) {
        column_error_[c] += errors[column.first_feature + f];
      }
    }
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::partial_sort(
        order_.begin(), order_.begin() + explain_, order_.end(), [&](std::size_t a, std::size_t b) {
          return column_error_[a] != column_error_[b] ? column_error_[a] > column_error_[b] : a < b;
        });
    decode_rows(encoding_, reconstruction, 1, expected_.data());
    std::vector<Contribution> contributions;
    for (Index i = 0; i < explain_; ++i) {
      const std::size_t c = order_[static_cast<std::size_t>(i)];
      const Column& column = encoding_.columns[c].column;
      contributions.push_back({encoding_.column_name(static_cast<Index>(c)), column_error_[c],
                               cell_text(column, raw[c]), cell_text(column, expected_[c])});
    }
    return contributions;
  }

 private:
  const Encoding& encoding_;
  Index explain_;
  std::vector<double> column_error_;
  std::vector<std::size_t> order_;
  std::vector<double> expected_;
};

}  // namespace

std::vector<double> learn_feature_scale(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool) {
  const Index features = model.saved.encoding.features;
  std::vector<double> squared(static_cast<std::size_t>(features));
  std::vector<double> counted(static_cast<std::size_t>(features));
  for_each_reconstructed(model, table, rows, pool, [&](const Block& block) {
    for (Index i = 0; i < block.count * features; ++i) {
      if (block.mask[i] == 0) continue;
      const auto f = static_cast<std::size_t>(i % features);
      const double residual =
          static_cast<double>(block.features[i]) - static_cast<double>(block.reconstructions[i]);
      squared[f] += residual * residual;
      counted[f] += 1;
    }
  });
  double mean_square = 0;
  for (std::size_t f = 0; f < squared.size(); ++f) {
    squared[f] = std::min(squared[f] / std::max(1.0, counted[f]), kLargestError);
    mean_square += squared[f] / static_cast<double>(features);
  }
  const double smallest = std::max(kSmallestScaleShare * std::sqrt(mean_square), 1e-12);
  std::vector<double> scale;
  scale.reserve(squared.size());
  for (const double mean : squared) scale.push_back(std::max(std::sqrt(mean), smallest));
  return scale;
}

RowScores score_rows(const TrainedModel& model, const Table& table, const std::vector<Index>& rows,
                     Index explain, ThreadPool& pool, const ProgressCallback& progress) {
  const Index features = model.saved.encoding.features;
  const std::vector<double>& scale = model.saved.calibration.feature_scale;
  RowScores result;
  result.scores.resize(rows.size());
  if (explain > 0) result.explanations.resize(rows.size());
  std::vector<double> weight;
  weight.reserve(scale.size());
  for (const double s : scale) weight.push_back(1 / (s * s));
  Progress moment;
  moment.stage = "scoring";

  for_each_reconstructed(model, table, rows, pool, [&](const Block& block) {
    const auto score_slice = [&](Index first, Index last) {
      std::vector<double> errors(static_cast<std::size_t>(features));
      Explainer explainer(model.saved.encoding, explain);
      for (Index r = first; r < last; ++r) {
        const Index offset = r * features;
        double sum = 0;
        double there = 0;
        for (Index f = 0; f < features; ++f) {
          const Index i = offset + f;
          const double residual = static_cast<double>(block.features[i]) -
                                  static_cast<double>(block.reconstructions[i]);
          double error = residual * residual * weight[static_cast<std::size_t>(f)];
          if (!(error < kLargestError)) error = kLargestError;
          errors[static_cast<std::size_t>(f)] = block.mask[i] == 0 ? 0 : error;
          sum += errors[static_cast<std::size_t>(f)];
          there += static_cast<double>(block.mask[i]);
        }
        const auto row = static_cast<std::size_t>(block.begin + r);
        result.scores[row] = sum / std::max(1.0, there);
        if (explain > 0) {
          result.explanations[row] =
              explainer.explain(errors.data(), block.raw + r * model.saved.encoding.table_columns(),
                                block.reconstructions + offset);
        }
      }
    };
    pool.run([&](int worker) {
      const Range share = share_of(block.count, worker, pool.size());
      if (!share.empty()) score_slice(share.begin, share.end);
    });
    moment.fraction =
        static_cast<double>(block.begin + block.count) / static_cast<double>(rows.size());
    if (progress) progress(moment);
  });
  return result;
}

}  // namespace hourglass
