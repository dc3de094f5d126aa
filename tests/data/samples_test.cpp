#include "data/samples.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <set>

#include "base/random.h"
#include "data/batches.h"
#include "data/samples_rows.h"
#include "test_table.h"

namespace hourglass {
namespace {

constexpr Index kNoMemory = 0;
constexpr Index kEnough = Index{1} << 30;

// Row r holds r, r + 0.25 and further columns; every 7th row's second cell is missing.
Table counted_table(Index rows, Index cols, bool on_disk) {
  std::vector<double> values;
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) {
      const bool missing = c == 1 && r % 7 == 3;
      values.push_back(missing ? std::numeric_limits<double>::quiet_NaN()
                               : static_cast<double>(r) + 0.25 * static_cast<double>(c));
    }
  }
  return make_table(cols, values, on_disk);
}

Encoding plain_encoding(const Table& table) {
  EncodingOptions options;
  options.scaling = Scaling::kNone;
  return learn_encoding(table, all_rows(table), options, nullptr);
}

Samples make_samples(const Table& table, Index memory, bool mask = false) {
  return Samples(table, plain_encoding(table), all_rows(table), memory, mask);
}

// The first column of every sample as visited: the rows' numbers.
std::vector<Index> visited(BatchSequence& batches, Index epoch) {
  std::vector<Index> rows;
  batches.start_epoch(epoch);
  for (auto batch = batches.next(); batch.rows > 0; batch = batches.next()) {
    for (Index r = 0; r < batch.rows; ++r) rows.push_back(static_cast<Index>(batch.at(r, 0)));
  }
  return rows;
}

TEST(ReadRows, AnyOrderAnyGaps) {
  for (const bool on_disk : {false, true}) {
    const Table table = counted_table(100, 1, on_disk);
    for (const std::vector<Index>& rows : std::vector<std::vector<Index>>{
             {5}, {0, 1, 2, 3}, {1, 3, 4, 7, 8}, {0, 99}, {9, 8, 7}, {4, 4, 5}, {50, 2, 51, 3}}) {
      std::vector<double> out(rows.size());
      read_rows(*table.store, rows.data(), std::ssize(rows), out.data());
      for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(out[i], rows[i]);
    }
  }
}

TEST(Samples, OnDiskAndInMemoryAreTheSame) {
  const Table table = counted_table(30'000, 20, true);
  std::vector<Index> rows = random_permutation(30'000, {1, RandomPurpose::kProbe});
  rows.resize(20'000);
  const Samples kept(table, plain_encoding(table), rows, kEnough, true);
  const Samples streamed(table, plain_encoding(table), rows, kNoMemory, true);
  ASSERT_TRUE(kept.in_memory());
  ASSERT_FALSE(streamed.in_memory());
  EXPECT_EQ(streamed.matrix().data, nullptr);
  std::vector<float> a(17'000 * 20), b = a, mask_a = a, mask_b = a;
  kept.read(1000, 18'000, a.data(), mask_a.data());
  streamed.read(1000, 18'000, b.data(), mask_b.data());
  EXPECT_EQ(a, b);
  EXPECT_EQ(mask_a, mask_b);
  EXPECT_EQ(a[0], static_cast<float>(rows[1000]));
  EXPECT_EQ(std::ranges::count(mask_a, 0.0f),
            std::count_if(rows.begin() + 1000, rows.begin() + 18'000,
                          [](Index r) { return r % 7 == 3; }));
}

TEST(Samples, TheLimitCountsTheMask) {
  const Table table = counted_table(100, 10, false);
  EXPECT_TRUE(make_samples(table, 4000, false).in_memory());
  EXPECT_FALSE(make_samples(table, 3999, false).in_memory());
  EXPECT_FALSE(make_samples(table, 7999, true).in_memory());
  EXPECT_TRUE(make_samples(table, 8000, true).in_memory());
}

struct SequenceCase {
  Index rows, cols, batch;
  Index memory;
};

class Sequence : public testing::TestWithParam<SequenceCase> {};

TEST_P(Sequence, VisitsEveryRowOnceAndFillsBatches) {
  const auto& [rows, cols, batch_size, memory] = GetParam();
  const Table table = counted_table(rows, cols, true);
  const Samples samples = make_samples(table, memory);
  BatchSequence batches(samples, batch_size, 5);
  EXPECT_EQ(batches.next().rows, 0);
  for (const Index epoch : {0, 1}) {
    batches.start_epoch(epoch);
    std::set<float> seen;
    Index count = 0;
    for (auto batch = batches.next(); batch.rows > 0; batch = batches.next()) {
      EXPECT_EQ(batch.rows, std::min(batch_size, rows - count * batch_size));
      ++count;
      for (Index r = 0; r < batch.rows; ++r) {
        EXPECT_TRUE(seen.insert(batch.at(r, 0)).second);
        EXPECT_EQ(batch.at(r, cols - 1), batch.at(r, 0) + 0.25f * static_cast<float>(cols - 1));
      }
    }
    EXPECT_EQ(count, batches.batches_per_epoch());
    EXPECT_EQ(std::ssize(seen), rows);
    EXPECT_EQ(batches.next().rows, 0);
  }
}

TEST_P(Sequence, IsAFunctionOfSeedAndEpoch) {
  const auto& [rows, cols, batch_size, memory] = GetParam();
  const Table table = counted_table(rows, cols, true);
  const Samples samples = make_samples(table, memory);
  BatchSequence one(samples, batch_size, 5);
  BatchSequence two(samples, batch_size, 5);
  BatchSequence other(samples, batch_size, 6);
  const std::vector<Index> first = visited(one, 3);
  visited(two, 2);  // what came before is no matter
  EXPECT_EQ(first, visited(two, 3));
  if (rows < 10) return;
  EXPECT_NE(first, visited(one, 4));
  EXPECT_NE(first, visited(other, 3));
}

TEST_P(Sequence, PanelsHoldTheSameBatches) {
  const auto& [rows, cols, batch_size, memory] = GetParam();
  const Table table = counted_table(rows, cols, true);
  const Samples samples = make_samples(table, memory, true);
  BatchSequence as_rows(samples, batch_size, 5);
  BatchSequence as_panels(samples, batch_size, 5);
  as_rows.start_epoch(0);
  as_panels.start_epoch(0);
  PanelMatrix<float> input(batch_size + 3, cols);
  PanelMatrix<float> mask(batch_size + 3, cols);
  std::fill_n(input.view().data, (batch_size + 3) * padded_cols(cols), 9.0f);
  Index count = -1;
  for (;;) {
    const auto batch = as_rows.next();
    as_panels.next_into(input.view(), mask.view(), &count);
    ASSERT_EQ(count, batch.rows);
    if (count == 0) break;
    for (Index r = 0; r < count; ++r) {
      for (Index c = 0; c < padded_cols(cols); ++c) {
        ASSERT_EQ(input.view().at(r, c), c < cols ? batch.at(r, c) : 0);
        ASSERT_EQ(mask.view().at(r, c), c < cols ? as_rows.mask().at(r, c) : 0);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Samples, Sequence,
    testing::Values(SequenceCase{1, 3, 32, kEnough}, SequenceCase{1, 3, 32, kNoMemory},
                    SequenceCase{100, 3, 32, kEnough}, SequenceCase{100, 3, 1, kNoMemory},
                    SequenceCase{20'011, 16, 32, kEnough}, SequenceCase{20'011, 17, 32, kNoMemory},
                    SequenceCase{70'001, 30, 257, kNoMemory}, SequenceCase{300, 5000, 64, kEnough},
                    SequenceCase{300, 5000, 64, kNoMemory}));

TEST(BatchSequence, OnDiskRowsAreMixedFromFarApart) {
  const Table table = counted_table(100'000, 30, true);
  const Samples samples = make_samples(table, kNoMemory);
  BatchSequence batches(samples, 256, 0);
  const std::vector<Index> order = visited(batches, 0);
  const auto [low, high] = std::minmax_element(order.begin(), order.begin() + 256);
  EXPECT_GT(*high - *low, 20'000);
}

TEST(BatchSequence, MayBeRestartedInTheMidst) {
  const Table table = counted_table(20'000, 30, true);
  const Samples samples = make_samples(table, kNoMemory);
  BatchSequence batches(samples, 32, 0);
  const std::vector<Index> whole = visited(batches, 1);
  for (int taken = 0; taken < 8; ++taken) {
    batches.start_epoch(0);
    for (int i = 0; i < taken; ++i) batches.next();
  }
  EXPECT_EQ(visited(batches, 1), whole);
}

TEST(BatchSequence, ErrorsOfTheBackgroundThreadComeOutOfNext) {
  Table table = counted_table(50'000, 30, true);
  const Encoding encoding = plain_encoding(table);
  auto store = std::make_shared<TestStore>(30, raw_values(table), true);
  store->fails_at = 30'000;
  table.store = store;
  const Samples samples(table, encoding, all_rows(table), kNoMemory, false);
  BatchSequence batches(samples, 32, 0);
  EXPECT_THROW(visited(batches, 0), std::runtime_error);
  EXPECT_EQ(batches.next().rows, 0);
  store->fails_at = Index{1} << 60;
  EXPECT_EQ(visited(batches, 0).size(), 50'000u);
}

TEST(BatchSequence, MaskIsOnesWhereSamplesHaveNone) {
  const Table table = counted_table(10, 3, false);
  const Samples samples = make_samples(table, kEnough, false);
  BatchSequence batches(samples, 4, 0);
  PanelMatrix<float> input(4, 3), mask(4, 3);
  batches.start_epoch(0);
  EXPECT_EQ(batches.mask().data, nullptr);
  Index rows = 0;
  batches.next_into(input.view(), mask.view(), &rows);
  ASSERT_EQ(rows, 4);
  for (Index r = 0; r < 4; ++r) {
    for (Index c = 0; c < 16; ++c) EXPECT_EQ(mask.view().at(r, c), c < 3 ? 1 : 0);
  }
}

}  // namespace
}  // namespace hourglass
