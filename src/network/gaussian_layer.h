#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// The code of a variational autoencoder (Kingma & Welling 2014). Of 2·width numbers the first half
/// is a mean μ and the second s = log σ²; while training a code is drawn, z = μ + exp(s/2)·ε with ε
/// standard normal, a function of the seed, the step and the sample; after training it is μ.
LayerKindRow gaussian_layer();

}  // namespace hourglass
