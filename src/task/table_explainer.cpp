#include "task/table_explainer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/error.h"
#include "base/ordered_work.h"
#include "base/thread_pool.h"
#include "task/judged_row.h"
#include "task/reconstructed_rows.h"
#include "task/row_explainer.h"
#include "task/row_scorer.h"

namespace hourglass {
namespace {

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

TableExplainer::TableExplainer(Table table, std::vector<TrainedModel> models,
                               std::vector<std::uint8_t> model_of_row, Index columns, int threads)
    : table_(std::move(table)),
      models_(std::move(models)),
      model_of_row_(std::move(model_of_row)),
      columns_(std::min(columns, models_.front().saved.encoding.table_columns())),
      threads_(threads) {}

std::vector<std::vector<Index>> TableExplainer::rows_of_models(Index begin, Index end) const {
  HOURGLASS_CHECK(0 <= begin && begin <= end && end <= table_.rows());
  std::vector<std::vector<Index>> rows(models_.size());
  for (Index row = begin; row < end; ++row) {
    const std::size_t model =
        model_of_row_.empty() ? 0 : model_of_row_[static_cast<std::size_t>(row)];
    rows[model].push_back(row);
  }
  return rows;
}

std::vector<std::vector<Contribution>> TableExplainer::explain(Index begin, Index end) const {
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
