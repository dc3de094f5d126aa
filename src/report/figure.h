#pragma once

#include <string>
#include <vector>

#include "data/image.h"

namespace hourglass {

/// `count` samples in a row above their reconstructions, for the eye. Samples are row-major
/// count × (product of sample_shape) numbers; 0 is drawn black, `white` white, what lies outside is
/// cut off. Shapes: {h, w}, {h, w, 1}, {h, w, 3}, or {n} with n a square number. Small images are
/// enlarged by a whole factor until they are at least 56 pixels each way. Throws ErrorKind::kUsage
/// for other shapes, and for more than 1000 samples or a figure of more than 100 million values.
Image reconstruction_figure(const float* originals, const float* reconstructions, Index count,
                            const std::vector<Index>& sample_shape, double white);

/// `down` rows of `across` samples, row-major as above; what is NaN stays paper where a whole
/// sample is, else black. The same limits and errors.
Image sample_grid(const float* samples, Index across, Index down,
                  const std::vector<Index>& sample_shape, double white);
void write_sample_grid(const std::string& path, const float* samples, Index across, Index down,
                       const std::vector<Index>& sample_shape, double white);

/// A reconstruction_figure() into a PNG file, whole or not at all; throws ErrorKind::kFailed, too.
/// Thread-safe.
void write_reconstruction_figure(const std::string& path, const float* originals,
                                 const float* reconstructions, Index count,
                                 const std::vector<Index>& sample_shape, double white);

}  // namespace hourglass
