#include "data/csv_cell_style.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

CsvCellStyle decimals(int least, int most) {
  CsvCellStyle style;
  style.numbers = 1;
  style.least_decimals = least;
  style.most_decimals = most;
  return style;
}

TEST(CsvCellStyle, NumbersHaveAsManyDigitsAsTheirColumn) {
  EXPECT_EQ(number_text(decimals(0, 0), 20.6), "21");
  EXPECT_EQ(number_text(decimals(2, 2), 1.5), "1.50");
  EXPECT_EQ(number_text(decimals(0, 3), 1.5), "1.5");
  EXPECT_EQ(number_text(decimals(0, 3), 2), "2");
  EXPECT_EQ(number_text(decimals(1, 3), 2), "2.0");
}

TEST(CsvCellStyle, NoZeroIsNegative) {
  EXPECT_EQ(number_text(decimals(0, 0), -0.2), "0");
  EXPECT_EQ(number_text(decimals(1, 1), -0.01), "0.0");
}

TEST(CsvCellStyle, WhatIsWrittenOtherwiseComesAsItsFloat) {
  CsvCellStyle exponents = decimals(0, 2);
  exponents.plain = false;
  EXPECT_EQ(number_text(exponents, 12600), "12600");
  EXPECT_EQ(number_text(decimals(0, 16), 0.1), "0.1");
  EXPECT_EQ(number_text(CsvCellStyle(), 0.25), "0.25");
}

TEST(CsvCellStyle, LevelsAreQuotedWhereTheyHaveTo) {
  Column column{"kind", ColumnKind::kCategorical, {"a b", "a,b", "c"}};
  CsvCellStyle style;
  style.levels = {"", "", "'c'"};
  EXPECT_EQ(level_text(style, column, 0, {','}), "a b");
  EXPECT_EQ(level_text(style, column, 0, {' ', true}), "\"a b\"");
  EXPECT_EQ(level_text(style, column, 1, {','}), "\"a,b\"");
  EXPECT_EQ(level_text(style, column, 2, {','}), "'c'");
}

}  // namespace
}  // namespace hourglass
