#include "task/row_explainer.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <string>
#include <utility>

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

}  // namespace

RowExplainer::RowExplainer(const Encoding& encoding, Index columns)
    : encoding_(encoding),
      columns_(columns),
      column_error_(static_cast<std::size_t>(encoding.table_columns())),
      order_(column_error_.size()),
      expected_(column_error_.size()) {}

std::vector<Contribution> RowExplainer::explain(const double* errors, const double* raw,
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
      order_.begin(), order_.begin() + columns_, order_.end(), [&](std::size_t a, std::size_t b) {
        return column_error_[a] != column_error_[b] ? column_error_[a] > column_error_[b] : a < b;
      });
  decode_rows(encoding_, reconstruction, 1, expected_.data());
  std::vector<Contribution> contributions;
  for (Index i = 0; i < columns_; ++i) {
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

}  // namespace hourglass
