#include "model/tensor_sum.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/crc32.h"
#include "base/error.h"

namespace hourglass {
namespace {

constexpr const char* kTensorSumKey = "hourglass.tensors_crc32";
constexpr const char* kMetadataSumKey = "hourglass.metadata_crc32";

using Metadata = std::map<std::string, std::string>;

std::string hexadecimal(std::uint32_t sum) { return fmt::format("{:08x}", sum); }

std::uint32_t tensors_sum(const std::vector<TensorBytes>& tensors) {
  std::vector<const TensorBytes*> by_name;
  for (const TensorBytes& tensor : tensors) by_name.push_back(&tensor);
  std::sort(by_name.begin(), by_name.end(),
            [](const TensorBytes* a, const TensorBytes* b) { return a->name < b->name; });
  std::uint32_t sum = 0;
  for (const TensorBytes* tensor : by_name) {
    sum = crc32(tensor->bytes.data(), tensor->bytes.size(), sum);
  }
  return sum;
}

std::uint32_t metadata_sum(const Metadata& metadata) {
  std::uint32_t sum = 0;
  for (const auto& [key, text] : metadata) {
    if (!key.starts_with("hourglass.") || key == kMetadataSumKey) continue;
    sum = crc32(key.c_str(), key.size() + 1, sum);
    sum = crc32(text.c_str(), text.size() + 1, sum);
  }
  return sum;
}

void check_sum(const Metadata& metadata, const char* key, std::uint32_t sum,
               const std::string& name) {
  const auto found = metadata.find(key);
  if (found == metadata.end() || found->second != hexadecimal(sum)) {
    model_error(
        fmt::format("{} is damaged: its checksum ({}) does not match; copy or make it "
                    "again",
                    name, key));
  }
}

}  // namespace

void add_tensors_sum(Metadata& metadata, const std::vector<TensorBytes>& tensors) {
  metadata[kTensorSumKey] = hexadecimal(tensors_sum(tensors));
}

void check_tensors_sum(const TensorFile& file, const std::string& name) {
  check_sum(file.metadata, kTensorSumKey, tensors_sum(file.tensors), name);
}

void add_metadata_sum(Metadata& metadata) {
  metadata[kMetadataSumKey] = hexadecimal(metadata_sum(metadata));
}

void check_metadata_sum(const Metadata& metadata, const std::string& name) {
  check_sum(metadata, kMetadataSumKey, metadata_sum(metadata), name);
}

}  // namespace hourglass
