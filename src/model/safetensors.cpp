#include "model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "model/half.h"
#include "model/json_text.h"

namespace hourglass {
namespace {

static_assert(std::endian::native == std::endian::little, "the layout's numbers are little endian");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // the layout's own limit
constexpr std::size_t kMostDimensions = 8;
constexpr const char* kMetadataKey = "__metadata__";

struct TypeInfo {
  TensorType type;
  std::string_view name;
  std::uint64_t bytes;
};
constexpr TypeInfo kTypes[] = {{TensorType::kF16, "F16", 2},
                               {TensorType::kF32, "F32", 4},
                               {TensorType::kF64, "F64", 8},
                               {TensorType::kU8, "U8", 1},
                               {TensorType::kU32, "U32", 4}};

const TypeInfo& info(TensorType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const TypeInfo& row) { return row.type == type; });
}

std::string_view view_of(const void* data, std::size_t bytes) {
  return {static_cast<const char*>(data), bytes};
}

template <class T>
std::vector<T> values_of(std::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Reads one entry of the header; the sizes it announces must agree with each other.
class EntryReader {
 public:
  EntryReader(const nlohmann::json& entry, const std::string& tensor, const std::string& name)
      : entry_(entry), what_(fmt::format("{}: tensor '{}'", name, tensor.substr(0, 200))) {
    tensor_.name = tensor;
  }

  std::pair<TensorBytes, Extent> read() {
    if (!entry_.is_object() || entry_.size() != 3) {
      model_error(fmt::format("{} should have dtype, shape and data_offsets alone", what_));
    }
    const TypeInfo& type = read_type();
    const std::uint64_t bytes = read_shape(type);
    const Extent extent = read_extent();
    if (extent.end - extent.begin != bytes) {
      model_error(fmt::format("{} takes {} bytes by its shape and {} by its offsets", what_, bytes,
                              extent.end - extent.begin));
    }
    return {std::move(tensor_), extent};
  }

 private:
  const TypeInfo& read_type() {
    const nlohmann::json& text = json_field(entry_, "dtype", what_);
    for (const TypeInfo& type : kTypes) {
      if (text.is_string() && text.get_ref<const std::string&>() == type.name) {
        tensor_.type = type.type;
        return type;
      }
    }
    model_error(fmt::format("{} has a dtype other than F16, F32, F64, U8 and U32", what_));
  }

  std::uint64_t read_shape(const TypeInfo& type) {
    const nlohmann::json& shape = json_list(entry_, "shape", what_);
    if (shape.size() > kMostDimensions) {
      model_error(fmt::format("{} has more than {} dimensions", what_, kMostDimensions));
    }
    std::uint64_t bytes = type.bytes;
    for (const nlohmann::json& size : shape) {
      tensor_.shape.push_back(json_count(size, what_ + ": 'shape'"));
      const auto product =
          checked_multiply(bytes, static_cast<std::uint64_t>(tensor_.shape.back()));
      if (!product) model_error(fmt::format("{} has a shape too large for any file", what_));
      bytes = *product;
    }
    return bytes;
  }

  Extent read_extent() {
    const nlohmann::json& offsets = json_list(entry_, "data_offsets", what_);
    if (offsets.size() != 2) model_error(fmt::format("{} needs two data_offsets", what_));
    const std::string what = what_ + ": 'data_offsets'";
    const Extent extent{static_cast<std::uint64_t>(json_count(offsets[0], what)),
                        static_cast<std::uint64_t>(json_count(offsets[1], what))};
    if (extent.end < extent.begin) model_error(fmt::format("{} ends before it begins", what_));
    return extent;
  }

  const nlohmann::json& entry_;
  std::string what_;
  TensorBytes tensor_;
};

std::string_view header_of(std::string_view bytes, const std::string& name, const char* what) {
  if (bytes.size() < kLengthBytes) {
    model_error(fmt::format("{} is no Hourglass {}, or is cut short: it has {} bytes", name, what,
                            bytes.size()));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length < 2 || length > kLongestHeader || (bytes.size() > kLengthBytes && bytes[8] != '{')) {
    model_error(fmt::format("{} is no Hourglass {}: it does not begin as one", name, what));
  }
  if (length > bytes.size() - kLengthBytes) {
    model_error(
        fmt::format("{} is cut short: its header should have {} bytes and {} are there; "
                    "copy or train it again",
                    name, length, bytes.size() - kLengthBytes));
  }
  return bytes.substr(kLengthBytes, length);
}

std::map<std::string, std::string> metadata_of(const nlohmann::json& header,
                                               const std::string& name) {
  const nlohmann::json& object = json_field(header, kMetadataKey, name + ": its header");
  if (!object.is_object()) model_error(fmt::format("{}: its metadata is not an object", name));
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) {
      model_error(fmt::format("{}: metadata '{}' is not a text", name, key.substr(0, 200)));
    }
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

}  // namespace

std::size_t bytes_of(TensorType type) { return info(type).bytes; }

std::vector<float> TensorBytes::floats() const {
  if (type == TensorType::kF16) {
    const std::vector<Half> halves = values_of<Half>(bytes);
    std::vector<float> values(halves.size());
    std::transform(halves.begin(), halves.end(), values.begin(), from_half);
    return values;
  }
  HOURGLASS_CHECK(type == TensorType::kF32);
  return values_of<float>(bytes);
}

std::vector<double> TensorBytes::doubles() const {
  HOURGLASS_CHECK(type == TensorType::kF64);
  return values_of<double>(bytes);
}

std::vector<std::uint32_t> TensorBytes::counts() const {
  HOURGLASS_CHECK(type == TensorType::kU32);
  return values_of<std::uint32_t>(bytes);
}

TensorBytes tensor_bytes(std::string name, std::vector<Index> shape,
                         const std::vector<std::uint32_t>& values) {
  return {std::move(name), TensorType::kU32, std::move(shape),
          view_of(values.data(), values.size() * sizeof(std::uint32_t))};
}

TensorBytes tensor_bytes(std::string name, std::string_view bytes) {
  return {std::move(name), TensorType::kU8, {static_cast<Index>(bytes.size())}, bytes};
}

TensorBytes tensor_bytes(std::string name, std::vector<Index> shape,
                         const std::vector<float>& values) {
  return {std::move(name), TensorType::kF32, std::move(shape),
          view_of(values.data(), values.size() * sizeof(float))};
}

TensorBytes half_tensor_bytes(std::string name, std::vector<Index> shape,
                              const std::vector<float>& values) {
  auto halves = std::make_shared<std::vector<Half>>(values.size());
  std::transform(values.begin(), values.end(), halves->begin(), to_half);
  const std::string_view bytes = view_of(halves->data(), halves->size() * sizeof(Half));
  return {std::move(name), TensorType::kF16, std::move(shape), bytes, std::move(halves)};
}

TensorBytes tensor_bytes(std::string name, const Matrix<float>& values) {
  const auto numbers = static_cast<std::size_t>(values.rows() * values.cols());
  return {std::move(name),
          TensorType::kF32,
          {values.rows(), values.cols()},
          view_of(values.data(), numbers * sizeof(float))};
}

TensorBytes tensor_bytes(std::string name, const std::vector<double>& values) {
  return {std::move(name),
          TensorType::kF64,
          {static_cast<Index>(values.size())},
          view_of(values.data(), values.size() * sizeof(double))};
}

std::string format_tensor_file(const std::map<std::string, std::string>& metadata,
                               const std::vector<TensorBytes>& tensors) {
  nlohmann::json header = nlohmann::json::object();
  header[kMetadataKey] = metadata;
  std::uint64_t offset = 0;
  for (const TensorBytes& tensor : tensors) {
    const std::uint64_t end = offset + tensor.bytes.size();
    HOURGLASS_CHECK(!header.contains(tensor.name));
    header[tensor.name] = {{"dtype", info(tensor.type).name},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > kLongestHeader) {
    fail(
        fmt::format("the model cannot be saved: its header takes {} bytes and {} are allowed; "
                    "give the columns shorter names or fewer categories",
                    text.size(), kLongestHeader));
  }
  const auto length = static_cast<std::uint64_t>(text.size());
  std::string bytes;
  bytes.reserve(kLengthBytes + length + offset);
  bytes.append(view_of(&length, kLengthBytes)).append(text);
  for (const TensorBytes& tensor : tensors) bytes.append(tensor.bytes);
  return bytes;
}

TensorFile parse_tensor_file(std::string_view bytes, const std::string& name, const char* what) {
  const std::string_view header_text = header_of(bytes, name, what);
  const nlohmann::json header = parse_json(header_text, name + ": its header");
  TensorFile file;
  file.metadata = metadata_of(header, name);
  file.data = bytes.substr(kLengthBytes + header_text.size());

  std::vector<std::pair<TensorBytes, Extent>> entries;
  for (const auto& [key, entry] : header.items()) {
    if (key != kMetadataKey) entries.push_back(EntryReader(entry, key, name).read());
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.begin, a.second.end) < std::pair(b.second.begin, b.second.end);
  });
  std::uint64_t end = 0;
  for (auto& [tensor, extent] : entries) {
    if (extent.begin != end) {
      model_error(fmt::format("{}: tensor '{}' does not follow on the one before", name,
                              tensor.name.substr(0, 200)));
    }
    end = extent.end;
    if (end > file.data.size()) {
      model_error(
          fmt::format("{} is cut short: its tensors end at byte {} and {} are there; copy "
                      "or train it again",
                      name, end, file.data.size()));
    }
    tensor.bytes = file.data.substr(extent.begin, extent.end - extent.begin);
    file.tensors.push_back(std::move(tensor));
  }
  if (end != file.data.size()) {
    model_error(fmt::format("{} has {} bytes after its last tensor", name, file.data.size() - end));
  }
  return file;
}

}  // namespace hourglass
