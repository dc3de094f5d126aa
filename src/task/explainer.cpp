#include "task/explainer.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/ordered_work.h"
#include "base/thread_pool.h"
#include "task/judged_row.h"
#include "task/reconstructed_rows.h"
#include "task/row_scorer.h"

namespace hourglass {
namespace {

// Names what a column holds: "3.5", "red", "" for a missing cell.
std::string cell_text(const Column& column, double value) {
  if (std::isnan(value)) return "";
  if (column.kind == ColumnKind::kNumeric) return fmt::format("{:.6g}", value);
  const auto level = static_cast<Index>(value);
  if (level < 0 || level >= static_cast<Index>(column.levels.size())) return "(other)";
  return column.levels[static_cast<std::size_t>(level)];
}

// The two levels a one-hot column comes nearest to, and how near: "yes 62 %, no 35 %".
std::string nearest_levels(const Encoding& encoding, Index column, const float* reconstruction) {
  const ColumnEncoding& coded = encoding.columns[static_cast<std::size_t>(column)];
  std::vector<Index> features(static_cast<std::size_t>(coded.feature_count));
  std::iota(features.begin(), features.end(), coded.first_feature);
  const auto shown = std::min<std::ptrdiff_t>(2, coded.feature_count);
  std::partial_sort(features.begin(), features.begin() + shown, features.end(),
                    [&](Index a, Index b) { return reconstruction[a] > reconstruction[b]; });
  const std::size_t level_at = encoding.column_name(column).size() + 1;  // after "colour="
  std::string text;
  for (std::ptrdiff_t i = 0; i < shown; ++i) {
    const Index feature = features[static_cast<std::size_t>(i)];
    text += fmt::format("{}{} {:.0f} %", i > 0 ? ", " : "",
                        encoding.feature_name(feature).substr(level_at),
                        100 * static_cast<double>(reconstruction[feature]));
  }
  return text;
}

// Orders the columns of one row after another by their errors and puts them into words.
class RowExplainer {
 public:
  RowExplainer(const Encoding& encoding, Index explain)
      : encoding_(encoding),
        explain_(explain),
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
      const ColumnEncoding& coded = encoding_.columns[c];
      const auto column = static_cast<Index>(c);
      const std::string observed = cell_text(coded.column, raw[c]);
      std::string expected = cell_text(coded.column, expected_[c]);
      // That the observed category was expected, but not as surely, explains nothing by its name.
      const bool in_doubt = coded.column.kind == ColumnKind::kCategorical && !coded.dropped;
      if (in_doubt && expected == observed) {
        expected = nearest_levels(encoding_, column, reconstruction);
      }
      contributions.push_back(
          {encoding_.column_name(column), column_error_[c], observed, std::move(expected)});
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

// Explains the given rows, which `model` scored: put(row, contributions) in their order.
void explain_rows(const TrainedModel& model, const Table& table, const std::vector<Index>& rows,
                  Index columns, ThreadPool& pool,
                  const std::function<void(Index row, std::vector<Contribution>)>& put) {
  const Encoding& encoding = model.saved.encoding;
  const std::vector<std::vector<double>> weights = error_weights(model);
  std::vector<std::vector<std::vector<Contribution>>> of_piece(
      static_cast<std::size_t>(places_for(pool)));
  const auto visit = [&](const ReconstructedRows& block) {
    JudgedRow row(encoding.features);
    RowExplainer explainer(encoding, columns);
    for (Index r = 0; r < block.rows.count; ++r) {
      row.judge(block, r, weights);
      of_piece[static_cast<std::size_t>(block.rows.place)].push_back(
          explainer.explain(row.errors().data(), block.rows.raw + r * encoding.table_columns(),
                            row.expected().data()));
    }
  };
  const auto hand_on = [&](Index begin, Index count, int place) {
    auto& piece = of_piece[static_cast<std::size_t>(place)];
    for (Index i = 0; i < count; ++i) {
      put(rows[static_cast<std::size_t>(begin + i)], std::move(piece[static_cast<std::size_t>(i)]));
    }
    piece.clear();
  };
  run(
      ReconstructionPass{
          .model = model, .table = table, .rows = &rows, .visit = visit, .hand_on = hand_on},
      pool);
}

}  // namespace

Explainer::Explainer(Table table, std::vector<TrainedModel> models,
                     std::vector<std::uint8_t> model_of_row, Index columns, int threads)
    : table_(std::move(table)),
      models_(std::move(models)),
      model_of_row_(std::move(model_of_row)),
      columns_(std::min(columns, models_.front().saved.encoding.table_columns())),
      threads_(threads) {}

std::vector<std::vector<Index>> Explainer::rows_of_models(Index begin, Index end) const {
  HOURGLASS_CHECK(0 <= begin && begin <= end && end <= table_.rows());
  std::vector<std::vector<Index>> rows(models_.size());
  for (Index row = begin; row < end; ++row) {
    const std::size_t model =
        model_of_row_.empty() ? 0 : model_of_row_[static_cast<std::size_t>(row)];
    rows[model].push_back(row);
  }
  return rows;
}

std::vector<std::vector<Contribution>> Explainer::explain(Index begin, Index end) const {
  const std::vector<std::vector<Index>> rows_of_model = rows_of_models(begin, end);
  std::vector<std::vector<Contribution>> explanations(static_cast<std::size_t>(end - begin));
  ThreadPool pool(threads_worth_waking(end - begin, threads_));
  for (std::size_t m = 0; m < models_.size(); ++m) {
    if (rows_of_model[m].empty()) continue;
    explain_rows(models_[m], table_, rows_of_model[m], columns_, pool,
                 [&](Index row, std::vector<Contribution> parts) {
                   explanations[static_cast<std::size_t>(row - begin)] = std::move(parts);
                 });
  }
  return explanations;
}

}  // namespace hourglass
