#include "network/training_graph.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"

namespace hourglass {
template <class T>
TrainingGraph<T>::TrainingGraph(Network<T>& network, LearnedTensors<T>& learned,
                                const StepSpec& spec, Index batch_size, int workers,
                                Panels<T> input)
    : loss_(spec, batch_size), optimizer_(learned, spec.clip_norm), scratch_(workers) {
  input_.value = input;
  build_stages(network, learned, batch_size, workers, spec.precision);
  penalties_ = make_penalties(network, learned, spec, batch_size, workers, stages_);
  for (Program<T>* program : {&passes_, &judging_}) {
    for (const StagePointer<T>& stage : stages_.all) stage->add_preparation(*program);
  }
  for (Program<T>* program : {&counting_, &passes_}) {
    program->by_rows([](const StepState<T>& state, Range rows, int worker) {
      if (state.fill != nullptr) (*state.fill)(rows, worker);
    });
  }
  loss_.add_counting(counting_);
  compile_passes();
  add_gradients(gradients_, learned);
  const bool penalised_weights =
      std::any_of(penalties_.begin(), penalties_.end(),
                  [](const PenaltyPointer<T>& penalty) { return penalty->touches_weights(); });
  const bool needs_whole_gradient = network.spec().tied || spec.clip_norm > 0 || penalised_weights;
  if (needs_whole_gradient) learned.allocate_gradients();
  compile_update(learned, !needs_whole_gradient);
}

template <class T>
void TrainingGraph<T>::build_stages(Network<T>& network, LearnedTensors<T>& learned,
                                    Index batch_size, int workers, Precision precision) {
  std::vector<Signal<T>*> outputs = {&input_};
  for (Index layer = 0; layer < network.layer_count(); ++layer) {
    const Signal<T>& below = stages_.all.empty() ? input_ : stages_.all.back()->output();
    for (StagePointer<T>& stage :
         make_stages(StageContext<T>{network, learned, layer, batch_size, workers, outputs,
                                     precision, &scratch_},
                     below)) {
      stages_.all.push_back(std::move(stage));
      stages_.layer.push_back(layer);
    }
    stages_.layer_output.push_back(&stages_.all.back()->output());
    outputs.push_back(&stages_.all.back()->output());
  }
}

template <class T>
void TrainingGraph<T>::compile_passes() {
  for (Program<T>* program : {&passes_, &judging_}) {
    for (const StagePointer<T>& stage : stages_.all) stage->add_forward(*program);
    for (const PenaltyPointer<T>& penalty : penalties_) penalty->add_forward(*program);
  }
  loss_.add_forward_and_backward(passes_, stages_.all.back()->output());
  for (std::size_t i = stages_.all.size(); i-- > 0;) {
    const bool ends_layer = i + 1 == stages_.all.size() || stages_.layer[i + 1] != stages_.layer[i];
    if (ends_layer) {
      for (const PenaltyPointer<T>& penalty : penalties_) {
        penalty->add_backward(passes_, stages_.layer[i]);
      }
    }
    stages_.all[i]->add_backward(passes_);
  }
}

template <class T>
double TrainingGraph<T>::penalty(const StepState<T>& state) const {
  double sum = 0;
  for (const PenaltyPointer<T>& penalty : penalties_) sum += penalty->value(state);
  return sum;
}

template <class T>
double TrainingGraph<T>::penalty_flops_per_sample() const {
  double sum = 0;
  for (const PenaltyPointer<T>& penalty : penalties_) sum += penalty->flops_per_sample();
  return sum;
}

template <class T>
std::vector<std::pair<std::string, Buffer<T>*>> TrainingGraph<T>::carried() const {
  std::vector<std::pair<std::string, Buffer<T>*>> buffers;
  const auto add = [&](const char* kind, const auto& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Buffer<T>* memory = parts[i]->memory();
      if (memory != nullptr) buffers.emplace_back(fmt::format("{}.{}", kind, i), memory);
    }
  };
  add("stage", stages_.all);
  add("penalty", penalties_);
  return buffers;
}

template <class T>
std::vector<NamedTensor> TrainingGraph<T>::memories() const {
  std::vector<NamedTensor> tensors;
  for (const auto& [name, memory] : carried()) {
    NamedTensor tensor{name, {memory->size()}, {}};
    for (const T number : *memory) tensor.values.push_back(static_cast<float>(number));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

template <class T>
void TrainingGraph<T>::set_memories(const std::vector<NamedTensor>& tensors) {
  const auto buffers = carried();
  check_tensor_count(tensors.size(), buffers.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& [name, memory] = buffers[i];
    if (tensors[i].name != name || tensors[i].shape != std::vector<Index>{memory->size()} ||
        tensors[i].values.size() != static_cast<std::size_t>(memory->size())) {
      model_error("the checkpoint's " + tensors[i].name + " does not fit the network's " + name);
    }
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    std::transform(tensors[i].values.begin(), tensors[i].values.end(), buffers[i].second->begin(),
                   [](float number) { return static_cast<T>(number); });
  }
}

template <class T>
void TrainingGraph<T>::add_gradients(Program<T>& program, LearnedTensors<T>& learned) {
  add_weight_gradients(program, learned);
  for (const StagePointer<T>& stage : stages_.all) stage->add_gradients(program, false);
  for (const PenaltyPointer<T>& penalty : penalties_) {
    if (!penalty->touches_weights()) continue;
    program.barrier();  // it adds to what the products have left
    penalty->add_weight_gradients(program);
  }
}

template <class T>
void TrainingGraph<T>::compile_update(LearnedTensors<T>& learned, bool fused) {
  if (fused) {
    add_fused_weight_updates(update_, learned);
    for (const StagePointer<T>& stage : stages_.all) stage->add_gradients(update_, true);
  } else {
    add_gradients(update_, learned);
    update_.barrier();  // the optimiser reads whole gradients
    optimizer_.add_update(update_);
  }
  for (const StagePointer<T>& stage : stages_.all) stage->add_statistics(update_);
}

template class TrainingGraph<float>;
template class TrainingGraph<double>;

}  // namespace hourglass
