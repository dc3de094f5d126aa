#pragma once

#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "hourglass/search.h"
#include "task/code_search.h"

namespace hourglass {

/// What SearchIndex::judge() says. `labels`: one a row of the index.
RetrievalQuality retrieval_quality(const CodeSearch& search, MatrixView<const float> queries,
                                   const std::vector<std::vector<Hit>>& hits,
                                   const std::vector<std::string>& query_labels,
                                   const std::vector<std::string>& labels, ThreadPool& pool);

}  // namespace hourglass
