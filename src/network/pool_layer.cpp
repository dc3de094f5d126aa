#include "network/pool_layer.h"

#include "base/error.h"
#include "kernel/pooling.h"
#include "network/map_layers.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  const auto& [height, width, stride_height, stride_width] = spec.window;
  HOURGLASS_CHECK(height == stride_height && width == stride_width && height > 0 && width > 0);
  HOURGLASS_CHECK(spec.activation == Activation::kIdentity && spec.norm == Norm::kNone);
  return map_misfit(
      spec, input,
      {strided(input.height, stride_height), strided(input.width, stride_width), input.channels});
}

LayerLayout layout(const LayerSpec&, const MapShape& input) {
  LayerLayout layout;
  layout.multiply_adds = static_cast<double>(input.size());
  return layout;
}

template <class T>
class PoolStage : public Stage<T> {
 public:
  /// As the tangent of a stage, given that one.
  PoolStage(Pool pool, const StageContext<T>& context, const Signal<T>& input,
            const PoolStage* primal = nullptr)
      : pool_(pool),
        primal_(primal),
        window_(context.spec().window),
        input_(input),
        input_shape_(context.network.spec().input_shape(context.layer)),
        output_shape_(context.spec().shape()) {
    signal_.make(this->output_, context.batch, output_shape_, false);
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      if (pool_ == Pool::kMax && primal_ != nullptr) {
        max_pool_tangent<T>({window_, primal_->read(), primal_->made(), read(), made()}, samples);
      } else {
        pool_forward<T>(pool_, window_, read(), made(), samples);
      }
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples) {
      const PoolStage& chooser = primal_ != nullptr ? *primal_ : *this;
      PoolBackward<T> backward;
      backward.pool = pool_;
      backward.window = window_;
      backward.input = chooser.read();
      backward.output = chooser.made();
      backward.output_gradient = gradient_map(this->output_, output_shape_);
      backward.input_gradient = gradient_map(input_, input_shape_);
      backward.accumulate = input_.seeded;
      pool_backward(backward, samples);
      apply_activation_derivative(input_, samples);
    });
  }

  StagePointer<T> make_tangent(const StageContext<T>& context,
                               const Signal<T>& input) const override {
    return std::make_unique<PoolStage>(pool_, context, input, this);
  }

 private:
  FeatureMap<T> read() const { return value_map(input_, input_shape_); }
  FeatureMap<T> made() const { return value_map(this->output_, output_shape_); }

  const Pool pool_;
  const PoolStage* const primal_;  // whose maxima count; null: its own
  const Window window_;
  const Signal<T>& input_;
  const MapShape input_shape_, output_shape_;
  MapSignalBuffers<T> signal_;
};

template <Pool kPool, class T>
void run(const LayerRun<T>& layer, Range samples) {
  pool_forward<T>(kPool, layer.network.layer(layer.layer).window, layer.input_map(),
                  layer.output_map(), samples);
}

template <Pool kPool, class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<PoolStage<T>>(kPool, context, input);
}

template <Pool kPool>
LayerKindRow row(LayerKind kind, std::string_view name) {
  return {kind,
          name,
          MapForm::kMap,
          MapForm::kMap,
          misfit,
          layout,
          {make_stage<kPool, float>, plain_runner<float, run<kPool, float>>},
          {make_stage<kPool, double>, plain_runner<double, run<kPool, double>>}};
}

}  // namespace

LayerKindRow max_pool_layer() { return row<Pool::kMax>(LayerKind::kMaxPool, "max_pool"); }
LayerKindRow mean_pool_layer() { return row<Pool::kMean>(LayerKind::kMeanPool, "mean_pool"); }

}  // namespace hourglass
