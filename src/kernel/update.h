#pragma once

#include "base/index.h"

namespace hourglass {

enum class Optimizer { kAdam, kAdamW, kSgd, kRmsprop };

/// One step of an optimiser, the same for every parameter of the network.
/// Adam: Kingma & Ba 2015. AdamW: Loshchilov & Hutter 2019 (decay outside the moments). SGD with
/// Nesterov momentum as in Sutskever et al. 2013. RMSprop: Hinton's lecture 6. Formulas and the
/// order of operations are PyTorch's, so that golden losses compare.
template <class T>
struct UpdateRule {
  Optimizer kind = Optimizer::kAdam;
  T learning_rate = T(1e-3);
  T momentum = 0;        ///< SGD (Nesterov); ignored by the others
  double beta1 = 0.9;    ///< Adam, AdamW. Double, because 1 − β is what counts
  double beta2 = 0.999;  ///< Adam, AdamW; RMSprop's smoothing constant
  T epsilon = T(1e-8);
  T weight_decay = 0;  ///< λ of λ/2·‖w‖² added to the loss; AdamW: decoupled. Biases never decay
  T bias_correction1 = 1;  ///< 1 − β1^t
  T bias_correction2 = 1;  ///< 1 − β2^t
  T gradient_scale = 1;    ///< clipping by norm multiplies every gradient by this first
};

/// The moments that belong to one parameter, each as long as the parameter (null where the rule
/// needs none: SGD without momentum).
template <class T>
struct UpdateState {
  T* first = nullptr;   ///< Adam's m, SGD's velocity
  T* second = nullptr;  ///< Adam's v, RMSprop's mean square
};

/// Applies one step to `count` consecutive parameters. `decay` is false for biases and norm
/// parameters.
template <class T>
void update(const UpdateRule<T>& rule, T* parameter, const T* gradient, UpdateState<T> state,
            Index count, bool decay);

}  // namespace hourglass
