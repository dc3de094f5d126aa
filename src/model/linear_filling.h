#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/encoding.h"
#include "linalg/gaussian_estimate.h"
#include "model/safetensors.h"

namespace hourglass {

/// What fills holes of images together with a network: a linear estimate of the pixels, in the
/// units of the table learned from.
struct LinearFilling {
  std::shared_ptr<const GaussianEstimate> estimate;  ///< null: there is none
  double network_share = 1;  ///< of what is filled in, in [0, 1]; the rest is the estimate's
};

/// Its tensors for the file; none where there is no estimate.
std::vector<TensorBytes> tensors_of(const LinearFilling& filling);

/// Takes its tensors by name out of `tensors`; none there (other models) give none. Throws
/// ErrorKind::kModel, naming `what`, unless they are of the encoding's columns.
LinearFilling linear_filling_from(std::map<std::string, TensorBytes>& tensors,
                                  const Encoding& encoding, const std::string& what);

}  // namespace hourglass
