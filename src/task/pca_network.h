#pragma once

#include "linalg/pca.h"
#include "network/network.h"

namespace hourglass {

/// PCA as the network it is: a linear encoder, code = C·(x − mean), and its transpose back. So it
/// can be measured as any other.
Network<float> pca_network(const Pca& pca, Index latent_dim);

}  // namespace hourglass
