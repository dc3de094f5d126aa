#include "model/setting_types.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

#include "base/error.h"
#include "model/json_text.h"
#include "model/settings.h"

namespace hourglass {
namespace {

constexpr Index kMaxHiddenLayers = 64;
constexpr Index kMaxWidth = 1'000'000;
constexpr std::size_t kMaxEntries = 64;

template <class Number>
std::optional<Number> number_from(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Ten digits of an integer are enough for from_chars to fail on overflow; that is a range error to
// the person who typed it, not a spelling error.
bool looks_like_integer(const std::string& text) {
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos;
}

[[noreturn]] void refuse(const std::string& key, const std::string& text, const char* what,
                         const std::string& instead) {
  usage_error(fmt::format("{} = {} {}: give {}", key, text.empty() ? "''" : text, what, instead));
}

std::string integer_words(Index low, Index high) {
  return fmt::format("an integer from {} to {}", low, high);
}

double parse_number(const std::string& key, const std::string& text, const Bounds& bounds,
                    const std::string& instead) {
  const auto value = number_from<double>(text);
  if (!value) refuse(key, text, "is not a number", instead);
  if (!bounds.contains(*value)) refuse(key, text, "is out of range", instead);
  return *value;
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// What stands between the commas; of an empty text, one empty part.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    parts.push_back(trimmed(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return parts;
}

std::vector<Index> parse_widths(const std::string& key, const std::string& text, const char* noun,
                                const char* examples) {
  const std::string instead = fmt::format("{} from 1 to {} parted by commas (at most {}), e.g. {}",
                                          noun, kMaxWidth, kMaxHiddenLayers, examples);
  std::vector<Index> widths;
  for (const std::string& part : parts_of(text)) {
    const auto width = number_from<Index>(part);
    if (!looks_like_integer(part)) refuse(key, text, "is not a list of integers", instead);
    if (!width || *width < 1 || *width > kMaxWidth) refuse(key, text, "is out of range", instead);
    widths.push_back(*width);
  }
  if (static_cast<Index>(widths.size()) > kMaxHiddenLayers) {
    refuse(key, fmt::format("({} layers)", widths.size()), "is out of range", instead);
  }
  return widths;
}

SettingInfo info_of(SettingName name, std::string type, std::string choices, std::string range,
                    std::string default_text, std::string description) {
  return {std::move(name.key),     std::move(name.flag),   std::move(name.group),
          std::move(type),         std::move(choices),     std::move(range),
          std::move(default_text), std::move(description), false};
}

template <class Field>
Field value_of(const ModelSpec& spec, FieldOf<Field> field) {
  ModelSpec copy = spec;
  return field(copy);
}

}  // namespace

Index parse_integer(const std::string& key, const std::string& text, Index low, Index high) {
  const std::string instead = integer_words(low, high);
  if (!looks_like_integer(text)) refuse(key, text, "is not an integer", instead);
  const auto value = number_from<Index>(text);
  if (!value || *value < low || *value > high) refuse(key, text, "is out of range", instead);
  return *value;
}

bool Bounds::contains(double value) const {
  if (!std::isfinite(value)) return false;
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string Bounds::interval() const {
  const bool unbounded = std::isinf(high);
  return fmt::format("{}{}, {}{}", low_open ? '(' : '[', low,
                     unbounded ? "infinity" : fmt::format("{}", high),
                     high_open || unbounded ? ')' : ']');
}

std::string Bounds::words() const {
  std::string text = fmt::format("a number {} {}", low_open ? "above" : "from", low);
  if (std::isinf(high)) return low_open ? text : text + " up";
  return text + fmt::format(" {} {}", high_open ? "to below" : "to", high);
}

SettingRow integer_setting(SettingName name, FieldOf<Index> field, Index low, Index high,
                           std::string default_text, std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "integer", "", fmt::format("[{}, {}]", low, high),
                  std::move(default_text), std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            field(spec) = parse_integer(key, text, low, high);
          },
          [=](const ModelSpec& spec) { return fmt::format("{}", value_of(spec, field)); }};
}

SettingRow automatic_integer_setting(SettingName name, FieldOf<Index> field, Index low, Index high,
                                     Index automatic, std::string description) {
  const std::string key = name.key;
  SettingRow row =
      integer_setting(std::move(name), field, low, high, "auto", std::move(description));
  row.parse = [=](ModelSpec& spec, const std::string& text) {
    field(spec) = text == "auto" ? automatic : parse_integer(key, text, low, high);
  };
  row.print = [=](const ModelSpec& spec) {
    const Index value = value_of(spec, field);
    return value == automatic ? "auto" : fmt::format("{}", value);
  };
  return row;
}

SettingRow number_setting(SettingName name, FieldOf<double> field, Bounds bounds,
                          std::string default_text, std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "number", "", bounds.interval(), std::move(default_text),
                  std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            field(spec) = parse_number(key, text, bounds, bounds.words());
          },
          [=](const ModelSpec& spec) { return fmt::format("{}", value_of(spec, field)); }};
}

SettingRow automatic_number_setting(SettingName name, FieldOf<double> field, Bounds bounds,
                                    double automatic, std::string description) {
  const std::string key = name.key;
  SettingRow row = number_setting(std::move(name), field, bounds, "auto", std::move(description));
  row.parse = [=](ModelSpec& spec, const std::string& text) {
    field(spec) = text == "auto" ? automatic : parse_number(key, text, bounds, bounds.words());
  };
  row.print = [=](const ModelSpec& spec) {
    const double value = value_of(spec, field);
    return value == automatic ? "auto" : fmt::format("{}", value);
  };
  return row;
}

SettingRow switch_setting(SettingName name, FieldOf<bool> field, std::string default_text,
                          std::string description) {
  const std::string key = name.key;
  return {
      info_of(std::move(name), "true or false", "", "", std::move(default_text),
              std::move(description)),
      [=](ModelSpec& spec, const std::string& text) {
        if (text != "true" && text != "false") {
          refuse(key, text, "is neither true nor false", "true or false");
        }
        field(spec) = text == "true";
      },
      [=](const ModelSpec& spec) { return std::string(value_of(spec, field) ? "true" : "false"); }};
}

SettingRow seed_setting(SettingName name, FieldOf<std::uint64_t> field, std::string description) {
  const std::string key = name.key;
  // TOML's integers are signed, so that half of the numbers is out.
  const Index high = std::numeric_limits<Index>::max();
  return {info_of(std::move(name), "integer", "", fmt::format("[0, {}]", high), "0",
                  std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            field(spec) = static_cast<std::uint64_t>(parse_integer(key, text, 0, high));
          },
          [=](const ModelSpec& spec) { return fmt::format("{}", value_of(spec, field)); }};
}

SettingRow text_setting(SettingName name, FieldOf<std::string> field, std::string description) {
  const std::string key = name.key;
  return {
      info_of(std::move(name), "text", "", "", "none", std::move(description)),
      [=](ModelSpec& spec, const std::string& text) {
        const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
        if (text.empty() || !is_utf8(text) || std::ranges::any_of(text, is_control)) {
          usage_error(fmt::format("{} is {}: give UTF-8 text without control characters, or none",
                                  key, text.empty() ? "empty" : "no plain text"));
        }
        field(spec) = text == "none" ? "" : text;
      },
      [=](const ModelSpec& spec) {
        const std::string text = value_of(spec, field);
        return text.empty() ? "none" : text;
      }};
}

SettingRow ratio_setting(SettingName name, FieldOf<LevelRange> field, std::string default_text,
                         std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "text", "",
                  fmt::format("LOW:HIGH, from {} to {}", kLowestRatio, kHighestRatio),
                  std::move(default_text), std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            const Bounds bounds{.low = kLowestRatio, .high = kHighestRatio};
            const std::size_t colon = text.find(':');
            const double low = parse_number(key, text.substr(0, colon), bounds, bounds.words());
            const double high =
                colon == std::string::npos
                    ? low
                    : parse_number(key, text.substr(colon + 1), bounds, bounds.words());
            if (low > high) {
              usage_error(fmt::format("{} = {} goes from high to low: give LOW:HIGH, e.g. 0:10",
                                      key, text));
            }
            field(spec) = {low, high};
          },
          [=](const ModelSpec& spec) {
            const LevelRange range = value_of(spec, field);
            return fmt::format("{}:{}", range.low, range.high);
          }};
}

SettingRow widths_setting(SettingName name, std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "list of integers", "", fmt::format("[1, {}] each", kMaxWidth),
                  "auto", std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            spec.hidden_given = text != "auto";
            spec.hidden.clear();
            if (text != "auto" && text != "none")
              spec.hidden = parse_widths(key, text, "widths", "128,64, or none, or auto");
          },
          [](const ModelSpec& spec) -> std::string {
            if (spec.hidden.empty()) return spec.hidden_given ? "none" : "auto";
            return fmt::format("{}", fmt::join(spec.hidden, ","));
          }};
}

std::vector<std::string> split_entries(const std::string& key, const std::string& text,
                                       bool* starts_anew) {
  std::vector<std::string> entries;
  bool anew = false;
  for (const std::string& entry : parts_of(text)) {
    if (entry.empty()) refuse(key, text, "has an empty entry", "entries parted by commas, or none");
    entries.push_back(entry);
    if (entry == "none") {
      entries.clear();
      anew = true;
    }
  }
  if (starts_anew != nullptr) *starts_anew = anew;
  if (entries.size() > kMaxEntries) {
    refuse(key, fmt::format("({} entries)", entries.size()), "is too long",
           fmt::format("at most {}", kMaxEntries));
  }
  return entries;
}

std::string join_entries(const std::vector<std::string>& entries) {
  return entries.empty() ? "none" : fmt::format("{}", fmt::join(entries, ","));
}

SettingInfo list_info(SettingName name, std::string range, std::string default_text,
                      std::string description) {
  SettingInfo info = info_of(std::move(name), "list of entries", "", std::move(range),
                             std::move(default_text), std::move(description));
  info.adds_up = true;
  return info;
}

SettingRow channels_setting(SettingName name, std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "list of integers", "", fmt::format("[1, {}] each", kMaxWidth),
                  "auto", std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            spec.channels.clear();
            if (text != "auto")
              spec.channels = parse_widths(key, text, "numbers", "16,32, or auto");
          },
          [](const ModelSpec& spec) -> std::string {
            if (spec.channels.empty()) return "auto";
            return fmt::format("{}", fmt::join(spec.channels, ","));
          }};
}

SettingRow factors_setting(SettingName name, FieldOf<std::vector<double>> field, Bounds bounds,
                           std::string default_text, std::string description) {
  const std::string key = name.key;
  const std::string instead = fmt::format("numbers parted by commas, each {}", bounds.words());
  return {info_of(std::move(name), "list of numbers", "", bounds.interval() + " each",
                  std::move(default_text), std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            const std::vector<std::string> parts = parts_of(text);
            if (parts.size() > kMaxEntries) {
              refuse(key, fmt::format("({} numbers)", parts.size()), "is too long",
                     fmt::format("at most {}", kMaxEntries));
            }
            std::vector<double> factors;
            for (const std::string& part : parts) {
              factors.push_back(parse_number(key, part, bounds, instead));
            }
            field(spec) = std::move(factors);
          },
          [=](const ModelSpec& spec) {
            return fmt::format("{}", fmt::join(value_of(spec, field), ","));
          }};
}

SettingRow choice_setting(SettingName name, std::vector<std::string> choices,
                          const std::function<void(ModelSpec&, std::size_t)>& set,
                          const std::function<std::size_t(const ModelSpec&)>& get,
                          std::string default_text, std::string description) {
  const std::string key = name.key;
  return {info_of(std::move(name), "one of", fmt::format("{}", fmt::join(choices, ", ")), "",
                  std::move(default_text), std::move(description)),
          [=](ModelSpec& spec, const std::string& text) {
            for (std::size_t i = 0; i < choices.size(); ++i) {
              if (choices[i] == text) return set(spec, i);
            }
            const std::string near = nearest_name(text, choices);
            usage_error(fmt::format("{} = {} is unknown: {}give one of {}", key,
                                    text.empty() ? "''" : text,
                                    near.empty() ? "" : fmt::format("did you mean {}? ", near),
                                    fmt::join(choices, ", ")));
          },
          [=](const ModelSpec& spec) { return choices[get(spec)]; }};
}

SettingRow overruling(SettingRow row, void (*take_back)(ModelSpec&)) {
  const auto parse = row.parse;
  row.parse = [=](ModelSpec& spec, const std::string& text) {
    parse(spec, text);
    take_back(spec);
  };
  return row;
}

}  // namespace hourglass
