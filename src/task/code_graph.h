#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tensor/matrix.h"

namespace hourglass {

/// The links of a CodeGraph as a file keeps them. A point of level l has lists of links on levels
/// 0 … l; each list is a count and then places for as many as it may hold, unused ones 0: 2·degree
/// on level 0, degree above.
struct GraphLinks {
  Index degree = 0;
  Index entry = 0;                   ///< the point where a search begins; it has the highest level
  std::vector<std::uint8_t> levels;  ///< one a point
  std::vector<std::uint32_t> base;   ///< points × (2·degree + 1): the lists of level 0
  std::vector<std::uint32_t>
      upper;  ///< each list (degree + 1) of levels 1 … of one point, then the next's
};

/// Throws ErrorKind::kModel naming `what` unless a search along these links stays inside them:
/// counts within the lists, links to other points that have the level of the list, an entry of the
/// highest level.
void check_links(const GraphLinks& links, Index points, const std::string& what);

/// A hierarchical navigable small world graph of points (Malkov & Yashunin, IEEE TPAMI 42, 2020):
/// the nearest ones to a query are found along links, nearly always, with a small part of the
/// points looked at. Built one point after another, so that it is a function of the points alone.
/// Searching is thread-safe; adding and hiding is not.
class CodeGraph {
 public:
  /// Of no points yet, with room for `points` of `width` numbers.
  CodeGraph(Index width, Index points);
  /// As links() told. They have passed check_links().
  CodeGraph(MatrixView<const float> points, const GraphLinks& links);
  ~CodeGraph();
  CodeGraph(CodeGraph&&) noexcept;
  CodeGraph& operator=(CodeGraph&&) noexcept;

  Index points() const;
  /// Adds points (n × width). `progress` is told the share done; may be empty.
  void add(MatrixView<const float> points, const std::function<void(double)>& progress);
  /// A point that is hidden is passed through and not found. Hiding it twice does nothing.
  void hide(Index point);

  /// At most `count` points, mostly the nearest to the query, in no particular order; the greater
  /// `count`, the surer each is.
  std::vector<Index> near(const float* query, Index count) const;

  GraphLinks links() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
