#include "network/map_layers.h"

#include <fmt/format.h>

namespace hourglass {

std::string convolution_window_misfit(const Window& window) {
  for (const Index size : {window.kernel_height, window.kernel_width}) {
    if (size < 1 || size % 2 == 0) {
      return fmt::format("has a kernel of {}, which has no centre; give an odd one, e.g. {}", size,
                         size < 2 ? 3 : size + 1);
    }
  }
  return {};
}

std::string map_misfit(const LayerSpec& spec, const MapShape& input, const MapShape& made) {
  if (spec.shape() == made) return {};
  return fmt::format("makes maps of {} out of {}, not {}; give it that size", shape_text(made),
                     shape_text(input), shape_text(spec.shape()));
}

}  // namespace hourglass
