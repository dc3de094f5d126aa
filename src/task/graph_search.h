#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "hourglass/search.h"
#include "task/code_graph.h"
#include "task/code_index.h"
#include "task/code_search.h"

namespace hourglass {

/// Whether an index is large enough for a search by links to be much faster than one of all rows.
/// Measured: recipes/README.md.
bool graph_pays(const CodeIndex& index);

/// Adds those of the index's rows that are not yet in its graph.
void extend_graph(CodeGraph& graph, const CodeIndex& index,
                  const std::function<void(double)>& progress);

/// The graph with these links, which have been checked; rows taken out are hidden.
CodeGraph graph_of(const CodeIndex& index, const GraphLinks& links);

/// Whether so many hits can be had from a graph: few of the rows there are.
bool finds_enough(const CodeIndex& index, Index k);

/// As CodeSearch::nearest(), but some of the nearest rows may be missed, fewer with larger `ef`.
std::vector<std::vector<Hit>> nearest_by_graph(const CodeGraph& graph, const CodeIndex& index,
                                               MatrixView<const float> queries, Index k, Index ef,
                                               ThreadPool& pool);

/// See GraphQuality.
GraphQuality measure(const CodeGraph& graph, const CodeIndex& index, const CodeSearch& exact,
                     ThreadPool& pool);

}  // namespace hourglass
