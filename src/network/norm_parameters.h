#pragma once

#include "network/stage.h"

namespace hourglass {

/// Scale and shift of a norm, and one optimiser step on both for one panel of columns.
template <class T>
struct NormParameters {
  LearnedTensor<T>* scale = nullptr;
  LearnedTensor<T>* shift = nullptr;

  NormParameters(LearnedTensors<T>& learned, Index layer)
      : scale(learned.find(layer, TensorRole::kNormScale)),
        shift(learned.find(layer, TensorRole::kNormShift)) {}

  void update_panel(const UpdateRule<T>& rule, Index panel) const {
    for (LearnedTensor<T>* tensor : {scale, shift}) {
      const Index first = panel * kPanelWidth;
      update(rule, tensor->ref.data + first, tensor->gradient.data() + first,
             tensor->state_at(first), kPanelWidth, tensor->decays());
    }
  }
};

}  // namespace hourglass
