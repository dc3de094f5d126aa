#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kernel/feature_map.h"
#include "network/network_spec.h"
#include "network/stage.h"

namespace hourglass {

/// How a layer's weights and biases lie in memory, what they are called outside, and what they
/// cost.
struct LayerLayout {
  Index weight_rows = 0, weight_cols = 0;  ///< of the matrix the kernels work in; 0: no weights
  std::vector<TensorAxis> weight_axes;     ///< the same as PyTorch has it
  Index units = 0;                         ///< biases; scales and shifts of a norm; 0: none
  double fan_in = 0, fan_out = 0;  ///< numbers that meet in an output; that an input reaches
  double multiply_adds = 0;        ///< for one sample on the way forward
  Index statistics = 0;            ///< numbers measured while training rather than learned
};

/// How the samples' numbers lie in what a layer reads and writes: see FeatureMap.
enum class MapForm {
  kFlat,
  kMap,
  kEither  ///< reads both; writes flat as the last layer, where that spares a copy
};

/// One layer applied to samples after training, without its norm.
template <class T>
struct LayerRun {
  const Network<T>& network;
  Index layer = 0;
  Panels<const T> input;
  Activation activation = Activation::kIdentity;  ///< applied here; identity where a norm follows
  Panels<T> output;
  T* scratch = nullptr;  ///< LayerRunner::scratch() numbers, aligned to 64 bytes

  FeatureMap<const T> input_map() const { return {input, network.spec().input_shape(layer)}; }
  FeatureMap<T> output_map() const { return {output, network.layer(layer).shape()}; }
};

/// How a layer is run after training, with the memory it needs. Not shared between threads.
template <class T>
class LayerRunner {
 public:
  virtual ~LayerRunner() = default;
  LayerRunner() = default;
  LayerRunner(const LayerRunner&) = delete;
  LayerRunner& operator=(const LayerRunner&) = delete;

  virtual void run(const LayerRun<T>& layer, Range samples) = 0;

  /// Numbers that run() needs for as long as it runs.
  virtual Index scratch() const { return 0; }
  /// The same for one more thread, sharing what has been made of the weights; null: there is
  /// nothing to share.
  virtual std::unique_ptr<LayerRunner> for_another_thread() const { return nullptr; }
};
template <class T>
using LayerRunnerPointer = std::unique_ptr<LayerRunner<T>>;

/// make_runner of a kind that keeps no memory from call to call: `kRun` is all there is to it.
template <class T, void (*kRun)(const LayerRun<T>&, Range)>
LayerRunnerPointer<T> plain_runner(const Network<T>&, Index) {
  class Plain : public LayerRunner<T> {
    void run(const LayerRun<T>& layer, Range samples) override { kRun(layer, samples); }
  };
  return std::make_unique<Plain>();
}

/// What differs between kinds of layer, in numbers of type T.
template <class T>
struct LayerCode {
  StagePointer<T> (*make_stage)(const StageContext<T>&, const Signal<T>& input);
  LayerRunnerPointer<T> (*make_runner)(const Network<T>&, Index layer);
};

/// A kind of layer: a row of the table. To add one: a file pair with a function that gives its row,
/// a line in layer_kind.cpp, and a case in the gradient test.
struct LayerKindRow {
  LayerKind kind;
  std::string_view name;
  MapForm reads;
  MapForm writes;
  /// Why a layer of this kind and size cannot take `input`, and what would do: "has …; give …".
  /// Empty if it can. Sizes are within the bounds that hold for every layer.
  std::string (*misfit)(const LayerSpec&, const MapShape& input);
  LayerLayout (*layout)(const LayerSpec&, const MapShape& input);
  LayerCode<float> code_float;
  LayerCode<double> code_double;

  template <class T>
  const LayerCode<T>& code() const {
    if constexpr (std::is_same_v<T, float>) {
      return code_float;
    } else {
      return code_double;
    }
  }
};

const LayerKindRow& layer_kind(LayerKind kind);

/// layout() of kinds that have no tensors.
LayerLayout no_tensors(const LayerSpec& spec, const MapShape& input);

/// Whether what layer `i` computes lies as a map; as the network's output it is made flat after.
bool writes_map(const NetworkSpec& spec, Index i);

/// layout() of layer `i`, without the weights that another layer holds.
LayerLayout layer_layout(const NetworkSpec& spec, Index i);

}  // namespace hourglass
