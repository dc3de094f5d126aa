#include "task/code_graph.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <hnswlib/hnswlib.h>

#include "base/error.h"
#include "base/interrupt.h"

namespace hourglass {
namespace {

// Links a point keeps on a level, and points it is chosen among. Measured: recipes/README.md.
constexpr std::size_t kDegree = 16;
constexpr std::size_t kLookedAt = 100;
constexpr std::size_t kSeed = 100;
constexpr Index kHighestLevel = 30;

// Eight sums side by side, for compilers to make a vector of.
float squared_distance(const void* a, const void* b, const void* width) {
  constexpr Index kLanes = 16;
  const auto* const x = static_cast<const float*>(a);
  const auto* const y = static_cast<const float*>(b);
  const Index count = *static_cast<const Index*>(width);
  float sums[kLanes] = {};
  Index c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    for (Index lane = 0; lane < kLanes; ++lane) {
      const float difference = x[c + lane] - y[c + lane];
      sums[lane] += difference * difference;
    }
  }
  for (Index lane = 0; c + lane < count; ++lane) {
    const float difference = x[c + lane] - y[c + lane];
    sums[lane] += difference * difference;
  }
  float sum = 0;
  for (const float each : sums) sum += each;
  return sum;
}

class Space : public hnswlib::SpaceInterface<float> {
 public:
  explicit Space(Index width) : width_(width) {}
  std::size_t get_data_size() override { return static_cast<std::size_t>(width_) * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return squared_distance; }
  void* get_dist_func_param() override { return &width_; }

 private:
  Index width_;
};

using Graph = hnswlib::HierarchicalNSW<float>;

[[noreturn]] void refuse_link(const std::string& what, Index point) {
  model_error(fmt::format("{}: the links of row {} cannot be followed", what, point + 1));
}

// One list of `room` links of a point, on a level.
void check_list(const std::uint32_t* list, Index room, Index point, Index level,
                const std::vector<std::uint8_t>& levels, const std::string& what) {
  if (static_cast<Index>(list[0]) > room) refuse_link(what, point);
  for (Index i = 1; i <= static_cast<Index>(list[0]); ++i) {
    const std::size_t to = list[i];
    if (to >= levels.size() || static_cast<Index>(to) == point || levels[to] < level) {
      refuse_link(what, point);
    }
  }
}

}  // namespace

void check_links(const GraphLinks& links, Index points, const std::string& what) {
  const std::vector<std::uint8_t>& levels = links.levels;
  const auto wrong_size = [&] { model_error(fmt::format("{}: its graph has a wrong size", what)); };
  if (links.degree < 2 || links.degree > 256 || points < 1) wrong_size();
  if (std::ssize(levels) != points || std::ssize(links.base) != points * (2 * links.degree + 1)) {
    wrong_size();
  }
  Index lists = 0;
  for (const std::uint8_t level : levels) {
    if (level > kHighestLevel) wrong_size();
    lists += level;
  }
  if (std::ssize(links.upper) != lists * (links.degree + 1)) wrong_size();
  if (links.entry < 0 || links.entry >= points ||
      levels[static_cast<std::size_t>(links.entry)] != *std::ranges::max_element(levels)) {
    model_error(fmt::format("{}: its graph begins nowhere", what));
  }
  const std::uint32_t* upper = links.upper.data();
  for (Index point = 0; point < points; ++point) {
    check_list(links.base.data() + point * (2 * links.degree + 1), 2 * links.degree, point, 0,
               levels, what);
    for (Index level = 1; level <= levels[static_cast<std::size_t>(point)]; ++level) {
      check_list(upper, links.degree, point, level, levels, what);
      upper += links.degree + 1;
    }
  }
}

struct CodeGraph::State {
  Space space;
  Graph graph;

  State(Index width, Index room, std::size_t degree)
      : space(width), graph(&space, static_cast<std::size_t>(room), degree, kLookedAt, kSeed) {}

  std::uint32_t* base_list(Index point) const {
    return graph.get_linklist0(static_cast<hnswlib::tableint>(point));
  }
  std::uint32_t* upper_list(Index point, Index level) const {
    return graph.get_linklist(static_cast<hnswlib::tableint>(point), static_cast<int>(level));
  }
  void put_point(Index point, const float* numbers) {
    const auto id = static_cast<hnswlib::tableint>(point);
    std::memset(base_list(point), 0, graph.size_data_per_element_);
    std::memcpy(graph.getDataByInternalId(id), numbers, graph.data_size_);
    graph.setExternalLabel(id, id);
  }
  void make_room(Index points) {
    const auto wanted = static_cast<std::size_t>(points);
    if (wanted > graph.max_elements_) {
      graph.resizeIndex(std::max(wanted, graph.max_elements_ + graph.max_elements_ / 2));
    }
  }
};

CodeGraph::CodeGraph(Index width, Index points)
    : state_(std::make_unique<State>(width, std::max<Index>(points, 1), kDegree)) {}
CodeGraph::~CodeGraph() = default;
CodeGraph::CodeGraph(CodeGraph&&) noexcept = default;
CodeGraph& CodeGraph::operator=(CodeGraph&&) noexcept = default;

CodeGraph::CodeGraph(MatrixView<const float> points, const GraphLinks& links)
    : state_(std::make_unique<State>(points.cols, points.rows,
                                     static_cast<std::size_t>(links.degree))) {
  Graph& graph = state_->graph;
  const std::uint32_t* upper = links.upper.data();
  for (Index point = 0; point < points.rows; ++point) {
    const auto at = static_cast<std::size_t>(point);
    state_->put_point(point, points.row(point));
    std::memcpy(state_->base_list(point), links.base.data() + point * (2 * links.degree + 1),
                graph.size_links_level0_);
    graph.element_levels_[at] = links.levels[at];
    graph.linkLists_[at] = nullptr;
    const std::size_t bytes = graph.size_links_per_element_ * links.levels[at];
    if (bytes > 0) {
      graph.linkLists_[at] = static_cast<char*>(std::malloc(bytes));
      if (graph.linkLists_[at] == nullptr) throw std::bad_alloc();
      std::memcpy(graph.linkLists_[at], upper, bytes);
      upper += bytes / sizeof(std::uint32_t);
    }
    graph.cur_element_count = at + 1;  // as far as the destructor may go
  }
  graph.enterpoint_node_ = static_cast<hnswlib::tableint>(links.entry);
  graph.maxlevel_ = links.levels[static_cast<std::size_t>(links.entry)];
  // Levels of points to come are a function of how many there are.
  graph.level_generator_.seed(kSeed + static_cast<std::size_t>(points.rows));
}

Index CodeGraph::points() const { return static_cast<Index>(state_->graph.cur_element_count); }

void CodeGraph::add(MatrixView<const float> points, const std::function<void(double)>& progress) {
  state_->make_room(this->points() + points.rows);
  for (Index r = 0; r < points.rows; ++r) {
    if (r % 256 == 0) {
      throw_if_interrupted();
      if (progress) progress(static_cast<double>(r) / static_cast<double>(points.rows));
    }
    state_->graph.addPoint(points.row(r), static_cast<std::size_t>(this->points()));
  }
}

void CodeGraph::hide(Index point) {
  const auto id = static_cast<hnswlib::tableint>(point);
  if (!state_->graph.isMarkedDeleted(id)) state_->graph.markDeletedInternal(id);
}

std::vector<Index> CodeGraph::near(const float* query, Index count) const {
  auto found = state_->graph.searchKnn(query, static_cast<std::size_t>(count));
  std::vector<Index> points;
  for (; !found.empty(); found.pop()) points.push_back(static_cast<Index>(found.top().second));
  return points;
}

GraphLinks CodeGraph::links() const {
  const Graph& graph = state_->graph;
  GraphLinks links;
  links.degree = static_cast<Index>(graph.M_);
  links.entry = static_cast<Index>(graph.enterpoint_node_);
  // What a list no longer holds may still stand behind its links.
  const auto append = [](std::vector<std::uint32_t>& to, const std::uint32_t* list, Index room) {
    const auto count = static_cast<Index>(*reinterpret_cast<const std::uint16_t*>(list));
    to.push_back(static_cast<std::uint32_t>(count));
    to.insert(to.end(), list + 1, list + 1 + count);
    to.resize(to.size() + static_cast<std::size_t>(room - count));
  };
  for (Index point = 0; point < points(); ++point) {
    const int level = graph.element_levels_[static_cast<std::size_t>(point)];
    links.levels.push_back(static_cast<std::uint8_t>(level));
    append(links.base, state_->base_list(point), 2 * links.degree);
    for (int l = 1; l <= level; ++l)
      append(links.upper, state_->upper_list(point, l), links.degree);
  }
  return links;
}

}  // namespace hourglass
