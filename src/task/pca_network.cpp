#include "task/pca_network.h"

#include "base/error.h"

namespace hourglass {

Network<float> pca_network(const Pca& pca, Index latent_dim) {
  HOURGLASS_CHECK(latent_dim >= 1 && latent_dim <= pca.latent_dim());
  const auto features = static_cast<Index>(pca.mean.size());
  NetworkSpec spec;
  spec.features = features;
  spec.encoder = {{latent_dim, Activation::kIdentity, Norm::kNone, 0}};
  spec.decoder = {{features, Activation::kIdentity, Norm::kNone, 0}};
  Network<float> network(spec);

  std::vector<NamedTensor> tensors = network.tensors();
  for (NamedTensor& tensor : tensors) {
    const bool encodes = tensor.name.starts_with("encoder");
    const bool is_bias = tensor.shape.size() == 1;
    for (Index k = 0; k < latent_dim; ++k) {
      double shift = 0;
      for (Index f = 0; f < features; ++f) {
        const double weight = pca.components.at(k, f);
        shift -= weight * pca.mean[static_cast<std::size_t>(f)];
        if (is_bias) continue;
        // Weights are out × in.
        const Index slot = encodes ? k * features + f : f * latent_dim + k;
        tensor.values[static_cast<std::size_t>(slot)] = static_cast<float>(weight);
      }
      if (is_bias && encodes) {
        tensor.values[static_cast<std::size_t>(k)] = static_cast<float>(shift);
      }
    }
    if (is_bias && !encodes) tensor.values.assign(pca.mean.begin(), pca.mean.end());
  }
  network.set_tensors(tensors);
  return network;
}

}  // namespace hourglass
