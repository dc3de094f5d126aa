#pragma once

#include <vector>

#include "base/index.h"

namespace hourglass {

/// Cells of a numeric column that a model did not see, each with what it expected there: what the
/// draws of missing cells are taken from (predictive mean matching: Little, "Missing-data
/// adjustments in large surveys", 1988). In the table's units.
struct ColumnDonors {
  std::vector<double> expected;  ///< ascending
  std::vector<double> values;    ///< one each
};

/// One a column of the table, empty of categories and of columns of which nothing is known; none at
/// all where nothing is to be drawn.
using Donors = std::vector<ColumnDonors>;

/// More are thinned out evenly.
inline constexpr Index kMostDonors = 256;

/// The value of one of the `nearest` cells of which most nearly as much was expected; `share` in
/// [0, 1) says which. There must be a donor.
double donated(const ColumnDonors& donors, double expected, Index nearest, double share);

}  // namespace hourglass
