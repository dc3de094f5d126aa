#include "task/anomaly_score.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/ordered_work.h"
#include "task/part_of.h"
#include "task/reconstructed_rows.h"
#include "task/row_scorer.h"

namespace hourglass {
namespace {

constexpr double kSmallestScaleShare = 0.1;
// Keeps a scale finite where a reconstruction overflows.
constexpr double kLargestError = 1e30;

// Sums over rows by one member, one a feature.
struct ResidualSums {
  explicit ResidualSums(Index features)
      : squared(static_cast<std::size_t>(features)), counted(squared.size()) {}

  void add(const EncodedRows& rows, Panels<const float> reconstructions) {
    for (Index r = 0; r < rows.count; ++r) {
      for (Index f = 0; f < rows.features.cols; ++f) {
        if (rows.mask && rows.mask.at(r, f) == 0) continue;
        const double residual = static_cast<double>(rows.features.at(r, f)) -
                                static_cast<double>(reconstructions.at(r, f));
        squared[static_cast<std::size_t>(f)] += residual * residual;
        counted[static_cast<std::size_t>(f)] += 1;
      }
    }
  }

  // Takes over what the other holds.
  void absorb(ResidualSums& other) {
    for (std::size_t f = 0; f < squared.size(); ++f) {
      squared[f] += std::exchange(other.squared[f], 0);
      counted[f] += std::exchange(other.counted[f], 0);
    }
  }

  // The root of each mean, none below a share of what is usual.
  std::vector<double> scale() const {
    std::vector<double> mean(squared.size());
    double mean_square = 0;
    for (std::size_t f = 0; f < mean.size(); ++f) {
      mean[f] = std::min(squared[f] / std::max(1.0, counted[f]), kLargestError);
      mean_square += mean[f] / static_cast<double>(mean.size());
    }
    const double smallest = std::max(kSmallestScaleShare * std::sqrt(mean_square), 1e-12);
    for (double& each : mean) each = std::max(std::sqrt(each), smallest);
    return mean;
  }

  std::vector<double> squared, counted;
};

std::vector<double> score_stream(RowScorer& scorer, const SavedModel& saved, RowStream& rows,
                                 ThreadPool& pool, const ProgressCallback& progress,
                                 std::vector<ColumnCounts>* counts) {
  std::vector<std::vector<double>> of_piece(static_cast<std::size_t>(places_for(pool)));
  std::vector<double> scores;
  scores.reserve(static_cast<std::size_t>(rows.rows_ahead()));
  RowPass pass{.encoding = saved.encoding, .block_rows = scorer.block_rows(), .visit = {}};
  pass.visit = [&](const EncodedRows& block) {
    std::vector<double>& piece = of_piece[static_cast<std::size_t>(block.place)];
    piece.resize(static_cast<std::size_t>(block.piece_rows));
    scorer.score(block, piece.data() + block.within);
  };
  pass.hand_on = [&](Index, Index count, int place) {
    const double* piece = of_piece[static_cast<std::size_t>(place)].data();
    scores.insert(scores.end(), piece, piece + count);
  };
  pass.progress = share_of_stage(progress, "scoring");
  if (counts == nullptr) {
    run(pass, rows, pool);
  } else {
    ColumnCounter counter(saved.columns, rows);
    run(pass, counter, pool);
    *counts = counter.counts();
  }
  return scores;
}

}  // namespace

std::vector<double> learn_feature_scale(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool) {
  // Stretch by stretch and these in order: the same sums for any number of threads.
  const auto members = static_cast<std::size_t>(model.members());
  std::vector<ResidualSums> sums(members, ResidualSums(model.saved.encoding.features));
  std::vector<std::vector<ResidualSums>> of_stretch(static_cast<std::size_t>(places_for(pool)),
                                                    sums);
  const auto add = [&](const ReconstructedRows& block) {
    std::vector<ResidualSums>& stretch = of_stretch[static_cast<std::size_t>(block.rows.place)];
    for (std::size_t m = 0; m < members; ++m) stretch[m].add(block.rows, block.reconstructions[m]);
  };
  const auto take_over = [&](Index, Index, int place) {
    std::vector<ResidualSums>& stretch = of_stretch[static_cast<std::size_t>(place)];
    for (std::size_t m = 0; m < members; ++m) sums[m].absorb(stretch[m]);
  };
  run(
      ReconstructionPass{
          .model = model, .table = table, .rows = &rows, .visit = add, .hand_on = take_over},
      pool);
  std::vector<double> scales;
  for (const ResidualSums& member : sums) {
    const std::vector<double> scale = member.scale();
    scales.insert(scales.end(), scale.begin(), scale.end());
  }
  return scales;
}

std::vector<double> score_rows(const TrainedModel& model, FileRows& file, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts) {
  RowScorer scorer(model, pool);
  const Index piece_rows = rows_per_piece(model.saved.encoding, scorer.block_rows());
  return score_stream(scorer, model.saved, file.stream(piece_rows), pool, progress, counts);
}

std::vector<double> score_rows(const TrainedModel& model, const Table& table,
                               const std::vector<Index>* rows, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts) {
  RowScorer scorer(model, pool);
  const Index piece_rows = rows_per_piece(model.saved.encoding, scorer.block_rows());
  const auto stream = stream_rows(table, rows, piece_rows);
  return score_stream(scorer, model.saved, *stream, pool, progress, counts);
}

}  // namespace hourglass
