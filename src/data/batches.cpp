#include "data/batches.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "data/batches_order.h"

namespace hourglass {
namespace {

// Bytes prepared at a time, so that handing them over costs little beside filling them; at least a
// batch.
constexpr Index kGroupBytes = Index{1} << 19;

// One stretch of the epoch, several batches long.
struct Group {
  Buffer<float> features, mask;
  Index rows = 0;
  bool ready = false;  // filled and not yet used up
  std::exception_ptr error;
};

Index batches_in_group(const Samples& samples, Index batch_size) {
  const Index batch_bytes = std::max<Index>(4 * batch_size * samples.features(), 1);
  const Index batches = (samples.rows() + batch_size - 1) / batch_size;
  return std::clamp<Index>(kGroupBytes / batch_bytes, 1, std::max<Index>(batches, 1));
}

void copy_to_panels(const float* from, Panels<float> to, Index rows) {
  const Index whole = to.cols / kPanelWidth;
  for (Index p = 0; p < whole; ++p) {
    for (Index r = 0; r < rows; ++r) {
      std::copy_n(from + r * to.cols + p * kPanelWidth, kPanelWidth, to.row(p, r));
    }
  }
  const Index rest = to.cols % kPanelWidth;
  for (Index r = 0; rest > 0 && r < rows; ++r) {
    float* end = std::copy_n(from + r * to.cols + whole * kPanelWidth, rest, to.row(whole, r));
    std::fill_n(end, kPanelWidth - rest, 0.0f);
  }
}

void fill_ones(Panels<float> panels, Index rows) {
  for (Index p = 0; p < panels.panels(); ++p) {
    const Index used = std::min(kPanelWidth, panels.cols - p * kPanelWidth);
    for (Index r = 0; r < rows; ++r) {
      float* end = std::fill_n(panels.row(p, r), used, 1.0f);
      std::fill_n(end, kPanelWidth - used, 0.0f);
    }
  }
}

}  // namespace

struct BatchSequence::State {
  State(const Samples& from, Index size, std::uint64_t seed)
      : samples(from),
        batch_size(size),
        group_rows(batches_in_group(from, size) * size),
        order(make_epoch_order(from, seed)) {
    for (Group& each : groups) {
      const Index room = std::min(group_rows, samples.rows()) * samples.features();
      each.features = Buffer<float>(room);
      if (samples.has_mask()) each.mask = Buffer<float>(room);
    }
  }

  // The background thread's side.
  void work();
  void fill(Group& group);
  // The caller's side.
  void stop_filling(std::unique_lock<std::mutex>& lock);
  bool advance();

  const Samples& samples;
  const Index batch_size;
  const Index group_rows;
  const std::unique_ptr<EpochOrder> order;  // the background thread's alone

  std::mutex mutex;
  std::condition_variable changed;
  std::array<Group, 2> groups;  // a ready one is the caller's, another the background thread's
  Index epoch = 0;
  Index rows_to_fill = 0;      // of the epoch
  std::size_t fill_group = 0;  // the one to be filled next
  bool epoch_begun = false;    // by the background thread
  bool filling = false;
  bool quit = false;

  // Of the caller alone: where it stands in the epoch.
  Index rows_left = 0;
  std::size_t group = 0;
  Index group_position = 0;  // rows of it handed out
  MatrixView<const float> batch, batch_mask;

  std::thread thread;
};

void BatchSequence::State::fill(Group& to) {
  try {
    if (!epoch_begun) order->start(epoch);
    epoch_begun = true;
    order->take(to.rows, to.features.data(), samples.has_mask() ? to.mask.data() : nullptr);
  } catch (...) {
    to.error = std::current_exception();
  }
}

void BatchSequence::State::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return quit || (rows_to_fill > 0 && !groups[fill_group].ready); });
    if (quit) return;
    Group& to = groups[fill_group];
    to.rows = std::min(group_rows, rows_to_fill);
    to.error = nullptr;
    filling = true;
    lock.unlock();
    fill(to);
    lock.lock();
    filling = false;
    to.ready = true;
    rows_to_fill = to.error ? 0 : rows_to_fill - to.rows;
    fill_group = 1 - fill_group;
    changed.notify_all();
  }
}

void BatchSequence::State::stop_filling(std::unique_lock<std::mutex>& lock) {
  rows_to_fill = 0;
  changed.wait(lock, [&] { return !filling; });
  rows_to_fill = 0;
  for (Group& each : groups) each.ready = false;
}

// Moves on to the next batch; false at the end of the epoch.
bool BatchSequence::State::advance() {
  batch = batch_mask = {};
  if (rows_left == 0) return false;
  std::unique_lock lock(mutex);
  if (group_position == group_rows) {
    groups[group].ready = false;
    changed.notify_all();
    group = 1 - group;
    group_position = 0;
  }
  Group& from = groups[group];
  changed.wait(lock, [&] { return from.ready; });
  if (from.error) {
    rows_left = 0;
    std::rethrow_exception(from.error);
  }
  const Index rows = std::min(batch_size, rows_left);
  const Index offset = group_position * samples.features();
  batch = {from.features.data() + offset, rows, samples.features()};
  if (samples.has_mask()) batch_mask = {from.mask.data() + offset, rows, samples.features()};
  rows_left -= rows;
  group_position += batch_size;
  return true;
}

BatchSequence::BatchSequence(const Samples& samples, Index batch_size, std::uint64_t seed) {
  HOURGLASS_CHECK(batch_size > 0);
  state_ = std::make_unique<State>(samples, batch_size, seed);
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

BatchSequence::~BatchSequence() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->quit = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void BatchSequence::start_epoch(Index epoch) {
  State& s = *state_;
  std::unique_lock lock(s.mutex);
  s.stop_filling(lock);
  s.epoch = epoch;
  s.epoch_begun = false;
  s.rows_to_fill = s.rows_left = s.samples.rows();
  s.fill_group = s.group = 0;
  s.group_position = 0;
  s.batch = s.batch_mask = {};
  s.changed.notify_all();
}

MatrixView<const float> BatchSequence::next() {
  state_->advance();
  return state_->batch;
}

MatrixView<const float> BatchSequence::mask() const { return state_->batch_mask; }

void BatchSequence::next_into(Panels<float> input, Panels<float> mask, Index* rows) {
  state_->advance();
  const MatrixView<const float> batch = state_->batch;
  *rows = batch.rows;
  if (batch.rows == 0) return;
  HOURGLASS_CHECK(input.cols == batch.cols && input.rows >= batch.rows);
  copy_to_panels(batch.data, input, batch.rows);
  if (!mask) return;
  if (state_->samples.has_mask()) {
    copy_to_panels(state_->batch_mask.data, mask, batch.rows);
  } else {
    fill_ones(mask, batch.rows);
  }
}

Index BatchSequence::batches_per_epoch() const {
  return (state_->samples.rows() + state_->batch_size - 1) / state_->batch_size;
}

}  // namespace hourglass
