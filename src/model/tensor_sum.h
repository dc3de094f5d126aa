#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/safetensors.h"

namespace hourglass {

/// A CRC-32 over the tensors' bytes in the order of their names, so that a file rewritten with its
/// tensors in another order, as Python's safetensors does, keeps its sum. Kept in the metadata as
/// hourglass.tensors_crc32.
void add_tensors_sum(std::map<std::string, std::string>& metadata,
                     const std::vector<TensorBytes>& tensors);

/// Throws ErrorKind::kModel naming the file if the tensors are not those that were summed.
void check_tensors_sum(const TensorFile& file, const std::string& name);

/// The same of our own entries of the metadata ("hourglass.…"), keys and texts in the order of the
/// keys, kept as hourglass.metadata_crc32; others may be added by whoever rewrites the file.
void add_metadata_sum(std::map<std::string, std::string>& metadata);
void check_metadata_sum(const std::map<std::string, std::string>& metadata,
                        const std::string& name);

}  // namespace hourglass
