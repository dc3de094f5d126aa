#include <fmt/format.h>

#include "network/contractive.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

bool has_tangent(LayerKind kind) {
  return kind == LayerKind::kDense || kind == LayerKind::kConvolution ||
         kind == LayerKind::kMaxPool || kind == LayerKind::kMeanPool;
}

/// Whether the layers up to this one are all dense.
bool is_dense(const NetworkSpec& network, Index last) {
  for (Index i = 0; i <= last; ++i) {
    if (network.layer(i).kind != LayerKind::kDense) return false;
  }
  return true;
}

}  // namespace

std::string contractive_refusal(const NetworkSpec& network, const PenaltySpec& penalty) {
  const auto encoders = static_cast<Index>(network.encoder.size());
  if (penalty.layer >= encoders) {
    return "it contracts what the encoder does to a sample, and this is a layer of the decoder; "
           "give a layer of the encoder, or none for the code";
  }
  for (Index i = 0; i <= penalty.layer; ++i) {
    const LayerSpec& layer = network.layer(i);
    if (!has_tangent(layer.kind)) {
      return fmt::format(
          "the Jacobian is known for dense layers, convolutions and pools, and {} is of kind {}; "
          "use penalty l1 or --corrupt gaussian:0.1, which contract in their own way",
          layer_name(network, i), layer_kind(layer.kind).name);
    }
    const char* what = layer.norm != Norm::kNone ? "norm"
                       : layer.dropout > 0       ? "dropout"
                       : layer.noise > 0         ? "noise"
                       : layer.adds != kNothing  ? "skip"
                                                 : nullptr;
    if (what != nullptr) {
      return fmt::format(
          "the Jacobian is that of products and activations, and {} has {} between; leave {} out, "
          "or use penalty l1 or --corrupt gaussian:0.1, which contract in their own way",
          layer_name(network, i), what, what);
    }
  }
  if (penalty.probes == 0 && !is_dense(network, penalty.layer)) {
    return "the exact Jacobian is known for encoders of dense layers alone; give "
           "contractive_probes = 1 or more, which makes an estimate without bias for all";
  }
  return "";
}

template <class T>
PenaltyPointer<T> make_contractive_penalty(const PenaltyContext<T>& context) {
  if (!is_dense(context.network.spec(), context.spec.layer)) {
    return make_contractive_stages<T>(context);
  }
  const bool one_layer = context.spec.layer == 0 && context.spec.probes == 0;
  return one_layer ? make_contractive_layer<T>(context) : make_contractive_chain<T>(context);
}

template PenaltyPointer<float> make_contractive_penalty(const PenaltyContext<float>&);
template PenaltyPointer<double> make_contractive_penalty(const PenaltyContext<double>&);

}  // namespace hourglass
