#include "task/saved_index.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <map>

#include "base/checked.h"
#include "base/error.h"
#include "model/json_text.h"
#include "model/one_line.h"
#include "model/safetensors.h"
#include "model/tensor_sum.h"

namespace hourglass {
namespace {

using Metadata = std::map<std::string, std::string>;
using TensorsByName = std::map<std::string, TensorBytes>;

constexpr const char* kVersionKey = "hourglass.index_version";
constexpr const char* kIndexKey = "hourglass.index";
constexpr const char* kCodes = "codes";
constexpr const char* kBits = "bits";
constexpr const char* kThresholds = "thresholds";
constexpr const char* kNames = "names";
constexpr const char* kLabels = "labels";
constexpr const char* kDeleted = "deleted";
constexpr const char* kModel = "model";
constexpr const char* kLevels = "graph.levels";
constexpr const char* kBase = "graph.base";
constexpr const char* kUpper = "graph.upper";

// ---- writing

nlohmann::json sources_json(const std::vector<IndexSource>& sources) {
  nlohmann::json list = nlohmann::json::array();
  for (const IndexSource& source : sources) {
    list.push_back({{"path", text_json(source.path)},
                    {"key", text_json(source.key)},
                    {"missing", text_json(source.missing)},
                    {"rows", source.rows}});
  }
  return list;
}

nlohmann::json index_json(const SavedIndex& saved, const GraphLinks* links) {
  nlohmann::json json = {{"metric", name_of(saved.index.metric)},
                         {"width", saved.index.width},
                         {"rows", saved.index.rows()},
                         {"exact", saved.wants_no_graph},
                         {"sources", sources_json(saved.sources)}};
  if (links != nullptr) {
    json["graph"] = {{"degree", links->degree},
                     {"entry", links->entry},
                     {"ef", saved.graph_quality.ef},
                     {"recall_at_10", number_json(saved.graph_quality.recall_at_10)}};
  }
  return json;
}

// Each text with a zero byte behind it.
std::string joined(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) bytes.append(text).push_back('\0');
  return bytes;
}

std::string_view bytes_of_bits(const BitCodes& bits) {
  const auto count = static_cast<std::size_t>(bits.rows() * bits.words());
  return {reinterpret_cast<const char*>(bits.row(0)), count * sizeof(std::uint64_t)};
}

// ---- reading

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  model_error(fmt::format("{}: {}; copy the index or make it again", name, why));
}

void check_version(const Metadata& metadata, const std::string& name) {
  const auto found = metadata.find(kVersionKey);
  if (found == metadata.end()) {
    model_error(metadata.contains("hourglass.format_version")
                    ? fmt::format("{} is a model and no index: make one of it with index", name)
                    : fmt::format("{} holds tensors but is no Hourglass index", name));
  }
  const std::string& text = found->second;
  int version = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || stop != text.data() + text.size() || version < 1) {
    refuse(name, "its format version is not a number");
  }
  if (version > kIndexFormatVersion) {
    model_error(
        fmt::format("{} was made by a newer Hourglass (index format {}; this one reads up "
                    "to {}): update Hourglass",
                    name, version, kIndexFormatVersion));
  }
}

class IndexReader {
 public:
  IndexReader(const TensorFile& file, const std::string& name) : name_(name) {
    for (const TensorBytes& tensor : file.tensors) tensors_.emplace(tensor.name, tensor);
    const auto text = file.metadata.find(kIndexKey);
    if (text == file.metadata.end()) refuse(name_, "its description is missing");
    json_ = parse_json(text->second, what_);
  }

  SavedIndex read() {
    SavedIndex saved;
    CodeIndex& index = saved.index;
    index.metric = read_metric();
    index.width = json_count(json_, "width", what_);
    rows_ = json_count(json_, "rows", what_);
    if (index.width < 1 || rows_ < 1) refuse(name_, "it has no codes");
    saved.wants_no_graph = json_truth(json_, "exact", what_);
    read_codes(index);
    read_deleted(index.deleted);
    index.names = take_texts(kNames);
    index.labels = take_texts(kLabels);
    saved.model = take(kModel, TensorType::kU8).bytes;
    saved.sources = read_sources();
    if (json_.contains("graph")) read_graph(saved);
    if (!tensors_.empty()) {
      refuse(name_, fmt::format("tensor '{}' does not belong to an index",
                                tensors_.begin()->first.substr(0, 200)));
    }
    return saved;
  }

 private:
  Metric read_metric() {
    const nlohmann::json& metric = json_field(json_, "metric", what_);
    const std::string text = metric.is_string() ? metric.get<std::string>() : "";
    for (const Metric each : {Metric::kCosine, Metric::kEuclidean, Metric::kHamming}) {
      if (text == name_of(each)) return each;
    }
    refuse(name_, "its metric is not known");
  }

  TensorBytes take(const char* tensor, TensorType type) {
    const auto found = tensors_.find(tensor);
    if (found == tensors_.end()) refuse(name_, fmt::format("its {} are missing", tensor));
    TensorBytes bytes = found->second;
    tensors_.erase(found);
    if (bytes.type != type) refuse(name_, fmt::format("its {} have a wrong type", tensor));
    return bytes;
  }

  // Bytes of which there are to be rows × `row_bytes`.
  TensorBytes take_rows(const char* tensor, TensorType type, std::uint64_t row_bytes) {
    TensorBytes bytes = take(tensor, type);
    if (checked_multiply(static_cast<std::uint64_t>(rows_), row_bytes) != bytes.bytes.size()) {
      refuse(name_, fmt::format("its {} are not those of {} rows", tensor, rows_));
    }
    return bytes;
  }

  std::vector<float> finite(const TensorBytes& tensor) {
    std::vector<float> values = tensor.floats();
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
      refuse(name_, fmt::format("its {} are not finite", tensor.name));
    }
    return values;
  }

  void read_codes(CodeIndex& index) {
    const auto width = static_cast<std::uint64_t>(index.width);
    if (index.metric == Metric::kHamming) return read_bits(index);
    const auto row_bytes = checked_multiply(width, sizeof(float));
    if (!row_bytes) refuse(name_, "its codes are too wide");
    index.codes = finite(take_rows(kCodes, TensorType::kF32, *row_bytes));
  }

  void read_bits(CodeIndex& index) {
    const TensorBytes thresholds = take(kThresholds, TensorType::kF32);
    if (thresholds.bytes.size() / sizeof(float) != static_cast<std::uint64_t>(index.width)) {
      refuse(name_, "its thresholds are not one a bit");
    }
    index.bits = BitCodes(finite(thresholds));
    const Index words = index.bits.words();
    const std::uint64_t unused = index.width % 64 == 0 ? 0 : ~std::uint64_t{0} << index.width % 64;
    const TensorBytes bytes = take_rows(kBits, TensorType::kU8,
                                        static_cast<std::uint64_t>(words) * sizeof(std::uint64_t));
    std::vector<std::uint64_t> row(static_cast<std::size_t>(words));
    for (Index r = 0; r < rows_; ++r) {
      const std::size_t size = row.size() * sizeof(std::uint64_t);
      std::memcpy(row.data(), bytes.bytes.data() + static_cast<std::size_t>(r) * size, size);
      if ((row.back() & unused) != 0) refuse(name_, "its bits are more than its thresholds");
      index.bits.add_words(row.data());
    }
  }

  void read_deleted(std::vector<std::uint8_t>& deleted) {
    const TensorBytes bytes = take_rows(kDeleted, TensorType::kU8, 1);
    deleted.assign(bytes.bytes.begin(), bytes.bytes.end());
    if (std::ranges::any_of(deleted, [](std::uint8_t flag) { return flag > 1; })) {
      refuse(name_, "what says which rows are taken out is neither 0 nor 1");
    }
  }

  std::vector<std::string> take_texts(const char* tensor) {
    if (!tensors_.contains(tensor)) return {};
    const std::string_view bytes = take(tensor, TensorType::kU8).bytes;
    if (std::ranges::count(bytes, '\0') != rows_ || bytes.back() != '\0') {
      refuse(name_, fmt::format("its {} are not one a row", tensor));
    }
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = bytes.find('\0', begin);
      texts.emplace_back(bytes.substr(begin, end - begin));
      begin = end + 1;
    }
    return texts;
  }

  std::vector<IndexSource> read_sources() {
    std::vector<IndexSource> sources;
    Index left = rows_;
    for (const nlohmann::json& each : json_list(json_, "sources", what_)) {
      IndexSource source;
      source.path = text_from_json(json_field(each, "path", what_), what_);
      source.key = text_from_json(json_field(each, "key", what_), what_);
      source.missing = text_from_json(json_field(each, "missing", what_), what_);
      source.rows = json_count(each, "rows", what_);
      if (source.rows > left) refuse(name_, "its sources have more rows than it");
      left -= source.rows;
      sources.push_back(std::move(source));
    }
    if (left != 0) refuse(name_, "its sources have fewer rows than it");
    return sources;
  }

  void read_graph(SavedIndex& saved) {
    if (saved.index.metric == Metric::kHamming) refuse(name_, "it has a graph of bits");
    const nlohmann::json& json = json_["graph"];
    GraphLinks links;
    links.degree = json_count(json, "degree", what_);
    links.entry = json_count(json, "entry", what_);
    const std::string_view levels = take(kLevels, TensorType::kU8).bytes;
    links.levels.assign(levels.begin(), levels.end());
    links.base = take(kBase, TensorType::kU32).counts();
    links.upper = take(kUpper, TensorType::kU32).counts();
    check_links(links, rows_, name_);
    saved.graph_quality.ef = json_count(json, "ef", what_);
    saved.graph_quality.recall_at_10 = json_number(json, "recall_at_10", what_);
    if (saved.graph_quality.ef < 1) refuse(name_, "its graph is not to be searched");
    saved.graph = std::move(links);
  }

  const std::string& name_;
  const std::string what_ = name_ + ": its description";
  TensorsByName tensors_;
  nlohmann::json json_;
  Index rows_ = 0;
};

SavedIndex checked_index(const std::string& bytes, const std::string& name) {
  const TensorFile file = parse_tensor_file(bytes, name, "index");
  check_version(file.metadata, name);
  check_metadata_sum(file.metadata, name);
  check_tensors_sum(file, name);
  return IndexReader(file, name).read();
}

}  // namespace

std::string format_index(const SavedIndex& saved, const GraphLinks* links) {
  const CodeIndex& index = saved.index;
  const std::string names = joined(index.names);
  const std::string labels = joined(index.labels);
  const std::string deleted(index.deleted.begin(), index.deleted.end());
  std::string levels;
  std::vector<TensorBytes> tensors;
  const auto size = [](const auto& values) { return static_cast<Index>(values.size()); };
  if (index.metric == Metric::kHamming) {
    tensors.push_back(tensor_bytes(kThresholds, {index.width}, index.bits.thresholds()));
  } else {
    tensors.push_back(tensor_bytes(kCodes, {index.rows(), index.width}, index.codes));
  }
  if (links != nullptr) {
    tensors.push_back(tensor_bytes(kBase, {index.rows(), 2 * links->degree + 1}, links->base));
    tensors.push_back(tensor_bytes(
        kUpper, {size(links->upper) / (links->degree + 1), links->degree + 1}, links->upper));
    levels.assign(links->levels.begin(), links->levels.end());
    tensors.push_back(tensor_bytes(kLevels, levels));
  }
  if (index.metric == Metric::kHamming) {
    TensorBytes bits = tensor_bytes(kBits, bytes_of_bits(index.bits));
    bits.shape = {index.rows(), index.bits.words() * 8};
    tensors.push_back(std::move(bits));
  }
  if (!index.names.empty()) tensors.push_back(tensor_bytes(kNames, names));
  if (!index.labels.empty()) tensors.push_back(tensor_bytes(kLabels, labels));
  tensors.push_back(tensor_bytes(kDeleted, deleted));
  tensors.push_back(tensor_bytes(kModel, saved.model));
  Metadata metadata = {{kVersionKey, fmt::format("{}", kIndexFormatVersion)},
                       {kIndexKey, index_json(saved, links).dump()}};
  add_tensors_sum(metadata, tensors);
  add_metadata_sum(metadata);
  return format_tensor_file(metadata, tensors);
}

SavedIndex parse_index(const std::string& bytes, const std::string& name) {
  try {
    return checked_index(bytes, name);
  } catch (const Error& error) {
    throw Error(ErrorKind::kModel, one_line(error.what()));
  }
}

bool is_index(const std::string& path) {
  // The metadata come first in the header, as their name sorts before all tensors', and of them
  // this key.
  std::ifstream file(path, std::ios::binary);
  std::string beginning(512, '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(file.gcount()));
  return beginning.size() > 8 && beginning[8] == '{' &&
         beginning.find(kIndexKey) != std::string::npos;
}

}  // namespace hourglass
