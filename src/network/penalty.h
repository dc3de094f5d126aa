#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "network/learned_tensors.h"
#include "network/program.h"
#include "network/signal.h"
#include "network/stage.h"

namespace hourglass {

/// What a penalty is built for.
template <class T>
struct PenaltyContext {
  Network<T>& network;
  LearnedTensors<T>& learned;
  const PenaltySpec& spec;
  Index batch = 0;  ///< samples of the largest batch
  int workers = 1;
  const StageList<T>& stages;  ///< of the network; they outlive the penalty

  const Signal<T>& output(Index layer) const {
    return *stages.layer_output[static_cast<std::size_t>(layer)];
  }
  const Signal<T>& signal() const { return output(spec.layer); }
};

/// A weighted term of the objective beside the loss. It reads activations, adds to the gradients
/// that flow back past them and, where it depends on the weights themselves, to theirs.
template <class T>
class Penalty {
 public:
  virtual ~Penalty() = default;
  Penalty() = default;
  Penalty(const Penalty&) = delete;
  Penalty& operator=(const Penalty&) = delete;

  /// Work after the way forward that value() needs.
  virtual void add_forward(Program<T>& program) = 0;
  /// Adds ∂term/∂z to the gradient of the layer's output, where ∂L/∂z of all else is by then.
  /// Called for every layer, from the last to the first.
  virtual void add_backward(Program<T>& program, Index layer) = 0;
  /// The weights' gradients are not products over the batch alone: add_weight_gradients() adds to
  /// the stored ones.
  virtual bool touches_weights() const { return false; }
  virtual void add_weight_gradients(Program<T>&) {}

  /// What it takes beside the network's own products: decides how many threads are worth waking.
  virtual double flops_per_sample() const { return 0; }

  /// Numbers carried over from step to step, which a checkpoint has to hold; null: none.
  virtual Buffer<T>* memory() { return nullptr; }

  /// The weighted term on the batch just seen.
  virtual double value(const StepState<T>& state) const = 0;
};

template <class T>
using PenaltyPointer = std::unique_ptr<Penalty<T>>;

/// One row of the table that building, validation and help read. To add a kind: a file with a
/// maker, and a line in the table of penalties.cpp.
struct PenaltyKind {
  std::string_view name;         ///< as written in commands and configs
  std::string_view description;  ///< one sentence: what it does to the codes
  /// The weight taken where none is given, for the width of the data and of the penalised layer.
  double (*usual_weight)(Index features, Index units);
  /// What it makes of the layers, given the position of the penalised one; null: nothing. Throws
  /// ErrorKind::kUsage for a weight that it cannot use.
  void (*reshape)(std::vector<LayerSpec>& layers, std::size_t position, double weight);
  /// Why it cannot be had on this layer of this network and what can, or "".
  std::string (*refusal)(const NetworkSpec&, const PenaltySpec&);
  /// Null: it is all in the layers.
  PenaltyPointer<float> (*make_float)(const PenaltyContext<float>&);
  PenaltyPointer<double> (*make_double)(const PenaltyContext<double>&);
};

std::span<const PenaltyKind> penalty_kinds();
/// Null if there is none of that name.
const PenaltyKind* find_penalty(std::string_view name);

/// Throws ErrorKind::kUsage with the reason if the network cannot have this penalty.
void validate(const NetworkSpec& network, const PenaltySpec& penalty);

/// All penalties of a step, in its order.
template <class T>
std::vector<PenaltyPointer<T>> make_penalties(Network<T>& network, LearnedTensors<T>& learned,
                                              const StepSpec& step, Index batch, int workers,
                                              const StageList<T>& stages);

// The makers and refusals that the table lists, one file each.
template <class T>
PenaltyPointer<T> make_l1_penalty(const PenaltyContext<T>& context);
template <class T>
PenaltyPointer<T> make_kl_penalty(const PenaltyContext<T>& context);
std::string kl_refusal(const NetworkSpec& network, const PenaltySpec& penalty);
template <class T>
PenaltyPointer<T> make_contractive_penalty(const PenaltyContext<T>& context);
std::string contractive_refusal(const NetworkSpec& network, const PenaltySpec& penalty);
template <class T>
PenaltyPointer<T> make_variational_penalty(const PenaltyContext<T>& context);
std::string variational_refusal(const NetworkSpec& network, const PenaltySpec& penalty);
void draw_codes(std::vector<LayerSpec>& layers, std::size_t position, double weight);
// A weight k keeps k units.
void keep_top_k(std::vector<LayerSpec>& layers, std::size_t position, double weight);
void keep_batch_top_k(std::vector<LayerSpec>& layers, std::size_t position, double weight);

}  // namespace hourglass
