#include "network/top_k_layer.h"

#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "kernel/top_k.h"
#include "network/penalty.h"
#include "network/revival.h"

namespace hourglass {
namespace {

constexpr double kThresholdMemory = 0.99;

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  if (spec.active < 1 || spec.active > input.size()) {
    return fmt::format("keeps {} active units of {}; keep between 1 and {}", spec.active,
                       input.size(), input.size());
  }
  HOURGLASS_CHECK(spec.width == input.size() && spec.activation == Activation::kIdentity);
  return {};
}

LayerLayout one_threshold(const LayerSpec&, const MapShape&) {
  LayerLayout layout;
  layout.statistics = 1;
  return layout;
}

/// What the two have in common: on the way back gradients pass in place where numbers were kept,
/// and a little to dead units.
template <class T>
class MaskStage : public Stage<T> {
 public:
  MaskStage(const StageContext<T>& context, const Signal<T>& input)
      : active_(context.spec().active),
        input_(input),
        value_(context.batch, input.value.cols),
        passes_(context.batch, input.value.cols),
        scratch_(context.batch * input.value.cols),
        revival_(input.value.cols, active_) {
    this->output_.value = value_.view();
    this->output_.gradient = input.gradient;
  }

  void add_forward(Program<T>& program) override {
    add_keeping(program);
    program.once([this](StepState<T>&) { revival_.look(); });
    program.by_rows([this](const StepState<T>&, Range rows) {
      for (Index row = rows.begin; row < rows.end; ++row) {
        revival_.let_through(input_.value, passes_.view(), row,
                             scratch_.data() + row * input_.value.cols);
      }
    });
  }

  void add_backward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range rows) {
      for (Index panel = 0; panel < input_.gradient.panels(); ++panel) {
        T* gradient = input_.gradient.row(panel, rows.begin);
        const T* share = passes_.view().row(panel, rows.begin);
        for (Index i = 0; i < rows.size() * kPanelWidth; ++i) {
          // The largest are kept: a dead unit asked to shrink would only die further.
          gradient[i] = share[i] < 1 && gradient[i] > 0 ? T(0) : gradient[i] * share[i];
        }
      }
      apply_activation_derivative(input_, rows);
    });
  }

  void add_statistics(Program<T>& program) override {
    program.by_tiles(passes_.view().panels(), [this](const StepState<T>& state, Index panel) {
      revival_.count(state, passes_.view(), panel);
    });
  }

  Buffer<T>* memory() override { return &revival_.memory(); }

 protected:
  /// Fills value_, and passes_ with 1 where a number is kept and 0 elsewhere.
  virtual void add_keeping(Program<T>& program) = 0;

  const Index active_;
  const Signal<T>& input_;
  PanelMatrix<T> value_, passes_;  // batch × width
  Buffer<T> scratch_;              // batch · width

 private:
  Revival<T> revival_;
};

template <class T>
class TopKStage : public MaskStage<T> {
 public:
  using MaskStage<T>::MaskStage;

 protected:
  void add_keeping(Program<T>& program) override {
    TopK<T> work;
    work.input = this->input_.value;
    work.k = this->active_;
    work.output = this->value_.view();
    work.kept = this->passes_.view();
    work.scratch = this->scratch_.data();
    program.by_rows([work](const StepState<T>&, Range rows) { top_k(work, rows); });
  }
};

template <class T>
class BatchTopKStage : public MaskStage<T> {
 public:
  BatchTopKStage(const StageContext<T>& context, const Signal<T>& input)
      : MaskStage<T>(context, input),
        running_(context.network.parameters(context.layer).running_mean) {}

  void add_statistics(Program<T>& program) override {
    MaskStage<T>::add_statistics(program);
    program.once([this](StepState<T>& state) {
      const T memory = state.id.step == 0 ? T(0) : static_cast<T>(kThresholdMemory);
      running_[0] = memory * running_[0] + (1 - memory) * threshold_;
    });
  }

 protected:
  void add_keeping(Program<T>& program) override {
    program.once([this](StepState<T>& state) {
      threshold_ = nth_largest<T>(this->input_.value, state.rows, this->active_ * state.rows,
                                  this->scratch_.data());
    });
    program.by_rows([this](const StepState<T>&, Range rows) {
      keep_from<T>(this->input_.value, threshold_, this->value_.view(), this->passes_.view(), rows);
    });
  }

 private:
  Buffer<T>& running_;
  T threshold_ = 0;
};

template <class T>
void run_top_k(const LayerRun<T>& layer, Range samples) {
  Buffer<T> scratch(samples.end * layer.input.cols);
  TopK<T> work;
  work.input = layer.input;
  work.k = layer.network.layer(layer.layer).active;
  work.output = layer.output;
  work.scratch = scratch.data();
  top_k(work, samples);
}

template <class T>
void run_batch_top_k(const LayerRun<T>& layer, Range samples) {
  const T threshold = layer.network.parameters(layer.layer).running_mean[0];
  keep_from<T>(layer.input, threshold, layer.output, {}, samples);
}

template <class Made, class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<Made>(context, input);
}

void keep(std::vector<LayerSpec>& layers, std::size_t position, double k, LayerKind kind) {
  const LayerSpec& whole = layers[position];
  if (k != std::floor(k) || k < 1 || k > static_cast<double>(whole.width)) {
    usage_error(fmt::format("penalty {} keeps {} of {} units: give a whole number from 1 to {}",
                            layer_kind(kind).name, k, whole.width, whole.width));
  }
  const LayerSpec mask{.width = whole.width,
                       .activation = Activation::kIdentity,
                       .kind = kind,
                       .active = static_cast<Index>(k)};
  layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(position) + 1, mask);
}

}  // namespace

void keep_top_k(std::vector<LayerSpec>& layers, std::size_t position, double weight) {
  keep(layers, position, weight, LayerKind::kTopK);
}

void keep_batch_top_k(std::vector<LayerSpec>& layers, std::size_t position, double weight) {
  keep(layers, position, weight, LayerKind::kBatchTopK);
}

LayerKindRow top_k_layer() {
  return {LayerKind::kTopK,
          "top-k",
          MapForm::kFlat,
          MapForm::kFlat,
          misfit,
          no_tensors,
          {make_stage<TopKStage<float>>, plain_runner<float, run_top_k<float>>},
          {make_stage<TopKStage<double>>, plain_runner<double, run_top_k<double>>}};
}

LayerKindRow batch_top_k_layer() {
  return {LayerKind::kBatchTopK,
          "batch-top-k",
          MapForm::kFlat,
          MapForm::kFlat,
          misfit,
          one_threshold,
          {make_stage<BatchTopKStage<float>>, plain_runner<float, run_batch_top_k<float>>},
          {make_stage<BatchTopKStage<double>>, plain_runner<double, run_batch_top_k<double>>}};
}

}  // namespace hourglass
