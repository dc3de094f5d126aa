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

std::vector<double> score_stream(RowScorer& scorer, const Encoding& encoding, RowStream& rows,
                                 ThreadPool& pool, const ProgressCallback& progress) {
  std::vector<std::vector<double>> of_piece(static_cast<std::size_t>(places_for(pool)));
  std::vector<double> scores;
  scores.reserve(static_cast<std::size_t>(rows.rows_ahead()));
  RowPass pass{.encoding = encoding, .block_rows = scorer.block_rows(), .visit = {}};
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
  run(pass, rows, pool);
  return scores;
}

}  // namespace

std::vector<double> score_rows(const TrainedModel& model, FileRows& file, ThreadPool& pool,
                               const ProgressCallback& progress) {
  RowScorer scorer(model, pool);
  const Index piece_rows = rows_per_piece(model.saved.encoding, scorer.block_rows());
  return score_stream(scorer, model.saved.encoding, file.stream(piece_rows), pool, progress);
}

std::vector<double> score_rows(const TrainedModel& model, const Table& table,
                               const std::vector<Index>* rows, ThreadPool& pool,
                               const ProgressCallback& progress) {
  RowScorer scorer(model, pool);
  const Index piece_rows = rows_per_piece(model.saved.encoding, scorer.block_rows());
  const auto stream = stream_rows(table, rows, piece_rows);
  return score_stream(scorer, model.saved.encoding, *stream, pool, progress);
}

}  // namespace hourglass
