#include "network/tensor_refs.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

// `Net` is Network<T> or const Network<T>, and the references are to T or const T accordingly.
template <class U, class Net>
std::vector<TensorRef<U>> list_tensors(Net& network) {
  std::vector<TensorRef<U>> refs;
  for (Index i = 0; i < network.layer_count(); ++i) {
    auto& layer = network.parameters(i);
    const LayerSpec& spec = network.layer(i);
    const std::string name = layer_name(network.spec(), i);
    const LayerLayout layout = layer_layout(network.spec(), i);
    const auto add = [&](const char* suffix, TensorRole role, U* data) {
      refs.push_back({name + suffix, role, i, 1, layout.units, {{layout.units, 0, 1}}, data});
    };
    if (layout.weight_rows > 0) {
      refs.push_back({name + ".weight", TensorRole::kWeight, i, layout.weight_rows,
                      layout.weight_cols, layout.weight_axes, layer.weights.view().data});
    }
    if (layout.units > 0) add(".bias", TensorRole::kBias, layer.bias.data());
    if (spec.norm != Norm::kNone) {
      add(".norm.weight", TensorRole::kNormScale, layer.norm_scale.data());
      add(".norm.bias", TensorRole::kNormShift, layer.norm_shift.data());
    }
    if (layout.statistics > 0) {
      refs.push_back({name + ".statistics",
                      TensorRole::kRunningMean,
                      i,
                      1,
                      layout.statistics,
                      {{layout.statistics, 0, 1}},
                      layer.running_mean.data()});
    }
    if (spec.norm == Norm::kBatch) {
      add(".norm.running_mean", TensorRole::kRunningMean, layer.running_mean.data());
      add(".norm.running_var", TensorRole::kRunningVariance, layer.running_variance.data());
    }
  }
  return refs;
}

}  // namespace

template <class T>
std::vector<TensorRef<T>> tensor_refs(Network<T>& network) {
  return list_tensors<T>(network);
}

template <class T>
std::vector<TensorRef<const T>> tensor_refs(const Network<T>& network) {
  return list_tensors<const T>(network);
}

template <class T>
void assign_tensor(const TensorRef<T>& ref, T* array, const NamedTensor& tensor,
                   const std::string& prefix) {
  const std::string wanted = prefix + ref.name;
  if (tensor.name != wanted) {
    model_error(fmt::format("tensor {} stands where {} belongs; the model does not fit its spec",
                            tensor.name, wanted));
  }
  if (tensor.shape != ref.shape()) {
    model_error(fmt::format("tensor {} has shape [{}] where the spec asks for [{}]", wanted,
                            fmt::join(tensor.shape, ", "), fmt::join(ref.shape(), ", ")));
  }
  if (tensor.values.size() != static_cast<std::size_t>(ref.inputs * ref.outputs)) {
    model_error(fmt::format("tensor {} holds {} values where its shape asks for {}", wanted,
                            tensor.values.size(), ref.inputs * ref.outputs));
  }
  if (!std::all_of(tensor.values.begin(), tensor.values.end(),
                   [](float value) { return std::isfinite(value); })) {
    model_error(
        fmt::format("tensor {} holds a value that is not finite; the model is broken or "
                    "its training diverged",
                    wanted));
  }
  const Panels<T> panels = ref.panels_of(array);
  const float* value = tensor.values.data();
  for_each_element(ref.axes,
                   [&](Index in, Index out) { panels.at(in, out) = static_cast<T>(*value++); });
}

void check_tensor_count(std::size_t given, std::size_t wanted) {
  if (given != wanted) {
    model_error(
        fmt::format("the model holds {} tensors where its spec asks for {}", given, wanted));
  }
}

template std::vector<TensorRef<float>> tensor_refs(Network<float>&);
template std::vector<TensorRef<double>> tensor_refs(Network<double>&);
template std::vector<TensorRef<const float>> tensor_refs(const Network<float>&);
template std::vector<TensorRef<const double>> tensor_refs(const Network<double>&);
template void assign_tensor(const TensorRef<float>&, float*, const NamedTensor&,
                            const std::string&);
template void assign_tensor(const TensorRef<double>&, double*, const NamedTensor&,
                            const std::string&);

}  // namespace hourglass
