#include "kernel/upsampling.h"

#include <algorithm>

namespace hourglass {

template <class T>
void upsample_forward(const Window& window, FeatureMap<const T> input, FeatureMap<T> output,
                      Range samples) {
  const MapShape& out = output.shape;
  for (Index panel = 0; panel < output.numbers.panels(); ++panel) {
    T* to = output.numbers.row(panel, samples.begin * out.positions());
    for (Index sample = samples.begin; sample < samples.end; ++sample) {
      for (Index y = 0; y < out.height; ++y) {
        const T* line = input.numbers.row(
            panel, (sample * input.shape.height + y / window.stride_height) * input.shape.width);
        for (Index x = 0; x < out.width; ++x, to += kPanelWidth) {
          const T* from = line + x / window.stride_width * kPanelWidth;
          for (Index c = 0; c < kPanelWidth; ++c) to[c] = from[c];
        }
      }
    }
  }
}

template <class T>
void upsample_backward(const Window& window, FeatureMap<const T> output_gradient,
                       FeatureMap<T> input_gradient, bool accumulate, Range samples) {
  const MapShape& in = input_gradient.shape;
  for (Index panel = 0; panel < input_gradient.numbers.panels(); ++panel) {
    T* first = input_gradient.numbers.row(panel, samples.begin * in.positions());
    if (!accumulate) std::fill_n(first, samples.size() * in.positions() * kPanelWidth, T(0));
    const MapShape& out = output_gradient.shape;
    const T* from = output_gradient.numbers.row(panel, samples.begin * out.positions());
    for (Index sample = samples.begin; sample < samples.end; ++sample) {
      for (Index y = 0; y < out.height; ++y) {
        T* line = input_gradient.numbers.row(
            panel, (sample * in.height + y / window.stride_height) * in.width);
        for (Index x = 0; x < out.width; ++x, from += kPanelWidth) {
          T* to = line + x / window.stride_width * kPanelWidth;
          for (Index c = 0; c < kPanelWidth; ++c) to[c] += from[c];
        }
      }
    }
  }
}

#define HOURGLASS_INSTANTIATE(T)                                                               \
  template void upsample_forward<T>(const Window&, FeatureMap<const T>, FeatureMap<T>, Range); \
  template void upsample_backward<T>(const Window&, FeatureMap<const T>, FeatureMap<T>, bool, Range)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
