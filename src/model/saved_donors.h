#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/donors.h"
#include "data/encoding.h"
#include "model/safetensors.h"

namespace hourglass {

/// Donors as numbers for the file; all lists are empty where there are none.
struct DonorNumbers {
  std::vector<double> counts, expected, values;
};

DonorNumbers numbers_of(const Donors& donors);
std::vector<TensorBytes> tensors_of(const DonorNumbers& numbers);

/// Takes its tensors by name out of `tensors`; none there (other models) give none. Throws
/// ErrorKind::kModel, naming `what`, unless they are of the encoding's columns.
Donors donors_from(std::map<std::string, TensorBytes>& tensors, const Encoding& encoding,
                   const std::string& what);

}  // namespace hourglass
