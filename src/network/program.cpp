#include "network/program.h"

#include <algorithm>
#include <utility>

#include "kernel/dispatch.h"

namespace hourglass {

template <class T>
typename Program<T>::Segment& Program<T>::segment(Kind kind) {
  if (segments_.empty() || segments_.back().kind != kind) {
    segments_.emplace_back();
    segments_.back().kind = kind;
  }
  return segments_.back();
}

template <class T>
void Program<T>::add_rows(RowWork work) {
  segment(Kind::kRows).row_work.push_back(std::move(work));
}

template <class T>
void Program<T>::add_tiles(Index count, TileWork work) {
  Segment& last = segment(Kind::kTiles);
  for (Index tile = 0; tile < count; ++tile) {
    last.tiles.push_back({static_cast<Index>(last.tile_work.size()), tile});
  }
  last.tile_work.push_back(std::move(work));
}

template <class T>
void Program<T>::once(OnceWork work) {
  segment(Kind::kOnce).once_work.push_back(std::move(work));
}

template <class T>
void Program<T>::barrier() {
  once([](StepState<T>&) {});
}

template <class T>
Executor<T>::Executor(ThreadPool& pool)
    : pool_(pool),
      work_([this](int w) { work(w); }),
      stretches_(static_cast<std::size_t>(pool.size())) {}

template <class T>
void Executor<T>::run(const Program<T>& program, StepState<T>& state, int workers) {
  state_ = &state;
  workers_ = std::clamp(workers, 1, pool_.size());
  const FlushDenormals flush;
  for (const Segment& segment : program.segments()) {
    if (segment.kind == Program<T>::Kind::kOnce) {
      for (const auto& once : segment.once_work) once(state);
      continue;
    }
    segment_ = &segment;
    for (Stretch& stretch : stretches_) stretch.taken.store(0, std::memory_order_relaxed);
    if (workers_ == 1) {
      work(0);
    } else {
      pool_.run(work_);
    }
  }
}

template <class T>
void Executor<T>::work(int worker) {
  if (worker >= workers_) return;
  const FlushDenormals flush;
  if (segment_->kind == Program<T>::Kind::kRows) {
    const Range rows = share_of(state_->rows, worker, workers_, state_->row_step);
    if (rows.empty()) return;
    for (const auto& row_work : segment_->row_work) row_work(*state_, rows, worker);
    return;
  }
  // Neighbouring tiles read the same numbers, so each worker begins with a stretch of its own: then
  // fewer have to come from another core's cache. Which worker takes a tile decides nothing but
  // time, so who is done with his own goes on with what is left of the others'.
  for (int i = 0; i < workers_; ++i) take_tiles((worker + i) % workers_, worker);
}

template <class T>
void Executor<T>::take_tiles(int stretch, int worker) {
  const Index count = static_cast<Index>(segment_->tiles.size());
  const Range share = share_of(count, stretch, workers_);
  std::atomic<Index>& taken = stretches_[static_cast<std::size_t>(stretch)].taken;
  for (Index i = share.begin + taken.fetch_add(1); i < share.end;
       i = share.begin + taken.fetch_add(1)) {
    const auto [which, tile] = segment_->tiles[static_cast<std::size_t>(i)];
    segment_->tile_work[static_cast<std::size_t>(which)](*state_, tile, worker);
  }
}

template class Program<float>;
template class Program<double>;
template class Executor<float>;
template class Executor<double>;

}  // namespace hourglass
