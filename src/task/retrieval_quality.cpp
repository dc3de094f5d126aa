#include "task/retrieval_quality.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace hourglass {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Labels as numbers, the same for the same text.
class Numbering {
 public:
  std::vector<Index> of(const std::vector<std::string>& labels) {
    std::vector<Index> numbers;
    numbers.reserve(labels.size());
    for (const std::string& label : labels) {
      numbers.push_back(numbers_.try_emplace(label, std::ssize(numbers_)).first->second);
    }
    return numbers;
  }

 private:
  std::unordered_map<std::string, Index> numbers_;
};

double precision(const std::vector<Hit>& hits, Index wanted, const std::vector<Index>& labels) {
  const auto right = std::ranges::count_if(
      hits, [&](const Hit& hit) { return labels[static_cast<std::size_t>(hit.row)] == wanted; });
  return hits.empty() ? kNone : static_cast<double>(right) / static_cast<double>(hits.size());
}

double average_precision(const std::vector<Index>& rows, Index wanted,
                         const std::vector<Index>& labels) {
  double sum = 0;
  Index found = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (labels[static_cast<std::size_t>(rows[i])] != wanted) continue;
    ++found;
    sum += static_cast<double>(found) / static_cast<double>(i + 1);
  }
  return found > 0 ? sum / static_cast<double>(found) : kNone;
}

double mean_of_defined(const std::vector<double>& values) {
  double sum = 0;
  Index count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : kNone;
}

}  // namespace

RetrievalQuality retrieval_quality(const CodeSearch& search, MatrixView<const float> queries,
                                   const std::vector<std::vector<Hit>>& hits,
                                   const std::vector<std::string>& query_labels,
                                   const std::vector<std::string>& labels, ThreadPool& pool) {
  Numbering numbering;
  const std::vector<Index> of_rows = numbering.of(labels);
  const std::vector<Index> wanted = numbering.of(query_labels);
  std::vector<double> precisions(hits.size(), kNone);
  std::vector<double> averages(hits.size(), kNone);
  for (std::size_t q = 0; q < hits.size(); ++q) {
    precisions[q] = precision(hits[q], wanted[q], of_rows);
  }
  search.rank_all(queries, pool, [&](Index query, const std::vector<Index>& rows) {
    const auto q = static_cast<std::size_t>(query);
    averages[q] = average_precision(rows, wanted[q], of_rows);
  });
  RetrievalQuality quality;
  quality.queries = queries.rows;
  quality.precision_at_k = mean_of_defined(precisions);
  quality.mean_average_precision = mean_of_defined(averages);
  quality.without_match = std::ranges::count_if(averages, [](double x) { return std::isnan(x); });
  return quality;
}

}  // namespace hourglass
