#include "task/code_search.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/interrupt.h"

namespace hourglass {
namespace {

// Of so many queries all rows are ranked at a time.
constexpr Index kRankedTogether = 16;

std::vector<Index> rows_left(const CodeIndex& index) {
  std::vector<Index> rows;
  for (Index r = 0; r < index.rows(); ++r) {
    if (index.deleted[static_cast<std::size_t>(r)] == 0) rows.push_back(r);
  }
  return rows;
}

// The same order as that of the floats, of which none is NaN, turned around: larger ones first.
std::uint32_t falling_key(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // −0 is 0
  return (bits & 0x80000000U) != 0 ? bits : ~bits & 0x7fffffffU;
}

// 0 … n − 1 in the order of rising keys, equal ones as they stand: by radix, 11 bits at a time.
void order_by(const std::vector<std::uint32_t>& keys, std::vector<Index>& order) {
  constexpr int kBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kBits;
  std::vector<Index> from(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) from[i] = static_cast<Index>(i);
  order.resize(keys.size());
  for (int shift = 0; shift < 32; shift += kBits) {
    std::array<std::size_t, kBuckets + 1> begins{};
    const auto bucket = [&](std::uint32_t key) { return key >> shift & (kBuckets - 1); };
    for (const std::uint32_t key : keys) ++begins[bucket(key) + 1];
    for (std::size_t b = 1; b <= kBuckets; ++b) begins[b] += begins[b - 1];
    for (const Index i : from) order[begins[bucket(keys[static_cast<std::size_t>(i)])]++] = i;
    std::swap(from, order);
  }
  std::swap(from, order);
}

}  // namespace

CodeSearch::CodeSearch(const CodeIndex& index) : index_(index), rows_(rows_left(index)) {
  if (index.metric == Metric::kHamming || rows_.empty()) return;
  if (std::ssize(rows_) == index.rows()) {
    points_ = comparable(index.metric, index.view());
  } else {
    Matrix<float> left(std::ssize(rows_), index.width);
    for (Index i = 0; i < left.rows(); ++i) {
      std::copy_n(index.view().row(rows_[static_cast<std::size_t>(i)]), index.width, left.row(i));
    }
    points_ = comparable(index.metric, left);
  }
  search_ = std::make_unique<NeighbourSearch>(points_.view());
}

std::vector<std::vector<Hit>> CodeSearch::nearest(MatrixView<const float> queries, Index k,
                                                  ThreadPool& pool) const {
  std::vector<std::vector<Hit>> hits(static_cast<std::size_t>(queries.rows));
  k = std::min(k, std::ssize(rows_));
  if (k == 0) return hits;
  if (index_.metric == Metric::kHamming) {
    pool.for_each(queries.rows, [&](Index q) {
      throw_if_interrupted();
      hits[static_cast<std::size_t>(q)] = nearest_bits(queries.row(q), k);
    });
    return hits;
  }
  const Neighbours found = search_->nearest(comparable(index_.metric, queries), k, pool);
  for (Index q = 0; q < queries.rows; ++q) {
    for (Index i = 0; i < k; ++i) {
      hits[static_cast<std::size_t>(q)].push_back(
          {rows_[static_cast<std::size_t>(found.rows.at(q, i))],
           distance_of(index_.metric, found.squared_distance.at(q, i))});
    }
  }
  return hits;
}

void CodeSearch::rank_all(
    MatrixView<const float> queries, ThreadPool& pool,
    const std::function<void(Index query, const std::vector<Index>& rows)>& visit) const {
  const Matrix<float> points =
      search_ ? comparable(index_.metric, queries) : Matrix<float>(queries.rows, queries.cols);
  pool.for_each((queries.rows + kRankedTogether - 1) / kRankedTogether, [&](Index part) {
    throw_if_interrupted();
    const Index begin = part * kRankedTogether;
    const Index count = std::min(queries.rows - begin, kRankedTogether);
    Matrix<float> scores;
    if (search_) {
      scores = Matrix<float>(count, std::ssize(rows_));
      search_->nearness({points.row(begin), count, points.cols()}, scores.view());
    }
    std::vector<Index> order;
    std::vector<std::uint32_t> keys(rows_.size());
    for (Index q = 0; q < count; ++q) {
      if (search_) {
        std::transform(scores.row(q), scores.row(q) + scores.cols(), keys.begin(), falling_key);
      } else {
        keys = bit_distances(queries.row(begin + q));
      }
      order_by(keys, order);
      for (Index& row : order) row = rows_[static_cast<std::size_t>(row)];
      visit(begin + q, order);
    }
  });
}

std::vector<std::uint32_t> CodeSearch::bit_distances(const float* query) const {
  BitCodes own(index_.bits.thresholds());
  own.add(query);
  const std::uint64_t* const wanted = own.row(0);
  const Index words = own.words();
  std::vector<std::uint32_t> distances;
  distances.reserve(rows_.size());
  for (const Index row : rows_) {
    const std::uint64_t* const there = index_.bits.row(row);
    int different = 0;
    for (Index w = 0; w < words; ++w) different += std::popcount(wanted[w] ^ there[w]);
    distances.push_back(static_cast<std::uint32_t>(different));
  }
  return distances;
}

// Distances are small whole numbers: the largest that is needed is counted out, and then rows are
// taken as they come.
std::vector<Hit> CodeSearch::nearest_bits(const float* query, Index k) const {
  const std::vector<std::uint32_t> distances = bit_distances(query);
  std::vector<Index> counts(static_cast<std::size_t>(index_.width) + 1);
  for (const std::uint32_t distance : distances) ++counts[distance];
  std::uint32_t largest = 0;
  for (Index sum = counts[0]; sum < k; sum += counts[largest]) ++largest;
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    if (distances[i] <= largest) hits.push_back({rows_[i], static_cast<double>(distances[i])});
  }
  std::ranges::stable_sort(hits, {}, &Hit::distance);
  hits.resize(static_cast<std::size_t>(k));
  return hits;
}

}  // namespace hourglass
