#pragma once

#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// A long series of numbers that corruption takes its noise from, its mean taken off.
struct Recording {
  std::vector<float> series;
};

/// All numbers of a data file in any format that read_table() knows, row after row. Throws
/// ErrorKind::kData as that does, for categories, for fewer numbers than `shortest` (a sample's),
/// for silence (all numbers alike), and for more than 2²⁶.
Recording read_recording(const std::string& path, Index shortest);

}  // namespace hourglass
