#include "task/retrieval_quality.h"

#include <cmath>
#include <gtest/gtest.h>

#include "small_index.h"

namespace hourglass {
namespace {

TEST(RetrievalQuality, IsWhatCountingByHandGives) {
  // On a line, so that the ranking of the query at 0 is rows 0, 1, 2, 3.
  Matrix<float> codes(4, 1);
  for (Index r = 0; r < 4; ++r) codes.at(r, 0) = static_cast<float>(r + 1);
  const CodeIndex index = index_of(Metric::kEuclidean, codes);
  const CodeSearch search(index);
  const Matrix<float> queries(2, 1);
  ThreadPool pool(1);
  const auto hits = search.nearest(queries, 2, pool);
  const RetrievalQuality quality =
      retrieval_quality(search, queries, hits, {"a", "none"}, {"a", "b", "a", "a"}, pool);
  EXPECT_EQ(quality.queries, 2);
  EXPECT_DOUBLE_EQ(quality.precision_at_k, (0.5 + 0) / 2);
  EXPECT_DOUBLE_EQ(quality.mean_average_precision, (1 + 2.0 / 3 + 3.0 / 4) / 3);
  EXPECT_EQ(quality.without_match, 1);
}

}  // namespace
}  // namespace hourglass
