#pragma once

#include <functional>
#include <memory>

#include "base/thread_pool.h"
#include "network/network.h"

namespace hourglass {

/// Which step this is: what its random numbers (dropout, drawn codes, probes) depend on besides the
/// seed. Running memories (of kl, top-k and batch-top-k) begin anew at step 0.
struct StepId {
  std::uint64_t seed = 0;
  Index epoch = 0;
  Index step = 0;  ///< within the whole training, counted from 0
};

/// A network, a loss and an optimiser compiled once into a list of kernel calls over buffers
/// allocated once: a step allocates nothing. Forward and backward-data run by rows, then after a
/// barrier the weight gradients by tile with the optimiser fused in, unless tied weights, clipping
/// or a penalty on the weights need the whole gradient first. The result of a step is bitwise the
/// same for any number of threads in the pool.
template <class T>
class TrainingPlan {
 public:
  /// Keeps references to `network` and `pool`, which must outlive it. `batch_size` is the largest
  /// batch.
  TrainingPlan(Network<T>& network, const StepSpec& spec, Index batch_size, ThreadPool& pool);
  ~TrainingPlan();
  TrainingPlan(const TrainingPlan&) = delete;
  TrainingPlan& operator=(const TrainingPlan&) = delete;

  /// Where the caller puts the batch before a step: batch_size × features. A denoising caller fills
  /// target() with something else than input(); the others call use_input_as_target().
  Panels<T> input();
  Panels<T> target();
  void use_input_as_target();
  /// 1 where an element counts and 0 where it is missing. Allocated by the first call; used from
  /// then on.
  Panels<T> mask();

  /// Instead of being filled by the caller, input() (and target() and mask()) are filled by
  /// `fill`, which each step calls for ranges of rows on the threads that go on with them: rows are
  /// then in the right core's cache, and nobody waits for a batch to be put together. It must be
  /// callable from several threads at once, with different `worker`s below the pool's size, and not
  /// throw. Null: the caller fills them again.
  void fill_with(const std::function<void(Range rows, int worker)>& fill);

  /// One step on the first `rows` rows, with dropout and batch statistics as in training. Returns
  /// the batch's mean loss before the update. Throws ErrorKind::kFailed naming the step if it is
  /// not finite (the parameters are then as after the last update).
  double step(Index rows, double learning_rate, const StepId& id);

  /// What the penalties added to the loss of the last step(), or loss_and_gradients().
  double penalty() const;

  /// The penalties on the first `rows` rows of input() as a step would see them (dropout on, codes
  /// drawn, statistics of the batch) but without one; what they carry from step to step stays as it
  /// is. For judging a network on rows it is not trained on.
  double penalty_on(Index rows, const StepId& id);

  /// The same step without the update: loss, and the gradients left in gradients(). For tests.
  double loss_and_gradients(Index rows, const StepId& id);
  std::vector<NamedTensor> gradients() const;
  /// The same as numbers of type T, flattened in tensors() order without running statistics.
  std::vector<T> flat_gradients() const;

  /// Operations of the products a step takes for a sample (a multiply-add is two), and how many of
  /// the pool's threads a step on so many rows runs on.
  double flops_per_sample() const;
  int workers(Index rows) const;

  /// Steps taken, and what is carried from step to step (the optimiser's moments, the penalties'
  /// memory) as tensors, for checkpoints.
  Index steps_taken() const;
  std::vector<NamedTensor> optimizer_tensors() const;
  void restore_optimizer(Index steps_taken, const std::vector<NamedTensor>& tensors);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How many threads a step on so many samples finds work for, its penalties aside.
int workers_for_step(const NetworkSpec& network, Index batch_size);

}  // namespace hourglass
