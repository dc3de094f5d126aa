#pragma once

#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// A picture in memory: 8 bits a channel, row-major, 1 (grey) or 3 (RGB) channels.
struct Image {
  Index width = 0;
  Index height = 0;
  Index channels = 1;
  std::vector<unsigned char> pixels;  ///< height × width × channels
};

/// `count` samples in a row above their reconstructions, for the eye. Samples are row-major
/// count × (product of sample_shape) numbers; 0 is drawn black, `white` white, what lies outside is
/// cut off. Shapes: {h, w}, {h, w, 1}, {h, w, 3}, or {n} with n a square number. Small images are
/// enlarged by a whole factor until they are at least 56 pixels each way. Throws ErrorKind::kUsage
/// for other shapes, and for more than 1000 samples or a figure of more than 100 million pixels.
Image reconstruction_figure(const float* originals, const float* reconstructions, Index count,
                            const std::vector<Index>& sample_shape, double white);

/// Writes a PNG, whole or not at all. Throws ErrorKind::kFailed.
void write_png(const Image& image, const std::string& path);

/// Both in one. Thread-safe.
void write_reconstruction_figure(const std::string& path, const float* originals,
                                 const float* reconstructions, Index count,
                                 const std::vector<Index>& sample_shape, double white);

}  // namespace hourglass
