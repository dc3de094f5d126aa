#include "task/cell_filler.h"

#include <algorithm>
#include <limits>

#include "kernel/elementwise.h"

namespace hourglass {
namespace {

// Of a category the levels that have a feature of their own; the last feature stands for all
// others, of which none could be named.
std::vector<double> level_odds(const ColumnEncoding& column, const float* features) {
  std::vector<double> odds(features, features + column.feature_count - 1);
  for (double& chance : odds) chance = std::max(chance, 0.0);
  return odds;
}

// The position of the level that a category's feature, counted from its first, stands for.
double level_of(const ColumnEncoding& column, Index feature) {
  if (column.kept_levels.empty()) return static_cast<double>(feature);
  return static_cast<double>(column.kept_levels[static_cast<std::size_t>(feature)]);
}

// Of a category that was always one of no level, nothing can be named either.
double constant_of(const ColumnEncoding& column) {
  const bool is_no_level =
      column.column.kind == ColumnKind::kCategorical && !(column.constant >= 0);
  return is_no_level ? std::numeric_limits<double>::quiet_NaN() : column.constant;
}

}  // namespace

CellFiller::CellFiller(const TrainedModel& model, ThreadPool& pool)
    : encoding_(model.saved.encoding), inference_(model.networks, model.saved.spec.step, pool) {}

void CellFiller::predict(const EncodedRows& block, float* features) {
  from_panels(inference_.reconstruct(block.features, block.worker), features, encoding_.features,
              {0, block.count});
}

double CellFiller::guess(Index column, const float* features) const {
  const ColumnEncoding& of = encoding_.columns[static_cast<std::size_t>(column)];
  if (of.dropped) return constant_of(of);
  const float* const own = features + of.first_feature;
  if (of.column.kind == ColumnKind::kNumeric) {
    return std::clamp(value_of(encoding_, of, static_cast<double>(*own)), of.observed_min,
                      of.observed_max);
  }
  const std::vector<double> odds = level_odds(of, own);
  return level_of(of, std::ranges::max_element(odds) - odds.begin());
}

}  // namespace hourglass
