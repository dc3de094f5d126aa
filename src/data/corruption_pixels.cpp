#include "data/corruption_kinds.h"

namespace hourglass {

void corrupt_pixels(const SampleCorruption& sample) {
  const float* const uniform = sample.draw_uniform();
  const Index pixels = sample.features.height * sample.features.width;
  for (Index pixel = 0; pixel < pixels; ++pixel) {
    if (uniform[pixel] < sample.level) sample.cut_out(pixel);
  }
}

}  // namespace hourglass
