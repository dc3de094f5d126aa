#include "model/json_text.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <set>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr int kDeepest = 16;
constexpr std::int64_t kLargestCount = std::int64_t{1} << 53;

using Event = nlohmann::json::parse_event_t;

// The parser keeps the last of two equal keys without a word; two readers could then see two
// different models in one file.
class StrictKeys {
 public:
  explicit StrictKeys(const std::string& what) : what_(what) {}

  bool operator()(int depth, Event event, nlohmann::json& parsed) {
    if (depth > kDeepest) model_error(fmt::format("{}: nested deeper than {}", what_, kDeepest));
    if (event == Event::object_start) seen_.emplace_back();
    if (event == Event::object_end) seen_.pop_back();
    if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!seen_.back().insert(key).second) {
        model_error(fmt::format("{}: the key '{}' is there twice", what_, key.substr(0, 100)));
      }
    }
    return true;
  }

 private:
  const std::string& what_;
  std::vector<std::set<std::string>> seen_;
};

[[noreturn]] void wrong_type(const std::string& what, const char* key, const char* wanted) {
  model_error(fmt::format("{}: '{}' is not {}", what, key, wanted));
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& what) {
  try {
    StrictKeys strict(what);
    return nlohmann::json::parse(text, [&](int depth, Event event, nlohmann::json& parsed) {
      return strict(depth, event, parsed);
    });
  } catch (const nlohmann::json::exception&) {
    model_error(fmt::format("{} is not valid JSON", what));
  }
}

const nlohmann::json& json_field(const nlohmann::json& object, const char* key,
                                 const std::string& what) {
  if (!object.is_object()) model_error(fmt::format("{} is not an object", what));
  const auto found = object.find(key);
  if (found == object.end()) model_error(fmt::format("{}: '{}' is missing", what, key));
  return *found;
}

Index json_count(const nlohmann::json& value, const std::string& what) {
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargestCount));
  const std::int64_t count = fits ? value.get<std::int64_t>() : -1;
  if (count < 0 || count > kLargestCount) {
    model_error(fmt::format("{} holds something that is not a count", what));
  }
  return count;
}

Index json_count(const nlohmann::json& object, const char* key, const std::string& what) {
  return json_count(json_field(object, key, what), fmt::format("{}: '{}'", what, key));
}

double json_number(const nlohmann::json& object, const char* key, const std::string& what) {
  const nlohmann::json& value = json_field(object, key, what);
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!value.is_number()) wrong_type(what, key, "a number");
  return value.get<double>();
}

bool json_truth(const nlohmann::json& object, const char* key, const std::string& what) {
  const nlohmann::json& value = json_field(object, key, what);
  if (!value.is_boolean()) wrong_type(what, key, "true or false");
  return value.get<bool>();
}

const nlohmann::json& json_list(const nlohmann::json& object, const char* key,
                                const std::string& what) {
  const nlohmann::json& value = json_field(object, key, what);
  if (!value.is_array()) wrong_type(what, key, "a list");
  return value;
}

nlohmann::json number_json(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

nlohmann::json text_json(const std::string& text) {
  if (is_utf8(text)) return text;
  nlohmann::json bytes = nlohmann::json::array();
  for (const char c : text) bytes.push_back(static_cast<unsigned char>(c));
  return {{"bytes", bytes}};
}

std::string text_from_json(const nlohmann::json& value, const std::string& what) {
  if (value.is_string()) return value.get<std::string>();
  std::string text;
  for (const nlohmann::json& byte : json_list(value, "bytes", what)) {
    const Index code = json_count(byte, what);
    if (code > 255) model_error(fmt::format("{} holds {} where a byte should be", what, code));
    text.push_back(static_cast<char>(static_cast<unsigned char>(code)));
  }
  return text;
}

}  // namespace hourglass
