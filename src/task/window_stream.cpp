#include "task/window_stream.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "data/windows.h"

namespace hourglass {
namespace {

// Numbers behind the last window that may be read along with it.
constexpr Index kSlack = 8;

template <class Number>
void drop_front(std::vector<Number>& numbers, Index count) {
  numbers.erase(numbers.begin(), numbers.begin() + count);
}

}  // namespace

WindowStream::WindowStream(const TrainedModel& model, ThreadPool& pool, std::string source)
    : source_(std::move(source)),
      window_(model.saved.spec.window),
      stride_(std::max<Index>(1, model.saved.spec.stride)),
      cols_(model.saved.encoding.table_columns() / window_),
      scorer_(model, pool),
      windows_(static_cast<std::size_t>(scorer_.samples_at_once() * window_ * cols_ + kSlack)),
      of_windows_(static_cast<std::size_t>(scorer_.samples_at_once())) {}

void WindowStream::add(const CsvFeed::Rows& rows, std::vector<double>& scores) {
  for (Index begin = 0, end = 0; begin < rows.count; begin = end) {
    if (steps_ > 0 && rows.numbers[begin] != last_row_ + 1) end_run(scores);
    if (steps_ == 0) first_row_ = rows.numbers[begin];
    end = begin + 1;
    while (end < rows.count && rows.numbers[end] == rows.numbers[end - 1] + 1) ++end;
    last_row_ = rows.numbers[end - 1];
    take_in(rows.values + begin * cols_, end - begin);
    // Were these the last, the window that ends with them would count.
    settle(steps_ - window_ + (ends_with_window() ? 1 : 0), scores);
  }
}

void WindowStream::finish(std::vector<double>& scores) {
  if (steps_ > 0) end_run(scores);
}

// Adds steps to the run and scores the windows that they complete.
void WindowStream::take_in(const double* steps, Index count) {
  kept_.insert(kept_.end(), steps, steps + count * cols_);
  steps_ += count;
  sums_.resize(static_cast<std::size_t>(steps_ - settled_));
  covering_.resize(sums_.size());
  if (next_window_ + window_ <= steps_) {
    const Index complete = (steps_ - window_ - next_window_) / stride_ + 1;
    score_windows(next_window_, complete);
    next_window_ += complete * stride_;
  }
  const Index superfluous = std::max<Index>(0, steps_ - window_ - kept_from_);
  drop_front(kept_, superfluous * cols_);
  kept_from_ += superfluous;
}

// Windows that begin at `first` and every stride-th step behind, whose steps are kept.
void WindowStream::score_windows(Index first, Index count) {
  for (Index done = 0; done < count; done += scorer_.samples_at_once()) {
    const Index round = std::min(scorer_.samples_at_once(), count - done);
    const Index begin = first + done * stride_;
    for (Index i = 0; i < round; ++i) {
      std::copy_n(kept_.data() + (begin + i * stride_ - kept_from_) * cols_, window_ * cols_,
                  windows_.data() + i * window_ * cols_);
    }
    scorer_.score(windows_.data(), round, of_windows_.data());
    for (Index i = 0; i < round; ++i) {
      const Index at = begin + i * stride_ - settled_;
      for (Index step = at; step < at + window_; ++step) {
        sums_[static_cast<std::size_t>(step)] += of_windows_[static_cast<std::size_t>(i)];
        covering_[static_cast<std::size_t>(step)] += 1;
      }
    }
  }
}

// Gives the scores of the steps before `end`, which no further window covers.
void WindowStream::settle(Index end, std::vector<double>& scores) {
  const Index count = end - settled_;
  if (count <= 0) return;
  std::transform(sums_.begin(), sums_.begin() + count, covering_.begin(),
                 std::back_inserter(scores),
                 [](double sum, double windows) { return sum / windows; });
  drop_front(sums_, count);
  drop_front(covering_, count);
  settled_ = end;
}

void WindowStream::end_run(std::vector<double>& scores) {
  if (steps_ < window_) {
    refuse_short_run(source_, {first_row_, last_row_ + 1}, window_);
  }
  if (!ends_with_window()) score_windows(steps_ - window_, 1);
  settle(steps_, scores);
  steps_ = kept_from_ = settled_ = next_window_ = 0;
  kept_.clear();
}

}  // namespace hourglass
