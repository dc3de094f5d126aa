#include "network/grouped_gradient.h"

#include <algorithm>
#include <utility>

#include "kernel/dense.h"

namespace hourglass {
namespace {

// Enough for the cores of one machine to share; fewer where a weight is so large that its shares
// would fill the memory.
constexpr Index kMostGroups = 16;
constexpr Index kMostShareNumbers = Index{1} << 24;

}  // namespace

template <class T>
GroupedGradient<T>::GroupedGradient(LearnedTensor<T>& weight, LearnedTensor<T>* bias, Index batch,
                                    Before before)
    : weight_(weight), bias_(bias), before_(before) {
  const Index affordable = std::max<Index>(1, kMostShareNumbers / weight.ref.storage());
  const Index wanted = std::min({kMostGroups, affordable, batch});
  group_samples_ = (batch + wanted - 1) / wanted;
  groups_ = (batch + group_samples_ - 1) / group_samples_;
  weight_shares_ = Buffer<T>(groups_ * weight.ref.storage());
  if (bias != nullptr) bias_shares_ = Buffer<T>(groups_ * bias->ref.storage());
  if (weight.gradient.size() == 0) weight.gradient = Buffer<T>(weight.ref.storage());
}

template <class T>
void GroupedGradient<T>::add_to(Program<T>& program, bool update, Work work) {
  program.by_tiles(groups_, [this, work = std::move(work)](const StepState<T>& state, Index group,
                                                           int worker) {
    const Range samples{group * group_samples_, std::min(state.rows, (group + 1) * group_samples_)};
    if (samples.empty()) return;
    work(samples, weight_.ref.panels_of(weight_shares_.data() + group * weight_.ref.storage()),
         bias_ ? bias_shares_.data() + group * bias_->ref.storage() : nullptr, worker);
  });
  program.barrier();
  program.by_tiles(
      panel_count(weight_.ref.outputs), [this, update](const StepState<T>& state, Index panel) {
        add_up(weight_, weight_shares_, panel, state, update);
        if (!update) return;
        transpose_panels<T>(weight_.ref.panels(), weight_.transposed, {panel, panel + 1});
      });
  if (bias_ == nullptr) return;
  program.by_tiles(panel_count(bias_->ref.outputs),
                   [this, update](const StepState<T>& state, Index panel) {
                     add_up(*bias_, bias_shares_, panel, state, update);
                   });
}

template <class T>
void GroupedGradient<T>::add_up(LearnedTensor<T>& tensor, const Buffer<T>& shares, Index panel,
                                const StepState<T>& state, bool update) const {
  const Index size = tensor.ref.inputs * kPanelWidth;
  const Index first = panel * size;
  const Index used = (state.rows + group_samples_ - 1) / group_samples_;
  T* sums = tensor.gradient.data() + first;
  const bool replaced = before_ == Before::kReplaced;
  if (replaced) std::copy_n(shares.data() + first, size, sums);
  for (Index group = replaced ? 1 : 0; group < used; ++group) {
    const T* terms = shares.data() + group * tensor.ref.storage() + first;
    for (Index i = 0; i < size; ++i) sums[i] += terms[i];
  }
  if (!update) return;
  hourglass::update(state.rule, tensor.ref.data + first, sums, tensor.state_at(first), size,
                    tensor.decays());
}

template class GroupedGradient<float>;
template class GroupedGradient<double>;

}  // namespace hourglass
