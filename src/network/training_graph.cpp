#include "network/training_graph.h"

#include <utility>

namespace hourglass {

template <class T>
TrainingGraph<T>::TrainingGraph(Network<T>& network, LearnedTensors<T>& learned,
                                const StepSpec& spec, Index batch_size, Panels<T> input)
    : loss_(spec, batch_size), optimizer_(learned, spec.clip_norm) {
  input_.value = input;
  for (Index layer = 0; layer < network.layer_count(); ++layer) {
    const Signal<T>& below = stages_.empty() ? input_ : stages_.back()->output();
    for (StagePointer<T>& stage :
         make_stages(StageContext<T>{network, learned, layer, batch_size}, below)) {
      stages_.push_back(std::move(stage));
    }
  }
  loss_.add_counting(counting_);
  for (const StagePointer<T>& stage : stages_) stage->add_forward(passes_);
  loss_.add_forward_and_backward(passes_, stages_.back()->output());
  for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
    // A penalty on a hidden layer goes here: work that leaves its gradient in the stage's output
    // signal, marked as seeded, before that stage's way back.
    (*stage)->add_backward(passes_);
  }
  add_gradients(gradients_, learned);
  const bool needs_whole_gradient = network.spec().tied || spec.clip_norm > 0;
  if (needs_whole_gradient) learned.allocate_gradients();
  compile_update(learned, !needs_whole_gradient);
}

template <class T>
void TrainingGraph<T>::add_gradients(Program<T>& program, LearnedTensors<T>& learned) {
  add_weight_gradients(program, learned);
  for (const StagePointer<T>& stage : stages_) stage->add_gradients(program, false);
}

template <class T>
void TrainingGraph<T>::compile_update(LearnedTensors<T>& learned, bool fused) {
  if (fused) {
    add_fused_weight_updates(update_, learned);
    for (const StagePointer<T>& stage : stages_) stage->add_gradients(update_, true);
  } else {
    add_gradients(update_, learned);
    update_.once([](StepState<T>&) {});  // a barrier: the optimiser reads whole gradients
    optimizer_.add_update(update_);
  }
  for (const StagePointer<T>& stage : stages_) stage->add_statistics(update_);
}

template class TrainingGraph<float>;
template class TrainingGraph<double>;

}  // namespace hourglass
