#pragma once

#include <algorithm>
#include <vector>

#include "kernel/top_k.h"
#include "network/program.h"
#include "tensor/panels.h"

namespace hourglass {

/// A remedy for dead units, those that no sample has kept for many steps and that therefore no
/// gradient reaches. After Gao et al. 2024 ("Scaling and evaluating sparse autoencoders", AuxK) a
/// small auxiliary loss asks of the strongest dead units of each sample what the kept ones leave
/// undone. Theirs decodes those units a second time; here it is
///   α Σ_j z_j · min(0, ∂L/∂h_j)  (∂L/∂h_j taken as constant),
/// to first order what L loses when α of each such unit z_j is let through: it costs no second pass
/// and holds for a decoder of any depth. What is decoded stays as it was.
template <class T>
class Revival {
 public:
  /// `passes` below: batch × units, the share of each number's gradient that goes through.
  Revival(Index units, Index strongest)
      : strongest_(strongest), idle_(padded_cols(units)), units_(units) {
    dead_.reserve(static_cast<std::size_t>(units));
  }

  /// Finds which units are dead, before a batch.
  void look() {
    dead_.clear();
    for (Index unit = 0; unit < units_; ++unit) {
      if (idle_[unit] >= kDeadAfter) dead_.push_back(unit);
    }
  }

  /// Lets a share of the gradient through to each row's strongest dead units. `scratch`: `units`
  /// numbers.
  void let_through(Panels<const T> values, Panels<T> passes, Index row, T* scratch) const {
    if (dead_.empty()) return;
    const auto dead = static_cast<Index>(dead_.size());
    std::transform(dead_.begin(), dead_.end(), scratch,
                   [&](Index unit) { return values.at(row, unit); });
    const T weakest = nth_largest(scratch, dead, std::min(dead, strongest_));
    for (const Index unit : dead_) {
      // Batch-top-k may have kept it just now.
      if (values.at(row, unit) >= weakest && passes.at(row, unit) == 0)
        passes.at(row, unit) = kShare;
    }
  }

  /// Counts, after a step, for how many the units of a panel have been kept by no row.
  void count(const StepState<T>& state, Panels<const T> passes, Index panel) {
    T* idle = idle_.data() + panel * kPanelWidth;
    const T before = state.id.step == 0 ? T(0) : T(1);
    for (Index i = 0; i < kPanelWidth; ++i) idle[i] = before * idle[i] + 1;
    for (Index row = 0; row < state.rows; ++row) {
      const T* share = passes.row(panel, row);
      for (Index i = 0; i < kPanelWidth; ++i) idle[i] = share[i] == 1 ? T(0) : idle[i];
    }
  }

  /// Steps since each unit was kept, padded; carried from step to step.
  Buffer<T>& memory() { return idle_; }

 private:
  static constexpr T kDeadAfter = 200;
  static constexpr T kShare = T(1) / 32;  // α, as in the paper

  const Index strongest_;
  Buffer<T> idle_;
  Index units_;
  std::vector<Index> dead_;
};

}  // namespace hourglass
