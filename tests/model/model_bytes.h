#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "base/crc32.h"
#include "hourglass/error.h"
#include "model/saved_model.h"

namespace hourglass {

/// A model file taken apart, to be changed and put together again with checksums that match, so
/// that a test reaches the check it is about.
struct ModelBytes {
  nlohmann::json header;
  std::string data;

  explicit ModelBytes(const std::string& bytes) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.substr(0, 8).c_str(), 8);
    header = nlohmann::json::parse(bytes.substr(8, length));
    data = bytes.substr(std::min(bytes.size(), 8 + length));
  }

  nlohmann::json part(const char* key) const {
    return nlohmann::json::parse(header["__metadata__"][key].get<std::string>());
  }
  void set_part(const char* key, const nlohmann::json& value) {
    header["__metadata__"][key] = value.dump();
  }
  template <class T>
  void set_value(const char* tensor, std::size_t position, T value) {
    const auto begin = header[tensor]["data_offsets"][0].get<std::size_t>();
    std::memcpy(data.data() + begin + position * sizeof(T), &value, sizeof(T));
  }

  std::string join() {
    char text[9];
    nlohmann::json& metadata = header["__metadata__"];
    std::snprintf(text, sizeof text, "%08x", tensors_sum());
    metadata["hourglass.tensors_crc32"] = text;
    std::uint32_t sum = 0;
    for (const auto& [key, value] : metadata.items()) {
      if (key == "hourglass.metadata_crc32" || !key.starts_with("hourglass.")) continue;
      if (!value.is_string()) continue;
      const std::string content = value.get<std::string>();
      sum = crc32(key.c_str(), key.size() + 1, sum);
      sum = crc32(content.c_str(), content.size() + 1, sum);
    }
    std::snprintf(text, sizeof text, "%08x", sum);
    metadata["hourglass.metadata_crc32"] = text;
    return with_header(header.dump());
  }

  // In the order of the names, which is that of the parsed header. What a test has broken is left
  // out: such a file is refused before the sum is looked at.
  std::uint32_t tensors_sum() const {
    std::uint32_t sum = 0;
    for (const auto& [key, entry] : header.items()) {
      if (key == "__metadata__" || !entry.is_object() || !entry.contains("data_offsets")) continue;
      const nlohmann::json& offsets = entry["data_offsets"];
      if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
          !offsets[1].is_number_unsigned()) {
        continue;
      }
      const auto begin = offsets[0].get<std::size_t>(), end = offsets[1].get<std::size_t>();
      if (begin <= end && end <= data.size()) sum = crc32(data.data() + begin, end - begin, sum);
    }
    return sum;
  }

  std::string with_header(const std::string& json) const {
    const auto length = static_cast<std::uint64_t>(json.size());
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + json + data;
  }
};

/// The message of the ErrorKind::kModel that parsing throws; "(accepted)" if it does not.
inline std::string refusal(const std::string& bytes) {
  try {
    parse_model(bytes, "m.hourglass");
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kModel ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

}  // namespace hourglass
