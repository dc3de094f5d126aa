#include "data/windows.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

class WindowStore : public RowStore {
 public:
  WindowStore(std::shared_ptr<const RowStore> steps, std::vector<Index> first_steps, Index window)
      : steps_(std::move(steps)), first_steps_(std::move(first_steps)), window_(window) {}

  Index rows() const override { return std::ssize(first_steps_); }
  Index cols() const override { return window_ * steps_->cols(); }
  bool in_memory() const override { return steps_->in_memory(); }

  void read(Index begin, Index end, double* out) const override {
    if (begin == end) return;
    // Neighbours overlap: where they do, what they cover is read once.
    const Index first = first_step(begin);
    const Index span = first_step(end - 1) + window_ - first;
    if (in_memory() || span > (end - begin) * window_) {
      for (Index row = begin; row < end; ++row, out += cols()) read_one(row, out);
      return;
    }
    std::vector<double> covered(static_cast<std::size_t>(span * steps_->cols()));
    steps_->read(first, first + span, covered.data());
    for (Index row = begin; row < end; ++row, out += cols()) {
      std::copy_n(covered.data() + (first_step(row) - first) * steps_->cols(), cols(), out);
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i, out += cols()) read_one(rows[i], out);
  }

 private:
  Index first_step(Index row) const { return first_steps_[static_cast<std::size_t>(row)]; }
  void read_one(Index row, double* out) const {
    steps_->read(first_step(row), first_step(row) + window_, out);
  }

  std::shared_ptr<const RowStore> steps_;
  std::vector<Index> first_steps_;
  Index window_;
};

}  // namespace

std::vector<Range> unbroken_runs(const Table& steps) {
  std::vector<Index> begins = {0};
  Index end = 0;
  for (const Series& series : steps.series) begins.push_back(end += series.rows);
  // The i-th row left out stood before the row that comes at its place less i.
  Index before = 0;
  for (const Index row : steps.left_out_rows) begins.push_back(row - before++);
  begins.push_back(steps.rows());
  std::ranges::sort(begins);
  std::vector<Range> runs;
  for (std::size_t i = 1; i < begins.size(); ++i) {
    if (begins[i] > begins[i - 1]) runs.push_back({begins[i - 1], begins[i]});
  }
  return runs;
}

void refuse_short_run(const std::string& source, Range rows, Index window) {
  data_error(
      fmt::format("{}: rows {} to {} are {} steps in a row, fewer than the window of {}: "
                  "give series of at least {} steps, or a shorter --window",
                  source, rows.begin + 1, rows.end, rows.size(), window, window));
}

std::vector<Index> windows_within(const std::vector<Range>& runs, Range part, Index window,
                                  Index stride) {
  return windows_covering(part, runs, part, window, stride);
}

std::vector<Index> windows_covering(Range steps, const std::vector<Range>& runs, Range part,
                                    Index window, Index stride) {
  HOURGLASS_CHECK(window > 0 && stride > 0);
  std::vector<Index> first_steps;
  for (const Range& run : runs) {
    const Index begin = std::max(run.begin, part.begin);
    const Index last = std::min(run.end, part.end) - window;
    const Index first_wanted = std::max(begin, steps.begin - window + 1);
    if (first_wanted > last) continue;
    const Index strides_before = (first_wanted - begin + stride - 1) / stride;
    const Index end = std::min(last, steps.end);
    for (Index step = begin + strides_before * stride; step < end; step += stride) {
      first_steps.push_back(step);
    }
    if (last < steps.end) first_steps.push_back(last);
  }
  return first_steps;
}

Table window_table(const Table& steps, std::vector<Index> first_steps, Index window) {
  Table windows;
  windows.store = std::make_shared<WindowStore>(steps.store, std::move(first_steps), window);
  windows.sample_shape = {window, steps.cols()};
  windows.unit_interval = steps.unit_interval;
  windows.source = steps.source;
  return windows;
}

Encoding encoding_of_windows(const Encoding& step, Index window) {
  Encoding windows = step;
  windows.sample_shape = {window, step.table_columns()};
  windows.columns.reserve(step.columns.size() * static_cast<std::size_t>(window));
  for (Index i = 1; i < window; ++i) {
    windows.columns.insert(windows.columns.end(), step.columns.begin(), step.columns.end());
  }
  windows.lay_out_features();
  return windows;
}

Encoding encoding_of_steps(const Encoding& windows, Index window) {
  Encoding step = windows;
  step.columns.resize(windows.columns.size() / static_cast<std::size_t>(window));
  step.sample_shape = {step.table_columns()};
  step.lay_out_features();
  return step;
}

}  // namespace hourglass
