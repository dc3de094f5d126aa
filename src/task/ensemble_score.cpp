#include "task/ensemble_score.h"

#include <algorithm>

#include "task/anomaly_score.h"

namespace hourglass {
namespace {

// Rows that all members score before the next are read, so that those of a large table are read
// from the disk once.
constexpr Index kRowsAtOnce = Index{1} << 16;

}  // namespace

void for_each_member(const TrainedModel& model,
                     const std::function<void(const TrainedModel&)>& visit) {
  if (model.members() == 1) return visit(model);
  for (Index i = 0; i < model.members(); ++i) visit(member_of(model, i));
}

std::vector<double> learn_member_scales(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool) {
  std::vector<double> scales;
  for_each_member(model, [&](const TrainedModel& member) {
    const std::vector<double> scale = learn_feature_scale(member, table, rows, pool);
    scales.insert(scales.end(), scale.begin(), scale.end());
  });
  return scales;
}

std::vector<double> score_by_members(const TrainedModel& model, const Table& table,
                                     const std::vector<Index>& rows, ThreadPool& pool,
                                     const ProgressCallback& progress) {
  if (model.members() == 1) return score_rows(model, table, rows, pool, progress);
  std::vector<double> scores(rows.size());
  Progress moment;
  moment.stage = "scoring";
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = begin + std::min<std::ptrdiff_t>(kRowsAtOnce, rows.end() - begin);
    const auto first = begin - rows.begin();
    for_each_member(model, [&](const TrainedModel& member) {
      const std::vector<double> parts = score_rows(member, table, {begin, end}, pool, {});
      for (std::size_t i = 0; i < parts.size(); ++i) {
        scores[static_cast<std::size_t>(first) + i] +=
            parts[i] / static_cast<double>(model.members());
      }
    });
    begin = end;
    moment.fraction = static_cast<double>(end - rows.begin()) / static_cast<double>(rows.size());
    if (progress) progress(moment);
  }
  return scores;
}

}  // namespace hourglass
