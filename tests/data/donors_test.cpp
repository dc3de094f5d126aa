#include "data/donors.h"

#include <gtest/gtest.h>
#include <set>

namespace hourglass {
namespace {

const ColumnDonors kColumn = {{0, 1, 2, 4, 8, 16}, {10, 11, 12, 14, 18, 26}};

std::set<double> all_donated(double expected, Index nearest) {
  std::set<double> values;
  for (int i = 0; i < 100; ++i) values.insert(donated(kColumn, expected, nearest, i / 100.0));
  return values;
}

TEST(Donors, AreThoseOfWhichMostNearlyAsMuchWasExpected) {
  EXPECT_EQ(all_donated(3.5, 3), (std::set<double>{11, 12, 14}));
  EXPECT_EQ(all_donated(-100, 2), (std::set<double>{10, 11}));
  EXPECT_EQ(all_donated(100, 2), (std::set<double>{18, 26}));
  EXPECT_EQ(all_donated(8, 1), (std::set<double>{18}));
}

TEST(Donors, AreAllWhereThereAreFew) { EXPECT_EQ(all_donated(5, 9).size(), 6U); }

}  // namespace
}  // namespace hourglass
