#include "train/row_roles.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace hourglass {
namespace {

std::set<Index> joined(const RowRoles& roles) {
  std::set<Index> all(roles.training.begin(), roles.training.end());
  all.insert(roles.validation.begin(), roles.validation.end());
  all.insert(roles.calibration.begin(), roles.calibration.end());
  return all;
}

TEST(RowRoles, EveryRowHasOneRole) {
  for (const Index rows : {1, 2, 3, 7, 100, 1001}) {
    const RowRoles roles = assign_roles(all_rows(rows), 0.2, 0.1, 1000, 7);
    EXPECT_EQ(static_cast<Index>(joined(roles).size()), rows);
    EXPECT_EQ(static_cast<Index>(roles.training.size() + roles.validation.size() +
                                 roles.calibration.size()),
              rows);
    EXPECT_GE(roles.training.size(), 1U);
    EXPECT_TRUE(std::is_sorted(roles.training.begin(), roles.training.end()));
  }
}

TEST(RowRoles, SharesAreOfAllRows) {
  const RowRoles roles = assign_roles(all_rows(1000), 0.2, 0.1, 1000, 7);
  EXPECT_EQ(roles.validation.size(), 200U);
  EXPECT_EQ(roles.calibration.size(), 80U);  // a tenth of what validation leaves
}

TEST(RowRoles, CalibrationIsCapped) {
  EXPECT_EQ(assign_roles(all_rows(1000), 0.1, 0.5, 50, 7).calibration.size(), 50U);
}

TEST(RowRoles, NothingIsHeldOutUnlessAskedFor) {
  EXPECT_EQ(assign_roles(all_rows(50), 0, 0, 50, 7).training.size(), 50U);
}

TEST(RowRoles, SeedDecides) {
  const auto first = assign_roles(all_rows(100), 0.2, 0, 0, 1).validation;
  EXPECT_EQ(first, assign_roles(all_rows(100), 0.2, 0, 0, 1).validation);
  EXPECT_NE(first, assign_roles(all_rows(100), 0.2, 0, 0, 2).validation);
}

TEST(SomeOf, DrawsSortedRowsByTheSeed) {
  const std::vector<Index> rows = {2, 3, 5, 8, 13, 21, 34, 55};
  EXPECT_EQ(some_of(rows, 8, 1), rows);
  const std::vector<Index> five = some_of(rows, 5, 1);
  EXPECT_EQ(five.size(), 5U);
  EXPECT_TRUE(std::is_sorted(five.begin(), five.end()));
  EXPECT_EQ(without(five, rows), std::vector<Index>{});
  EXPECT_EQ(five, some_of(rows, 5, 1));
  bool differ = false;
  for (std::uint64_t seed = 2; seed < 6; ++seed) differ |= five != some_of(rows, 5, seed);
  EXPECT_TRUE(differ);
}

TEST(Folds, PartitionTheRows) {
  const auto folds = deal_folds(all_rows(23), 5, 3);
  std::set<Index> seen;
  for (const auto& fold : folds) {
    EXPECT_GE(fold.size(), 4U);
    EXPECT_LE(fold.size(), 5U);
    seen.insert(fold.begin(), fold.end());
    const auto rest = without(all_rows(23), fold);
    EXPECT_EQ(rest.size() + fold.size(), 23U);
    for (const Index row : fold) EXPECT_FALSE(std::binary_search(rest.begin(), rest.end(), row));
  }
  EXPECT_EQ(seen.size(), 23U);
}

TEST(EvenlySpaced, KeepsAllWhenFewAndSpansWhenMany) {
  EXPECT_EQ(evenly_spaced(all_rows(5), 10), all_rows(5));
  EXPECT_EQ(evenly_spaced(all_rows(100), 4), (std::vector<Index>{0, 25, 50, 75}));
}

}  // namespace
}  // namespace hourglass
