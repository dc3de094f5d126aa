#include "network/training_plan.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "kernel/dense.h"
#include "network/layer_kind.h"
#include "network/training_graph.h"

namespace hourglass {
namespace {

// What one worker must have to do before waking it pays: about 25 µs of multiply-adds.
constexpr double kFlopsPerWorker = 2e6;

void validate_precision(const NetworkSpec& network, const StepSpec& spec) {
  if (spec.precision == Precision::kFloat32) return;
  const std::string misfit = bf16_misfit();
  if (!misfit.empty()) {
    usage_error("precision bf16: " + misfit + "; leave precision at float32");
  }
  if (network.tied) {
    usage_error(
        "precision bf16 goes with weights of the decoder's own: set tied = false, or leave "
        "precision at float32");
  }
}

void validate_step(const NetworkSpec& network, const StepSpec& spec) {
  validate_precision(network, spec);
  const LayerSpec& last = network.decoder.back();
  const LossInfo& loss = info(spec.loss);
  if (loss.outputs_per_feature != network.outputs_per_feature) {
    usage_error(fmt::format("loss {} needs {} outputs for each feature: the network has {}",
                            loss.name, loss.outputs_per_feature, network.outputs_per_feature));
  }
  const bool unbounded = loss.from_logits || loss.by_groups || loss.outputs_per_feature > 1;
  if (unbounded && last.activation != Activation::kIdentity) {
    usage_error(
        fmt::format("loss {} takes the last layer's numbers as they are: its activation must be "
                    "identity, not {}",
                    loss.name, info(last.activation).name));
  }
}

// Forward, backward-data and weight gradients, of the first layer no backward-data.
double flops_of_products(const NetworkSpec& network) {
  double multiply_adds = -layer_layout(network, 0).multiply_adds;
  for (Index i = 0; i < network.layer_count(); ++i) {
    multiply_adds += 3 * layer_layout(network, i).multiply_adds;
  }
  return 2 * multiply_adds;
}

int workers_for_flops(double flops) {
  return static_cast<int>(std::clamp(flops / kFlopsPerWorker, 1.0, 4096.0));
}

}  // namespace

int workers_for_step(const NetworkSpec& network, Index batch_size) {
  return workers_for_flops(flops_of_products(network) * static_cast<double>(batch_size));
}

template <class T>
struct TrainingPlan<T>::State {
  State(Network<T>& network, const StepSpec& step_spec, Index batch, ThreadPool& pool)
      : spec(step_spec),
        batch_size(batch),
        input(batch, network.spec().features),
        learned(network, step_spec),
        graph(network, learned, step_spec, batch, pool.size(), input.view()),
        executor(pool) {
    flops_per_sample = flops_of_products(network.spec()) + graph.penalty_flops_per_sample();
    step.target = input.view();
    // A sample of a dense network is a row of a tile; one of a map has rows enough of its own.
    step.row_step = network.spec().has_maps() ? 1 : dense_tiles<T>().rows;
    // Rounded rows are kept in pairs, which two workers must not share.
    if (spec.precision == Precision::kBf16) step.row_step += step.row_step % 2;
  }

  /// Fused updates in bfloat16 leave the weights' transposes, which others read, as they were.
  ~State() {
    for (LearnedTensor<T>& tensor : learned.all()) {
      if (!tensor.pairs) continue;
      transpose_panels<T>(tensor.ref.panels(), tensor.transposed,
                          {0, panel_count(tensor.ref.outputs)});
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void start(Index rows, const StepId& id) {
    HOURGLASS_CHECK(rows >= 1 && rows <= batch_size);
    step.rows = rows;
    step.id = id;
    workers = workers_for(rows);
  }

  int workers_for(Index rows) const {
    return workers_for_flops(flops_per_sample * static_cast<double>(rows));
  }

  /// Forward, loss and backward-data; checks the loss.
  void run_passes(Index rows, const StepId& id) {
    start(rows, id);
    step.fill = fill ? &fill : nullptr;
    if (step.mask) {
      executor.run(graph.counting(), step, workers);
      step.fill = nullptr;
    } else {
      step.counted = static_cast<double>(rows) * static_cast<double>(input.cols());
    }
    executor.run(graph.passes(), step, workers);
    step.loss = graph.loss(step);
    step.penalty = graph.penalty(step);
    if (!std::isfinite(step.loss + step.penalty)) {
      fail(
          fmt::format("the loss is not finite at training step {}: training diverged; use a lower "
                      "--lr or clip the gradient's norm",
                      id.step));
    }
  }

  void set_rule(double learning_rate) {
    const double t = static_cast<double>(steps_taken + 1);
    UpdateRule<T>& rule = step.rule;
    rule.kind = spec.optimizer;
    rule.learning_rate = static_cast<T>(learning_rate);
    rule.momentum = static_cast<T>(spec.momentum);
    rule.beta1 = spec.beta1;
    rule.beta2 = spec.beta2;
    rule.epsilon = static_cast<T>(spec.epsilon);
    rule.weight_decay = static_cast<T>(spec.weight_decay);
    rule.bias_correction1 = static_cast<T>(1 - std::pow(spec.beta1, t));
    rule.bias_correction2 = static_cast<T>(1 - std::pow(spec.beta2, t));
    rule.gradient_scale = T(1);
  }

  StepSpec spec;
  Index batch_size;
  double flops_per_sample = 0;
  PanelMatrix<T> input, target, mask;
  std::function<void(Range, int)> fill;
  LearnedTensors<T> learned;
  TrainingGraph<T> graph;
  Executor<T> executor;
  StepState<T> step;
  Index steps_taken = 0;
  int workers = 1;
};

template <class T>
TrainingPlan<T>::TrainingPlan(Network<T>& network, const StepSpec& spec, Index batch_size,
                              ThreadPool& pool) {
  HOURGLASS_CHECK(batch_size >= 1);
  validate_step(network.spec(), spec);
  state_ = std::make_unique<State>(network, spec, batch_size, pool);
}

template <class T>
TrainingPlan<T>::~TrainingPlan() = default;

template <class T>
Panels<T> TrainingPlan<T>::input() {
  return state_->input.view();
}

template <class T>
Panels<T> TrainingPlan<T>::target() {
  State& state = *state_;
  if (state.target.empty()) state.target = PanelMatrix<T>(state.batch_size, state.input.cols());
  state.step.target = state.target.view();
  return state.target.view();
}

template <class T>
void TrainingPlan<T>::use_input_as_target() {
  state_->step.target = state_->input.view();
}

template <class T>
Panels<T> TrainingPlan<T>::mask() {
  State& state = *state_;
  if (state.mask.empty()) state.mask = PanelMatrix<T>(state.batch_size, state.input.cols());
  state.step.mask = state.mask.view();
  return state.mask.view();
}

template <class T>
void TrainingPlan<T>::fill_with(const std::function<void(Range, int)>& fill) {
  state_->fill = fill;
}

template <class T>
double TrainingPlan<T>::step(Index rows, double learning_rate, const StepId& id) {
  State& state = *state_;
  state.run_passes(rows, id);
  state.set_rule(learning_rate);
  state.executor.run(state.graph.update(), state.step, state.workers);
  ++state.steps_taken;
  return state.step.loss;
}

template <class T>
double TrainingPlan<T>::penalty() const {
  return state_->step.penalty;
}

template <class T>
double TrainingPlan<T>::penalty_on(Index rows, const StepId& id) {
  State& state = *state_;
  const std::vector<NamedTensor> memories = state.graph.memories();
  state.start(rows, id);
  state.executor.run(state.graph.judging(), state.step, state.workers);
  const double penalty = state.graph.penalty(state.step);
  state.graph.set_memories(memories);
  return penalty;
}

template <class T>
double TrainingPlan<T>::loss_and_gradients(Index rows, const StepId& id) {
  State& state = *state_;
  state.learned.allocate_gradients();
  state.run_passes(rows, id);
  state.executor.run(state.graph.gradients(), state.step, state.workers);
  return state.step.loss;
}

template <class T>
std::vector<NamedTensor> TrainingPlan<T>::gradients() const {
  std::vector<NamedTensor> gradients;
  for (const LearnedTensor<T>& tensor : state_->learned.all()) {
    gradients.push_back(named_tensor(tensor.ref, tensor.gradient.data()));
  }
  return gradients;
}

template <class T>
std::vector<T> TrainingPlan<T>::flat_gradients() const {
  std::vector<T> flat;
  for (const LearnedTensor<T>& tensor : state_->learned.all()) {
    const std::vector<T> values = row_major_values<T>(tensor.ref, tensor.gradient.data());
    flat.insert(flat.end(), values.begin(), values.end());
  }
  return flat;
}

template <class T>
double TrainingPlan<T>::flops_per_sample() const {
  return state_->flops_per_sample;
}

template <class T>
int TrainingPlan<T>::workers(Index rows) const {
  return std::min(state_->workers_for(rows), state_->executor.most_workers());
}

template <class T>
Index TrainingPlan<T>::steps_taken() const {
  return state_->steps_taken;
}

template <class T>
std::vector<NamedTensor> TrainingPlan<T>::optimizer_tensors() const {
  std::vector<NamedTensor> tensors = state_->learned.moments();
  for (NamedTensor& memory : state_->graph.memories()) tensors.push_back(std::move(memory));
  return tensors;
}

template <class T>
void TrainingPlan<T>::restore_optimizer(Index steps_taken,
                                        const std::vector<NamedTensor>& tensors) {
  if (steps_taken < 0) model_error(fmt::format("the checkpoint counts {} steps", steps_taken));
  const auto memories = static_cast<std::ptrdiff_t>(state_->graph.memories().size());
  const auto count = static_cast<std::ptrdiff_t>(tensors.size());
  const auto middle = tensors.end() - std::min(memories, count);
  state_->learned.set_moments({tensors.begin(), middle});
  state_->graph.set_memories({middle, tensors.end()});
  state_->steps_taken = steps_taken;
}

template class TrainingPlan<float>;
template class TrainingPlan<double>;

}  // namespace hourglass
