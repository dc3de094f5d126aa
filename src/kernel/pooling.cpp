#include "kernel/pooling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hourglass {
namespace {

// Of two, one of which may be NaN and then is what comes out.
template <class T>
T larger(T a, T b) {
  return a >= b || std::isnan(a) ? a : b;
}

/// Calls visit(panel, output row, input positions y, x) for each window of each panel.
template <class T, class Visit>
void for_each_window(const Window& window, FeatureMap<const T> input, FeatureMap<const T> output,
                     Range samples, const Visit& visit) {
  const MapShape& in = input.shape;
  const MapShape& out = output.shape;
  for (Index panel = 0; panel < output.numbers.panels(); ++panel) {
    for (Index sample = samples.begin; sample < samples.end; ++sample) {
      for (Index y = 0; y < out.height; ++y) {
        const Range ys{y * window.stride_height,
                       std::min(in.height, y * window.stride_height + window.kernel_height)};
        for (Index x = 0; x < out.width; ++x) {
          const Range xs{x * window.stride_width,
                         std::min(in.width, x * window.stride_width + window.kernel_width)};
          visit(panel, (sample * out.height + y) * out.width + x, sample * in.height, ys, xs);
        }
      }
    }
  }
}

template <class T>
using Lanes = std::array<T, kPanelWidth>;

}  // namespace

template <class T>
void pool_forward(Pool pool, const Window& window, FeatureMap<const T> input, FeatureMap<T> output,
                  Range samples) {
  for_each_window<T>(window, input, output, samples,
                     [&](Index panel, Index row, Index first_line, Range ys, Range xs) {
                       T* to = output.numbers.row(panel, row);
                       Lanes<T> result{};
                       bool first = true;
                       for (Index y = ys.begin; y < ys.end; ++y) {
                         for (Index x = xs.begin; x < xs.end; ++x, first = false) {
                           const T* from =
                               input.numbers.row(panel, (first_line + y) * input.shape.width + x);
                           for (std::size_t c = 0; c < kPanelWidth; ++c) {
                             result[c] = first                ? from[c]
                                         : pool == Pool::kMax ? larger(result[c], from[c])
                                                              : result[c] + from[c];
                           }
                         }
                       }
                       const T share = pool == Pool::kMean ? 1 / T(ys.size() * xs.size()) : T(1);
                       for (std::size_t c = 0; c < kPanelWidth; ++c) to[c] = result[c] * share;
                     });
}

template <class T>
void max_pool_tangent(const MaxPoolTangent<T>& layer, Range samples) {
  for_each_window<T>(layer.window, layer.input, layer.output, samples,
                     [&](Index panel, Index row, Index first_line, Range ys, Range xs) {
                       const T* largest = layer.output.numbers.row(panel, row);
                       Lanes<T> change{};
                       Lanes<bool> found{};
                       for (Index y = ys.begin; y < ys.end; ++y) {
                         for (Index x = xs.begin; x < xs.end; ++x) {
                           const Index position = (first_line + y) * layer.input.shape.width + x;
                           const T* value = layer.input.numbers.row(panel, position);
                           const T* from = layer.input_change.numbers.row(panel, position);
                           for (std::size_t c = 0; c < kPanelWidth; ++c) {
                             const bool takes = !found[c] && value[c] == largest[c];
                             change[c] = takes ? from[c] : change[c];
                             found[c] = found[c] || takes;
                           }
                         }
                       }
                       T* to = layer.output_change.numbers.row(panel, row);
                       std::copy(change.begin(), change.end(), to);
                     });
}

template <class T>
void pool_backward(const PoolBackward<T>& layer, Range samples) {
  for_each_window<T>(layer.window, layer.input, layer.output, samples,
                     [&](Index panel, Index row, Index first_line, Range ys, Range xs) {
                       const T* gradient = layer.output_gradient.numbers.row(panel, row);
                       const T* largest = layer.output.numbers.row(panel, row);
                       const bool max = layer.pool == Pool::kMax;
                       const T share = max ? T(1) : 1 / T(ys.size() * xs.size());
                       Lanes<T> left;  // what is still to be passed on
                       for (std::size_t c = 0; c < kPanelWidth; ++c) left[c] = gradient[c] * share;
                       for (Index y = ys.begin; y < ys.end; ++y) {
                         for (Index x = xs.begin; x < xs.end; ++x) {
                           const Index position = (first_line + y) * layer.input.shape.width + x;
                           const T* value = layer.input.numbers.row(panel, position);
                           T* to = layer.input_gradient.numbers.row(panel, position);
                           for (std::size_t c = 0; c < kPanelWidth; ++c) {
                             const bool takes = !max || value[c] == largest[c];
                             const T term = takes ? left[c] : T(0);
                             if (max && takes) left[c] = 0;
                             to[c] = layer.accumulate ? to[c] + term : term;
                           }
                         }
                       }
                     });
}

#define HOURGLASS_INSTANTIATE(T)                                                                 \
  template void pool_forward<T>(Pool, const Window&, FeatureMap<const T>, FeatureMap<T>, Range); \
  template void max_pool_tangent<T>(const MaxPoolTangent<T>&, Range);                            \
  template void pool_backward<T>(const PoolBackward<T>&, Range)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
