#include "data/encoding.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>

#include "base/error.h"
#include "data/scaling_statistics.h"

namespace hourglass {
namespace {

bool is_categorical(const ColumnEncoding& column) {
  return column.column.kind == ColumnKind::kCategorical;
}

Index kept_level_count(const ColumnEncoding& column) {
  const std::size_t count =
      column.kept_levels.empty() ? column.column.levels.size() : column.kept_levels.size();
  return static_cast<Index>(count);
}

// A float64 may be larger than any float32; such a cell takes the largest.
float saturated(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

double signed_exp(double level) {
  const double size = std::min(std::expm1(std::abs(level)), std::numeric_limits<double>::max());
  return std::copysign(size, level);
}

// The feature, counted from the column's first, that is 1 for this level; the last is "other".
Index level_feature(const ColumnEncoding& column, double raw) {
  const Index other = column.feature_count - 1;
  const double levels = static_cast<double>(column.column.levels.size());
  if (!(raw >= 0 && raw < levels)) return other;
  const auto level = static_cast<Index>(raw);
  if (column.kept_levels.empty()) return std::min(level, other);
  const auto found = std::lower_bound(column.kept_levels.begin(), column.kept_levels.end(), level);
  const bool kept = found != column.kept_levels.end() && *found == level;
  return kept ? found - column.kept_levels.begin() : other;
}

double level_of_feature(const ColumnEncoding& column, Index feature) {
  if (feature == column.feature_count - 1) return -1;
  if (column.kept_levels.empty()) return static_cast<double>(feature);
  return static_cast<double>(column.kept_levels[static_cast<std::size_t>(feature)]);
}

// {28, 28, 1} is as much an image in grey as {28, 28}.
std::vector<Index> without_single_colour(std::vector<Index> shape) {
  if (shape.size() == 3 && shape[2] == 1) shape.pop_back();
  return shape;
}

// Of images, by their sizes: how many numbers these make says little.
void check_image_shape(const Encoding& encoding, const Table& table) {
  const std::vector<Index> expected = without_single_colour(encoding.sample_shape);
  const std::vector<Index> found = without_single_colour(table.sample_shape);
  if (expected.size() < 2 || found.size() < 2 || expected == found) return;
  data_error(fmt::format("{} holds {} of {}, the model was trained on {}", table.source,
                         table.bit_depths.empty() ? "samples" : "images", fmt::join(found, " x "),
                         fmt::join(expected, " x ")));
}

}  // namespace

bool Encoding::has_categories() const { return std::ranges::any_of(columns, is_categorical); }

std::vector<Range> Encoding::category_features() const {
  std::vector<Range> groups;
  for (const ColumnEncoding& column : columns) {
    if (!is_categorical(column) || column.dropped) continue;
    groups.push_back({column.first_feature, column.first_feature + column.feature_count});
  }
  return groups;
}

Index Encoding::feature_column(Index feature) const {
  HOURGLASS_CHECK(feature >= 0 && feature < features);
  // The last column that starts at or before the feature; dropped ones, which hold none, stand
  // before the column that starts at the same place.
  const auto after = std::upper_bound(
      columns.begin(), columns.end(), feature,
      [](Index wanted, const ColumnEncoding& column) { return wanted < column.first_feature; });
  auto found = after - 1;
  while (found->feature_count == 0) --found;
  return found - columns.begin();
}

std::string Encoding::column_name(Index column) const {
  const std::string& name = columns[static_cast<std::size_t>(column)].column.name;
  if (!name.empty()) return name;
  if (sample_shape.size() == 2) {
    const Index width = sample_shape[1];
    return fmt::format("pixel {},{}", column / width + 1, column % width + 1);
  }
  if (sample_shape.size() == 3) {
    const Index width = sample_shape[1], colours = sample_shape[2];
    const Index pixel = column / colours;
    return fmt::format("pixel {},{},{}", pixel / width + 1, pixel % width + 1,
                       column % colours + 1);
  }
  return fmt::format("column {}", column + 1);
}

std::string Encoding::feature_name(Index feature) const {
  const Index c = feature_column(feature);
  const ColumnEncoding& column = columns[static_cast<std::size_t>(c)];
  std::string label = column_name(c);
  if (!is_categorical(column)) return label;
  const double level = level_of_feature(column, feature - column.first_feature);
  if (level < 0) return label + "=(other)";
  return label + "=" + column.column.levels[static_cast<std::size_t>(level)];
}

void Encoding::lay_out_features() {
  features = 0;
  for (ColumnEncoding& column : columns) {
    column.first_feature = features;
    column.feature_count = column.dropped           ? 0
                           : is_categorical(column) ? kept_level_count(column) + 1
                                                    : 1;
    features += column.feature_count;
  }
}

void encode_rows(const Encoding& encoding, const double* raw, Index count, float* features,
                 float* mask) {
  const bool logarithmic = is_logarithmic(encoding.scaling);
  for (Index r = 0; r < count; ++r) {
    for (const ColumnEncoding& column : encoding.columns) {
      const double value = *raw++;
      if (column.dropped) continue;
      const bool present = std::isfinite(value);
      if (is_categorical(column)) {
        std::fill_n(features, column.feature_count, 0.0f);
        if (present) features[level_feature(column, value)] = 1.0f;
      } else {
        const double level = logarithmic ? signed_log(value) : value;
        *features = present ? saturated((level - column.shift) / column.scale) : 0.0f;
      }
      features += column.feature_count;
      if (mask != nullptr) mask = std::fill_n(mask, column.feature_count, present ? 1.0f : 0.0f);
    }
  }
}

double value_of(const Encoding& encoding, const ColumnEncoding& column, double feature) {
  const double level = feature * column.scale + column.shift;
  return is_logarithmic(encoding.scaling) ? signed_exp(level) : level;
}

void decode_rows(const Encoding& encoding, const float* features, Index count, double* raw) {
  for (Index r = 0; r < count; ++r) {
    for (const ColumnEncoding& column : encoding.columns) {
      if (column.dropped) {
        *raw++ = column.constant;
      } else if (is_categorical(column)) {
        const float* largest = std::max_element(features, features + column.feature_count);
        *raw++ = level_of_feature(column, largest - features);
      } else {
        *raw++ = value_of(encoding, column, static_cast<double>(*features));
      }
      features += column.feature_count;
    }
  }
}

void check_table_fits(const Encoding& encoding, const Table& table) {
  check_image_shape(encoding, table);
  if (table.cols() != encoding.table_columns()) {
    data_error(fmt::format("{} has {} columns, the model was trained on {}", table.source,
                           table.cols(), encoding.table_columns()));
  }
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const Column& expected = encoding.columns[c].column;
    const bool categorical = expected.kind == ColumnKind::kCategorical;
    const std::string label = encoding.column_name(static_cast<Index>(c));
    if (table.columns.empty()) {
      if (!categorical) continue;
      data_error(
          fmt::format("{}: column {} holds plain numbers, the model was trained on "
                      "categories there ({}); give a table with its header",
                      table.source, c + 1, label));
    }
    const Column& found = table.columns[c];
    if (!expected.name.empty() && expected.name != found.name &&
        found.name != fmt::format("column {}", c + 1) &&
        expected.name != fmt::format("column {}", c + 1)) {
      data_error(fmt::format("{}: column {} is '{}', the model was trained on '{}' there",
                             table.source, c + 1, found.name, expected.name));
    }
    if (expected.kind != found.kind) {
      data_error(fmt::format("{}: column {} ({}) holds {}, the model was trained on {} there",
                             table.source, c + 1, label, categorical ? "numbers" : "categories",
                             categorical ? "categories" : "numbers"));
    }
    if (expected.levels != found.levels) {
      data_error(
          fmt::format("{}: the categories of column {} ({}) were numbered otherwise than "
                      "the model's; read the file for this model",
                      table.source, c + 1, label));
    }
  }
}

}  // namespace hourglass
