#include "task/code_graph.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "small_index.h"
#include "task/graph_search.h"

namespace hourglass {
namespace {

constexpr Index kRows = 1000;
constexpr Index kWidth = 8;

CodeGraph grown(const CodeIndex& index) {
  CodeGraph graph(index.width, index.rows());
  extend_graph(graph, index, {});
  return graph;
}

std::vector<Index> rows_of(const std::vector<Hit>& hits) {
  std::vector<Index> rows;
  for (const Hit& hit : hits) rows.push_back(hit.row);
  return rows;
}

TEST(CodeGraph, FindsNearlyAllThatAnExactSearchFinds) {
  const CodeIndex index = index_of(Metric::kEuclidean, scattered(kRows, kWidth, 1));
  const CodeGraph graph = grown(index);
  const Matrix<float> queries = scattered(200, kWidth, 2);
  ThreadPool pool(2);
  const auto exact = CodeSearch(index).nearest(queries, 10, pool);
  const auto found = nearest_by_graph(graph, index, queries, 10, 100, pool);
  Index same = 0;
  for (std::size_t q = 0; q < found.size(); ++q) {
    ASSERT_EQ(found[q].size(), 10U);
    for (const Hit& hit : found[q]) {
      const auto at = std::ranges::find(exact[q], hit.row, &Hit::row);
      if (at == exact[q].end()) continue;
      ++same;
      EXPECT_EQ(hit.distance, at->distance);
    }
  }
  EXPECT_GT(same, 1950);
  const GraphQuality quality = measure(graph, index, CodeSearch(index), pool);
  EXPECT_GE(quality.recall_at_10, 0.95);
  EXPECT_LE(quality.ef, 160);
}

TEST(CodeGraph, IsTheSameAgainAndComesBackFromItsLinks) {
  const CodeIndex index = index_of(Metric::kCosine, scattered(kRows, kWidth, 3));
  const CodeGraph graph = grown(index);
  const GraphLinks links = graph.links();
  EXPECT_EQ(links.base, grown(index).links().base);
  EXPECT_GT(links.upper.size(), 0U);
  check_links(links, kRows, "test");
  const CodeGraph again = graph_of(index, links);
  EXPECT_EQ(again.links().base, links.base);
  EXPECT_EQ(again.links().upper, links.upper);
  const Matrix<float> queries = scattered(50, kWidth, 4);
  ThreadPool pool(1);
  const auto a = nearest_by_graph(graph, index, queries, 5, 20, pool);
  const auto b = nearest_by_graph(again, index, queries, 5, 20, pool);
  for (std::size_t q = 0; q < a.size(); ++q) EXPECT_EQ(rows_of(a[q]), rows_of(b[q]));
}

TEST(CodeGraph, GrowsAfterItCameBack) {
  CodeIndex index = index_of(Metric::kEuclidean, scattered(kRows, kWidth, 5));
  CodeGraph graph = graph_of(index, grown(index).links());
  const Matrix<float> more = scattered(kRows, kWidth, 6);
  index.add(more);
  extend_graph(graph, index, {});
  ASSERT_EQ(graph.points(), 2 * kRows);
  check_links(graph.links(), 2 * kRows, "test");
  ThreadPool pool(1);
  const auto found = nearest_by_graph(graph, index, more, 1, 50, pool);
  Index right = 0;
  for (Index q = 0; q < kRows; ++q) {
    const std::vector<Hit>& own = found[static_cast<std::size_t>(q)];
    right += own.size() == 1 && own[0].row == kRows + q;
  }
  EXPECT_GT(right, kRows - 10);
}

TEST(CodeGraph, PassesThroughHiddenRowsAndDoesNotFindThem) {
  CodeIndex index = index_of(Metric::kEuclidean, scattered(kRows, kWidth, 7));
  CodeGraph graph = grown(index);
  for (Index r = 0; r < kRows; r += 2) {
    index.deleted[static_cast<std::size_t>(r)] = 1;
    graph.hide(r);
    graph.hide(r);
  }
  ThreadPool pool(1);
  for (const auto& hits : nearest_by_graph(graph, index, scattered(50, kWidth, 8), 10, 40, pool)) {
    EXPECT_EQ(hits.size(), 10U);
    for (const Hit& hit : hits) EXPECT_EQ(hit.row % 2, 1);
  }
  // Marks are no part of the links.
  EXPECT_EQ(graph.links().base, grown(index).links().base);
}

struct BrokenLinks {
  const char* name;
  void (*break_it)(GraphLinks&);
};

const std::vector<BrokenLinks>& broken_links() {
  static const std::vector<BrokenLinks> table = {
      {"CountTooLarge", [](GraphLinks& links) { links.base[0] = 33; }},
      {"CountWithAMark", [](GraphLinks& links) { links.base[0] |= 1U << 16; }},
      {"LinkPastTheEnd", [](GraphLinks& links) { links.base[1] = kRows; }},
      {"LinkToItself", [](GraphLinks& links) { links.base[1] = 0; }},
      {"UpperLinkToALowerPoint",
       [](GraphLinks& links) {
         const auto low = std::ranges::find(links.levels, 0) - links.levels.begin();
         links.upper[0] = 1;
         links.upper[1] = static_cast<std::uint32_t>(low);
       }},
      {"LevelTooHigh", [](GraphLinks& links) { links.levels[0] = 200; }},
      {"LevelWithoutLists", [](GraphLinks& links) { ++links.levels[0]; }},
      {"EntryBelowTheTop",
       [](GraphLinks& links) {
         links.entry = std::ranges::find(links.levels, 0) - links.levels.begin();
       }},
      {"EntryPastTheEnd", [](GraphLinks& links) { links.entry = kRows; }},
      {"EntryNegative", [](GraphLinks& links) { links.entry = -1; }},
      {"DegreeHuge", [](GraphLinks& links) { links.degree = 1 << 20; }},
      {"ListsCutShort", [](GraphLinks& links) { links.base.pop_back(); }},
      {"UpperListsCutShort", [](GraphLinks& links) { links.upper.pop_back(); }},
  };
  return table;
}

class LinkRejection : public testing::TestWithParam<BrokenLinks> {};

TEST_P(LinkRejection, IsRefused) {
  static const GraphLinks whole =
      grown(index_of(Metric::kEuclidean, scattered(kRows, kWidth, 9))).links();
  GraphLinks links = whole;
  check_links(links, kRows, "test");
  GetParam().break_it(links);
  try {
    check_links(links, kRows, "test");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LinkRejection, testing::ValuesIn(broken_links()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace hourglass
