#pragma once

#include <functional>

#include "network/learned_tensors.h"
#include "network/program.h"

namespace hourglass {

/// The gradient of a weight and its bias as a sum over fixed groups of samples: each group's share
/// is worked out on its own, by whoever is free, and the shares are added in order. So the sum is
/// the same for any number of threads.
template <class T>
class GroupedGradient {
 public:
  /// Leaves the gradients of a range of samples in `weight` (in the weight's layout) and `bias`
  /// (padded_cols(units); null if there is none), overwriting both.
  using Work = std::function<void(Range samples, Panels<T> weight, T* bias, int worker)>;

  /// What becomes of the gradients that are there.
  enum class Before { kReplaced, kAddedTo };

  /// `bias` may be null. `batch`: samples of the largest batch.
  GroupedGradient(LearnedTensor<T>& weight, LearnedTensor<T>* bias, Index batch,
                  Before before = Before::kReplaced);

  /// Adds the work of all groups and their sum to a program; with `update`, the optimiser's step.
  void add_to(Program<T>& program, bool update, Work work);

 private:
  void add_up(LearnedTensor<T>& tensor, const Buffer<T>& shares, Index panel,
              const StepState<T>& state, bool update) const;

  LearnedTensor<T>& weight_;
  LearnedTensor<T>* const bias_;
  const Before before_;
  Index groups_;
  Index group_samples_;
  Buffer<T> weight_shares_, bias_shares_;  // groups × storage of the tensor
};

}  // namespace hourglass
