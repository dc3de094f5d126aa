#include "task/cell_filler.h"

#include <algorithm>
#include <limits>

#include "kernel/elementwise.h"

namespace hourglass {
namespace {

constexpr Index kNearestDonors = 5;  // as is usual (van Buuren, Flexible imputation, 2018)

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

// By their probabilities, of those that can be named.
Index drawn_level(const float* features, Index levels, double share) {
  const auto chance = [&](Index level) {
    return std::max(static_cast<double>(features[level]), 0.0);
  };
  double sum = 0;
  for (Index level = 0; level < levels; ++level) sum += chance(level);
  double left = share * sum;
  for (Index level = 0; level < levels; ++level) {
    left -= chance(level);
    if (left < 0) return level;
  }
  return std::max_element(features, features + levels) - features;
}

}  // namespace

CellFiller::CellFiller(const TrainedModel& model, ThreadPool& pool)
    : encoding_(model.saved.encoding),
      donors_(model.saved.donors),
      inference_(model.networks, model.saved.spec.step, pool) {}

void CellFiller::predict(const EncodedRows& block, float* features) {
  from_panels(inference_.reconstruct(block.features, block.worker), features, encoding_.features,
              {0, block.count});
}

double CellFiller::guess(Index column, const float* features) const {
  const ColumnEncoding& of = encoding_of(column);
  if (of.dropped) return constant_of(of);
  const float* const own = features + of.first_feature;
  if (of.column.kind == ColumnKind::kNumeric) {
    return std::clamp(value_of(encoding_, of, static_cast<double>(*own)), of.observed_min,
                      of.observed_max);
  }
  // The last feature stands for all other levels, of which none could be named.
  return level_of(of, std::max_element(own, own + of.feature_count - 1) - own);
}

double CellFiller::draw(Index column, const float* features, double share) const {
  const ColumnEncoding& of = encoding_of(column);
  const float* const own = features + of.first_feature;
  if (of.dropped) return constant_of(of);
  if (of.column.kind != ColumnKind::kNumeric) {
    return level_of(of, drawn_level(own, of.feature_count - 1, share));
  }
  const ColumnDonors& donors = donors_[static_cast<std::size_t>(column)];
  if (donors.values.empty()) return guess(column, features);
  return donated(donors, value_of(encoding_, of, static_cast<double>(*own)), kNearestDonors, share);
}

}  // namespace hourglass
