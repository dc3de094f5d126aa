#include "model/tensor_sum.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/crc32.h"
#include "base/error.h"

namespace hourglass {
namespace {

constexpr const char* kTensorSumKey = "hourglass.tensors_crc32";

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

}  // namespace

void add_sum(std::map<std::string, std::string>& metadata, const char* key, std::uint32_t sum) {
  metadata[key] = hexadecimal(sum);
}

void check_sum(const std::map<std::string, std::string>& metadata, const char* key,
               std::uint32_t sum, const std::string& name) {
  const auto found = metadata.find(key);
  if (found == metadata.end() || found->second != hexadecimal(sum)) {
    model_error(
        fmt::format("{} is damaged: its checksum ({}) does not match; copy or train it "
                    "again",
                    name, key));
  }
}

void add_tensors_sum(std::map<std::string, std::string>& metadata,
                     const std::vector<TensorBytes>& tensors) {
  add_sum(metadata, kTensorSumKey, tensors_sum(tensors));
}

void check_tensors_sum(const TensorFile& file, const std::string& name) {
  check_sum(file.metadata, kTensorSumKey, tensors_sum(file.tensors), name);
}

}  // namespace hourglass
