#include "data/shuffled_gather.h"

#include <gtest/gtest.h>
#include <limits>

#include "data/batches.h"
#include "test_table.h"

namespace hourglass {
namespace {

constexpr float kUntouched = -77;

// Row r holds r·cols, r·cols + 1, …; every 7th row's first cell is missing.
Samples counted_samples(Index rows, Index cols, bool with_mask) {
  std::vector<double> values;
  for (Index i = 0; i < rows * cols; ++i) {
    const bool missing = with_mask && i % (7 * cols) == 0;
    values.push_back(missing ? std::numeric_limits<double>::quiet_NaN() : double(i));
  }
  const Table table = make_table(cols, values);
  EncodingOptions options;
  options.scaling = Scaling::kNone;
  return Samples(table, learn_encoding(table, all_rows(table), options, nullptr), all_rows(table),
                 Index{1} << 30, with_mask);
}

PanelMatrix<float> untouched(Index rows, Index cols) {
  PanelMatrix<float> panels(rows, cols);
  const Panels<float> view = panels.view();
  std::fill_n(view.data, view.panels() * view.stride, kUntouched);
  return panels;
}

// All of a panel matrix: padding and rows past the batch as well.
std::vector<float> numbers(PanelMatrix<float>& panels) {
  const Panels<float> view = panels.view();
  return {view.data, view.data + view.panels() * view.stride};
}

// In two halves, as two threads would.
Index next_into(ShuffledGather& gather, Panels<float> input, Panels<float> mask) {
  const Index rows = gather.next();
  gather.gather({rows / 2, rows}, input, mask);
  gather.gather({0, rows / 2}, input, mask);
  return rows;
}

void expect_the_same_batches(Index rows, Index cols, Index batch_size, bool with_mask) {
  const Samples samples = counted_samples(rows, cols, with_mask);
  BatchSequence expected(samples, batch_size, 5);
  ShuffledGather gather(samples, batch_size, 5);
  EXPECT_EQ(gather.batches_per_epoch(), expected.batches_per_epoch());
  for (const Index epoch : {1, 2}) {
    expected.start_epoch(epoch);
    gather.start_epoch(epoch);
    Index left = rows;
    for (;;) {
      PanelMatrix<float> a = untouched(batch_size, cols), b = untouched(batch_size, cols);
      PanelMatrix<float> a_mask, b_mask;
      if (with_mask) {
        a_mask = untouched(batch_size, cols);
        b_mask = untouched(batch_size, cols);
      }
      Index a_rows = 0;
      expected.next_into(a.view(), a_mask.view(), &a_rows);
      const Index b_rows = next_into(gather, b.view(), b_mask.view());
      ASSERT_EQ(a_rows, b_rows);
      ASSERT_EQ(numbers(a), numbers(b)) << rows << " x " << cols << ", " << left << " left";
      if (with_mask) {
        ASSERT_EQ(numbers(a_mask), numbers(b_mask));
      }
      left -= b_rows;
      if (b_rows == 0) break;
    }
    EXPECT_EQ(left, 0);
  }
}

// Narrower than a panel, a whole one, wider; the batches even and not.
TEST(ShuffledGather, GivesTheBatchesOfBatchSequence) {
  for (const Index cols : {1, 3, 15, 16, 17, 30, 33, 300}) {
    expect_the_same_batches(64, cols, 16, false);
    expect_the_same_batches(61, cols, 16, cols > 1);
    expect_the_same_batches(5, cols, 100, false);
  }
  expect_the_same_batches(1, 1, 1, false);
}

TEST(ShuffledGather, StartsAnewInTheMidstOfAnEpoch) {
  const Samples samples = counted_samples(20, 2, false);
  ShuffledGather gather(samples, 8, 1);
  PanelMatrix<float> first(8, 2), again(8, 2);
  EXPECT_EQ(next_into(gather, first.view(), {}), 0);
  gather.start_epoch(3);
  next_into(gather, first.view(), {});
  next_into(gather, again.view(), {});
  EXPECT_NE(numbers(first), numbers(again));
  gather.start_epoch(3);
  next_into(gather, again.view(), {});
  EXPECT_EQ(numbers(first), numbers(again));
}

}  // namespace
}  // namespace hourglass
