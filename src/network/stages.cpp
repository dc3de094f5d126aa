#include "network/layer_kind.h"
#include "network/stage.h"

namespace hourglass {
namespace {

template <class T>
StagePointer<T> make_layer_stage(const StageContext<T>& context, const Signal<T>& input) {
  return layer_kind(context.spec().kind).template code<T>().make_stage(context, input);
}

template <class T>
struct StageKind {
  /// Whether the layer has this stage, given what the stage would read.
  bool (*present)(const StageContext<T>&, const Signal<T>&);
  StagePointer<T> (*make)(const StageContext<T>&, const Signal<T>&);
};

template <class T>
bool reads_other_layout(const StageContext<T>& context, const Signal<T>& input) {
  const MapForm reads = layer_kind(context.spec().kind).reads;
  const bool map = input.rows_per_sample > 1;
  const bool several = context.network.spec().input_shape(context.layer).positions() > 1;
  return reads == MapForm::kFlat ? map : reads == MapForm::kMap && !map && several;
}

template <class T>
bool has_norm(const StageContext<T>& context, Norm norm) {
  return context.spec().norm == norm;
}

// In the order in which a layer applies them.
template <class T>
constexpr StageKind<T> kStages[] = {
    {reads_other_layout<T>, make_input_layout_stage<T>},
    {[](const StageContext<T>&, const Signal<T>&) { return true; }, make_layer_stage<T>},
    {[](const StageContext<T>& c, const Signal<T>&) { return has_norm(c, Norm::kBatch); },
     make_batch_norm_stage<T>},
    {[](const StageContext<T>& c, const Signal<T>&) { return has_norm(c, Norm::kLayer); },
     make_layer_norm_stage<T>},
    {[](const StageContext<T>& c, const Signal<T>&) { return c.spec().noise > 0; },
     make_noise_stage<T>},
    // Without anything in between the activation is part of the layer's own stage.
    {[](const StageContext<T>& c, const Signal<T>&) {
       return !c.spec().bends_at_once() && c.spec().activation != Activation::kIdentity;
     },
     make_activation_stage<T>},
    {[](const StageContext<T>& c, const Signal<T>&) { return c.spec().dropout > 0; },
     make_dropout_stage<T>},
    // What leaves the network lies flat.
    {[](const StageContext<T>& c, const Signal<T>& input) {
       return c.layer + 1 == c.network.layer_count() && input.rows_per_sample > 1;
     },
     make_output_layout_stage<T>},
    {[](const StageContext<T>& c, const Signal<T>&) { return c.spec().adds != kNothing; },
     make_skip_stage<T>},
};

}  // namespace

template <class T>
std::vector<StagePointer<T>> make_stages(const StageContext<T>& context, const Signal<T>& input) {
  std::vector<StagePointer<T>> stages;
  for (const StageKind<T>& kind : kStages<T>) {
    const Signal<T>& below = stages.empty() ? input : stages.back()->output();
    if (kind.present(context, below)) stages.push_back(kind.make(context, below));
  }
  return stages;
}

template std::vector<StagePointer<float>> make_stages(const StageContext<float>&,
                                                      const Signal<float>&);
template std::vector<StagePointer<double>> make_stages(const StageContext<double>&,
                                                       const Signal<double>&);

}  // namespace hourglass
