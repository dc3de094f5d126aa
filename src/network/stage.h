#pragma once

#include <memory>
#include <vector>

#include "network/learned_tensors.h"
#include "network/program.h"
#include "network/scratch.h"
#include "network/signal.h"

namespace hourglass {

/// What a stage is built for.
template <class T>
struct StageContext {
  Network<T>& network;
  LearnedTensors<T>& learned;
  Index layer = 0;
  Index batch = 0;  ///< samples of the largest batch
  int workers = 1;
  /// The network's input and the output of every layer below this one.
  const std::vector<Signal<T>*>& below;
  Precision precision = Precision::kFloat32;
  Scratch<T>* scratch = nullptr;  ///< null: of a tangent, which needs none

  const LayerSpec& spec() const { return network.layer(layer); }
};

template <class T>
class Stage;
template <class T>
using StagePointer = std::unique_ptr<Stage<T>>;

/// One step of a layer (its product, its norm, …) during training: owns the buffers in between and
/// writes its work into the plan's programs. To add a kind: a file with a maker, and a line in the
/// table of stages.cpp; for what computes a layer's own numbers, in that of layer_kind.cpp.
template <class T>
class Stage {
 public:
  virtual ~Stage() = default;
  Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const Signal<T>& output() const { return output_; }
  Signal<T>& output() { return output_; }

  /// What has to be made of the weights before a step begins. By tiles.
  virtual void add_preparation(Program<T>&) {}
  /// From the input signal's value to the output's.
  virtual void add_forward(Program<T>& program) = 0;
  /// From the output signal's gradient to the input's.
  virtual void add_backward(Program<T>& program) = 0;
  /// Gradients of parameters that are not a product over the batch (those are WeightUses), left in
  /// LearnedTensor::gradient; with `update` the optimiser's step is applied at once.
  virtual void add_gradients(Program<T>&, bool /*update*/) {}
  /// What changes besides the learned tensors once a step is taken (running statistics).
  virtual void add_statistics(Program<T>&) {}
  /// Numbers carried over from step to step, which a checkpoint has to hold; null: none.
  virtual Buffer<T>* memory() { return nullptr; }

  /// A stage that carries small changes of this one's input to those of its output, before the
  /// activation: its linear part where this stage has just been, with the transpose as its way
  /// back. Gradients of the weights it adds to those that are there. Null: it is not known.
  virtual StagePointer<T> make_tangent(const StageContext<T>&, const Signal<T>& /*input*/) const {
    return nullptr;
  }

 protected:
  Signal<T> output_;
};

/// The stages of a network in the order of the data.
template <class T>
struct StageList {
  std::vector<StagePointer<T>> all;
  std::vector<Index> layer;                    ///< of each stage
  std::vector<const Signal<T>*> layer_output;  ///< of each layer
};

/// The stages of one layer in the order of the data, the first reading `input`, which must outlive
/// them.
template <class T>
std::vector<StagePointer<T>> make_stages(const StageContext<T>& context, const Signal<T>& input);

// The makers that the table lists, one file each.
template <class T>
StagePointer<T> make_dense_stage(const StageContext<T>& context, const Signal<T>& input);
/// The same with products in bfloat16, for layers that hold their own weights.
StagePointer<float> make_bf16_dense_stage(const StageContext<float>& context,
                                          const Signal<float>& input);
/// The tangent of either; see Stage::make_tangent().
template <class T>
StagePointer<T> make_dense_tangent(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_batch_norm_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_layer_norm_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_noise_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_activation_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_dropout_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_input_layout_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_output_layout_stage(const StageContext<T>& context, const Signal<T>& input);
template <class T>
StagePointer<T> make_skip_stage(const StageContext<T>& context, const Signal<T>& input);

}  // namespace hourglass
