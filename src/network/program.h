#pragma once

#include <atomic>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "kernel/update.h"
#include "network/training_plan.h"

namespace hourglass {

/// What the work of one step is told: filled in anew for each.
template <class T>
struct StepState {
  Index rows = 0;
  Index row_step = 1;  ///< work by rows is cut at multiples of this
  StepId id;
  const std::function<void(Range, int)>* fill =
      nullptr;             ///< see TrainingPlan::fill_with(); null: none
  Panels<const T> target;  ///< batch × features
  Panels<const T> mask;    ///< batch × features; empty: every element counts
  double counted = 0;      ///< elements that count in the loss
  double loss = 0;         ///< mean over them
  double penalty = 0;      ///< what the penalties add to it
  UpdateRule<T> rule;
};

/// An ordered list of work, built once and run every step. Three kinds: by rows (for any range of
/// rows, on its own), by tiles (numbered pieces in any order), and once (on the calling thread).
/// Consecutive work of one kind runs without a barrier between, so a row sees only what its own
/// rows left before, and tiles see nothing of each other; where the kind changes there is a
/// barrier. Work must not throw, but for `once`.
template <class T>
class Program {
 public:
  using RowWork = std::function<void(const StepState<T>&, Range rows, int worker)>;
  using TileWork = std::function<void(const StepState<T>&, Index tile, int worker)>;
  using OnceWork = std::function<void(StepState<T>&)>;

  /// Work that needs memory of its own takes the worker's number as well; nothing of the result may
  /// depend on it.
  template <class Work>
  void by_rows(Work work) {
    add_rows(with_worker<Range>(std::move(work)));
  }
  template <class Work>
  void by_tiles(Index count, Work work) {
    add_tiles(count, with_worker<Index>(std::move(work)));
  }
  void once(OnceWork work);
  /// What follows sees all that came before, also where both are of one kind.
  void barrier();

  enum class Kind { kRows, kTiles, kOnce };
  struct Tile {
    Index work;  ///< which of tile_work
    Index tile;
  };
  struct Segment {
    Kind kind;
    std::vector<RowWork> row_work;
    std::vector<TileWork> tile_work;
    std::vector<Tile> tiles;  ///< of all tile_work, in a row
    std::vector<OnceWork> once_work;
  };
  const std::vector<Segment>& segments() const { return segments_; }

 private:
  template <class Part, class Work>
  static auto with_worker(Work work) {
    if constexpr (std::is_invocable_v<const Work&, const StepState<T>&, Part, int>) {
      return work;
    } else {
      return [work = std::move(work)](const StepState<T>& state, Part part, int) {
        work(state, part);
      };
    }
  }
  void add_rows(RowWork work);
  void add_tiles(Index count, TileWork work);
  Segment& segment(Kind kind);
  std::vector<Segment> segments_;
};

/// Runs programs on the first `workers` threads of a pool, denormal numbers flushed. Allocates
/// nothing after construction.
template <class T>
class Executor {
 public:
  explicit Executor(ThreadPool& pool);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  void run(const Program<T>& program, StepState<T>& state, int workers);
  int most_workers() const { return pool_.size(); }

 private:
  using Segment = typename Program<T>::Segment;
  void work(int worker);
  void take_tiles(int stretch, int worker);

  /// How many tiles of a stretch have been taken. A cache line each.
  struct alignas(64) Stretch {
    std::atomic<Index> taken{0};
  };

  ThreadPool& pool_;
  const std::function<void(int)> work_;  // made once: making a std::function may allocate
  const Segment* segment_ = nullptr;
  const StepState<T>* state_ = nullptr;
  int workers_ = 1;
  std::vector<Stretch> stretches_;  ///< one for each worker
};

}  // namespace hourglass
