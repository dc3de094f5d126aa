#include "network/network.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "kernel/dense.h"
#include "network/layer_kind.h"
#include "network/tensor_refs.h"

namespace hourglass {
namespace {

template <class T>
LayerParameters<T> make_layer(const LayerSpec& spec, const LayerLayout& layout) {
  LayerParameters<T> layer;
  if (layout.weight_rows > 0) {
    layer.weights = PanelMatrix<T>(layout.weight_rows, layout.weight_cols);
    layer.weights_transposed = PanelMatrix<T>(layout.weight_cols, layout.weight_rows);
  }
  const Index padded = padded_cols(layout.units);
  layer.bias = Buffer<T>(padded);
  if (spec.norm != Norm::kNone) {
    layer.norm_scale = Buffer<T>(padded);
    layer.norm_shift = Buffer<T>(padded);
    std::fill_n(layer.norm_scale.data(), layout.units, T(1));
  }
  if (layout.statistics > 0) layer.running_mean = Buffer<T>(padded_cols(layout.statistics));
  if (spec.norm == Norm::kBatch) {
    layer.running_mean = Buffer<T>(padded);
    layer.running_variance = Buffer<T>(padded);
    std::fill_n(layer.running_variance.data(), layout.units, T(1));
  }
  return layer;
}

template <class T>
void renew_transposes(std::vector<LayerParameters<T>>& layers) {
  for (LayerParameters<T>& layer : layers) {
    if (layer.weights.empty()) continue;
    const Panels<const T> weights = std::as_const(layer.weights).view();
    transpose_panels<T>(weights, layer.weights_transposed.view(), {0, weights.panels()});
  }
}

// The half-width of the uniform distribution that keeps the variance of what flows through a layer:
// 2 / in where half of it is cut off (He et al. 2015), else 2 / (in + out) (Glorot & Bengio 2010).
// A linear layer that adds to what is there already begins by adding nothing (Goyal et al. 2017):
// deep stacks of such sums, and a residual whose input is most of the answer, start from there.
double initial_bound(const LayerSpec& spec, const LayerLayout& layout) {
  if (spec.adds != kNothing && spec.activation == Activation::kIdentity) return 0;
  return info(spec.activation).rectifies ? std::sqrt(6 / layout.fan_in)
                                         : std::sqrt(6 / (layout.fan_in + layout.fan_out));
}

}  // namespace

template <class T>
Network<T>::Network(NetworkSpec spec) : spec_(std::move(spec)) {
  validate(spec_);
  const Index count = spec_.layer_count();
  layers_.reserve(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    layers_.push_back(make_layer<T>(layer(i), layer_layout(spec_, i)));
  }
}

template <class T>
Index Network<T>::parameter_count() const {
  Index count = 0;
  for (const TensorRef<const T>& ref : tensor_refs(*this)) {
    if (ref.learned()) count += ref.inputs * ref.outputs;
  }
  return count;
}

template <class T>
void Network<T>::initialise(std::uint64_t seed) {
  std::uint64_t position = 0;  // of the tensor: each draws numbers of its own
  for (const TensorRef<T>& ref : tensor_refs(*this)) {
    const Panels<T> panels = ref.panels();
    const bool is_one =
        ref.role == TensorRole::kNormScale || ref.role == TensorRole::kRunningVariance;
    const double bound = initial_bound(layer(ref.layer), layer_layout(spec_, ref.layer));
    RandomStream stream(seed, RandomPurpose::kInitialisation, position++);
    for_each_element(ref.axes, [&](Index in, Index out) {
      panels.at(in, out) = ref.role == TensorRole::kWeight
                               ? static_cast<T>(stream.uniform(-bound, bound))
                               : (is_one ? T(1) : T(0));
    });
  }
  renew_transposes(layers_);
}

template <class T>
std::vector<NamedTensor> Network<T>::tensors() const {
  std::vector<NamedTensor> tensors;
  for (const TensorRef<const T>& ref : tensor_refs(*this)) {
    tensors.push_back(named_tensor(ref, ref.data));
  }
  return tensors;
}

template <class T>
void Network<T>::set_tensors(const std::vector<NamedTensor>& tensors) {
  // Filled aside first, so that a tensor that does not fit leaves this network as it was.
  Network fresh(spec_);
  const std::vector<TensorRef<T>> refs = tensor_refs(fresh);
  check_tensor_count(tensors.size(), refs.size());
  for (std::size_t i = 0; i < refs.size(); ++i) {
    assign_tensor(refs[i], refs[i].data, tensors[i]);
    if (refs[i].role == TensorRole::kRunningVariance &&
        *std::min_element(tensors[i].values.begin(), tensors[i].values.end()) < 0) {
      model_error(fmt::format("tensor {} holds a negative variance", refs[i].name));
    }
  }
  copy_from(fresh);
}

template <class T>
void Network<T>::copy_from(const Network& other) {
  const std::vector<TensorRef<T>> to = tensor_refs(*this);
  const std::vector<TensorRef<const T>> from = tensor_refs(other);
  HOURGLASS_CHECK(to.size() == from.size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    HOURGLASS_CHECK(to[i].shape() == from[i].shape());
    std::copy_n(from[i].data, from[i].storage(), to[i].data);
  }
  renew_transposes(layers_);
}

template class Network<float>;
template class Network<double>;

}  // namespace hourglass
