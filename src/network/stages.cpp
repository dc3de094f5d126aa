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
  bool (*present)(const LayerSpec&);
  StagePointer<T> (*make)(const StageContext<T>&, const Signal<T>&);
};

// In the order in which a layer applies them.
template <class T>
constexpr StageKind<T> kStages[] = {
    {[](const LayerSpec&) { return true; }, make_layer_stage<T>},
    {[](const LayerSpec& layer) { return layer.norm == Norm::kBatch; }, make_batch_norm_stage<T>},
    {[](const LayerSpec& layer) { return layer.norm == Norm::kLayer; }, make_layer_norm_stage<T>},
    // Without a norm the activation is part of the layer's own stage.
    {[](const LayerSpec& layer) {
       return layer.norm != Norm::kNone && layer.activation != Activation::kIdentity;
     },
     make_activation_stage<T>},
    {[](const LayerSpec& layer) { return layer.dropout > 0; }, make_dropout_stage<T>},
};

}  // namespace

template <class T>
std::vector<StagePointer<T>> make_stages(const StageContext<T>& context, const Signal<T>& input) {
  std::vector<StagePointer<T>> stages;
  for (const StageKind<T>& kind : kStages<T>) {
    if (!kind.present(context.spec())) continue;
    stages.push_back(kind.make(context, stages.empty() ? input : stages.back()->output()));
  }
  return stages;
}

template std::vector<StagePointer<float>> make_stages(const StageContext<float>&,
                                                      const Signal<float>&);
template std::vector<StagePointer<double>> make_stages(const StageContext<double>&,
                                                       const Signal<double>&);

}  // namespace hourglass
