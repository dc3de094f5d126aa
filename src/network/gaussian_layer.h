#pragma once

#include <cmath>

#include "network/layer_kind.h"

namespace hourglass {

/// KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − log σ²) (Kingma & Welling 2014, appendix B).
template <class T>
T divergence_from_standard(T mean, T log_variance) {
  return (mean * mean + std::exp(log_variance) - 1 - log_variance) / 2;
}

/// The code of a variational autoencoder (Kingma & Welling 2014). Of 2·width numbers the first half
/// is a mean μ and the second s = log σ²; while training a code is drawn, z = μ + exp(s/2)·ε with ε
/// standard normal, a function of the seed, the step and the sample; after training it is μ.
LayerKindRow gaussian_layer();

}  // namespace hourglass
