#include "kernel/top_k.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace hourglass {
namespace {

PanelMatrix<float> panels_of(const std::vector<std::vector<float>>& rows) {
  PanelMatrix<float> panels(static_cast<Index>(rows.size()), static_cast<Index>(rows[0].size()));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      panels.view().at(static_cast<Index>(r), static_cast<Index>(c)) = rows[r][c];
    }
  }
  return panels;
}

std::vector<float> row_of(PanelMatrix<float>& panels, Index row) {
  std::vector<float> numbers;
  for (Index c = 0; c < panels.cols(); ++c) numbers.push_back(panels.view().at(row, c));
  return numbers;
}

// What top_k() makes of some rows.
struct Kept {
  Kept(const std::vector<std::vector<float>>& rows, Index k)
      : input(panels_of(rows)),
        output(input.rows(), input.cols()),
        kept(input.rows(), input.cols()),
        scratch(static_cast<std::size_t>(input.rows() * input.cols())) {
    TopK<float> work;
    work.input = input.view();
    work.k = k;
    work.output = output.view();
    work.kept = kept.view();
    work.scratch = scratch.data();
    top_k(work, {0, input.rows()});
  }

  PanelMatrix<float> input, output, kept;
  std::vector<float> scratch;
};

TEST(TopK, KeepsTheLargestAndOfEqualOnesTheFirst) {
  Kept two({{1, 5, -2, 5, 3}, {2, 2, 2, 2, 2}, {-1, -2, -3, -4, -5}}, 2);
  EXPECT_EQ(row_of(two.output, 0), (std::vector<float>{0, 5, 0, 5, 0}));
  EXPECT_EQ(row_of(two.output, 1), (std::vector<float>{2, 2, 0, 0, 0}));
  EXPECT_EQ(row_of(two.output, 2), (std::vector<float>{-1, -2, 0, 0, 0}));
  EXPECT_EQ(row_of(two.kept, 2), (std::vector<float>{1, 1, 0, 0, 0}));
  EXPECT_EQ(nth_largest<float>(two.input.view(), 2, 3, two.scratch.data()), 3);
}

// Or a training gone wrong would go on unseen.
TEST(TopK, LetsNaNThrough) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Kept one({{nan, 5, 1, 4}}, 1);
  EXPECT_TRUE(std::isnan(row_of(one.output, 0)[0]));
  keep_from<float>(one.input.view(), 4.5F, one.output.view(), {}, {0, 1});
  EXPECT_TRUE(std::isnan(row_of(one.output, 0)[0]));
  EXPECT_EQ(row_of(one.output, 0)[1], 5);
  EXPECT_EQ(row_of(one.output, 0)[3], 0);
  std::vector<float> numbers = {2, nan, 3, 1};
  EXPECT_TRUE(std::isnan(nth_largest(numbers.data(), 4, 1)));
  EXPECT_EQ(nth_largest(numbers.data(), 4, 2), 3);
}

}  // namespace
}  // namespace hourglass
