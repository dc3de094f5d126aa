#include "data/windows.h"

#include <gtest/gtest.h>

#include "test_table.h"

namespace hourglass {
namespace {

Table table_of(const std::vector<std::vector<double>>& rows) {
  std::vector<double> values;
  for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  Table table;
  table.sample_shape = {std::ssize(rows.front())};
  table.store = std::make_shared<TestStore>(table.sample_shape[0], std::move(values));
  return table;
}

std::vector<Index> within(Range part, Index window, Index stride) {
  return windows_within({{0, 10}, {10, 13}, {13, 20}}, part, window, stride);
}

TEST(WindowsWithin, CoverEveryStepAndSpanNoTwoRuns) {
  EXPECT_EQ(within({0, 20}, 4, 3), (std::vector<Index>{0, 3, 6, 13, 16}));
  EXPECT_EQ(within({0, 20}, 4, 4), (std::vector<Index>{0, 4, 6, 13, 16}));
  EXPECT_EQ(within({2, 15}, 3, 1), (std::vector<Index>{2, 3, 4, 5, 6, 7, 10}));
  EXPECT_TRUE(within({0, 20}, 11, 1).empty());
}

TEST(WindowsCovering, AreThoseThatHoldOneOfTheSteps) {
  const std::vector<Range> runs = {{0, 10}, {10, 13}, {13, 20}};
  for (const Range part : {Range{0, 20}, Range{2, 17}}) {
    for (const Index stride : {1, 2, 3}) {
      const std::vector<Index> all = windows_within(runs, part, 3, stride);
      for (Index begin = part.begin; begin < part.end; ++begin) {
        for (Index end = begin + 1; end <= part.end; ++end) {
          std::vector<Index> expected = all;
          std::erase_if(expected, [&](Index step) { return step + 3 <= begin || step >= end; });
          EXPECT_EQ(windows_covering({begin, end}, runs, part, 3, stride), expected);
        }
      }
    }
  }
}

TEST(UnbrokenRuns, BeginAnewWithEachFileAndBehindRowsLeftOut) {
  Table table = table_of({{1}, {2}, {3}, {4}, {5}, {6}});
  table.series = {{"a", 4}, {"b", 2}};
  // Of the source's rows 0 … 8 these are not there; the table's begin with row 1 of it.
  table.left_out_rows = {0, 3, 4};
  std::vector<Index> begins;
  for (const Range& run : unbroken_runs(table)) begins.push_back(run.begin);
  EXPECT_EQ(begins, (std::vector<Index>{0, 2, 4}));
}

TEST(WindowTable, HoldsStepsOneBehindTheOther) {
  const Table steps = table_of({{1, 10}, {2, 20}, {3, 30}, {4, 40}});
  const Table windows = window_table(steps, {2, 0}, 2);
  EXPECT_EQ(windows.sample_shape, (std::vector<Index>{2, 2}));
  std::vector<double> values(8);
  windows.store->read(0, 2, values.data());
  EXPECT_EQ(values, (std::vector<double>{3, 30, 4, 40, 1, 10, 2, 20}));
  const Index last = 1;
  values.resize(4);
  windows.store->gather(&last, 1, values.data());
  EXPECT_EQ(values, (std::vector<double>{1, 10, 2, 20}));
}

TEST(WindowTable, ReadsOverlappingWindowsOnDiskToTheSame) {
  std::vector<double> values = {1, 2, 3, 4, 5, 6, 7};
  Table steps;
  for (const bool on_disk : {false, true}) {
    steps.store = std::make_shared<TestStore>(1, values, on_disk);
    std::vector<double> windows(9);
    window_table(steps, {0, 1, 4}, 3).store->read(0, 3, windows.data());
    EXPECT_EQ(windows, (std::vector<double>{1, 2, 3, 2, 3, 4, 5, 6, 7}));
  }
}

TEST(EncodingOfWindows, SaysOfEachStepTheSameAndGoesBack) {
  const Table steps = table_of({{1, 10}, {2, 30}, {3, 20}});
  const Encoding step = learn_encoding(steps, {0, 1, 2}, {}, nullptr);
  const Encoding windows = encoding_of_windows(step, 3);
  EXPECT_EQ(windows.features, 6);
  EXPECT_EQ(windows.columns[4].shift, step.columns[0].shift);
  EXPECT_EQ(windows.columns[5].first_feature, 5);
  const Encoding back = encoding_of_steps(windows, 3);
  EXPECT_EQ(back.features, 2);
  EXPECT_EQ(back.sample_shape, step.sample_shape);
}

}  // namespace
}  // namespace hourglass
