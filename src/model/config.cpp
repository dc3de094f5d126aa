#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <toml++/toml.h>

#include "base/error.h"
#include "base/paths.h"
#include "model/one_line.h"
#include "model/setting_rows.h"
#include "model/settings.h"

namespace hourglass {
namespace {

constexpr std::uintmax_t kLargestConfig = 1 << 20;

struct Place {
  const std::string& file;
  std::uint32_t line;

  std::string in() const { return fmt::format(" in {}, line {}", file, line); }
};

std::string element_text(const toml::node& element, const SettingRow& row, const Place& place) {
  const auto* number = element.as_integer();
  const auto* text = element.as_string();
  const bool of_texts = row.info.type == "list of entries";
  const auto* fraction = element.as_floating_point();
  const bool of_numbers = row.info.type == "list of numbers";
  if (of_texts && text != nullptr) return text->get();
  if (!of_texts && number != nullptr) return fmt::format("{}", number->get());
  if (of_numbers && fraction != nullptr) return fmt::format("{}", fraction->get());
  const char* held = of_texts     ? "texts alone, each in quotes"
                     : of_numbers ? "numbers alone, e.g. [1, 0.5]"
                                  : "integers alone, e.g. [128, 64]";
  usage_error(fmt::format("'{}'{}: a list holds {}", row.info.key, place.in(), held));
}

// A setting's value as the text that --set would take.
std::string text_of(const toml::node& node, const SettingRow& row, const Place& place) {
  const std::string& key = row.info.key;
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  const auto* list = node.as_array();
  if (list == nullptr) {
    usage_error(fmt::format("'{}'{} is neither a number, a text, true or false, nor a list of them",
                            key, place.in()));
  }
  std::vector<std::string> entries;
  for (const toml::node& element : *list) entries.push_back(element_text(element, row, place));
  return entries.empty() ? "none" : fmt::format("{}", fmt::join(entries, ","));
}

class ConfigReader {
 public:
  explicit ConfigReader(const std::string& file) : file_(file) {}

  void read(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (const toml::table* group = node.as_table()) {
        read_group(name, *group);
      } else {
        add(name, node, place_of(key), nullptr);
      }
    }
  }

  // In the order of the file: of two settings that overrule each other the later one counts.
  Settings take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Found& a, const Found& b) { return a.line < b.line; });
    Settings settings;
    for (Found& found : found_) settings.push_back(std::move(found.setting));
    return settings;
  }

 private:
  struct Found {
    std::pair<std::string, std::string> setting;
    std::uint32_t line;
  };

  Place place_of(const toml::key& key) const { return {file_, key.source().begin.line}; }

  void read_group(const std::string& group, const toml::table& table) {
    std::vector<std::string> groups;
    for (const SettingRow& row : setting_rows()) {
      if (groups.empty() || groups.back() != row.info.group) groups.push_back(row.info.group);
    }
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) {
      const std::string near = nearest_name(group, groups);
      usage_error(fmt::format("unknown table [{}] in {}: {}", group, file_,
                              near.empty()
                                  ? fmt::format("there are [{}]", fmt::join(groups, "], ["))
                                  : fmt::format("did you mean [{}]?", near)));
    }
    for (const auto& [key, node] : table) add(std::string(key.str()), node, place_of(key), &group);
  }

  void add(const std::string& key, const toml::node& node, const Place& place,
           const std::string* group) {
    const SettingRow* row = find_setting(key);
    if (row == nullptr) usage_error(unknown_key_message(key, place.in()));
    if (group != nullptr && *group != row->info.group) {
      usage_error(fmt::format("'{}'{} belongs under [{}], not [{}]", key, place.in(),
                              row->info.group, *group));
    }
    for (const Found& found : found_) {
      if (found.setting.first == key) {
        usage_error(fmt::format("'{}' is given twice in {}, lines {} and {}: keep one", key, file_,
                                std::min(found.line, place.line),
                                std::max(found.line, place.line)));
      }
    }
    std::string text = text_of(node, *row, place);
    try {
      ModelSpec spec;
      row->parse(spec, text);
    } catch (const Error& error) {
      usage_error(fmt::format("{}, line {}: {}", file_, place.line, error.what()));
    }
    found_.push_back({{key, std::move(text)}, place.line});
  }

  const std::string& file_;
  std::vector<Found> found_;
};

// A quoted text in ASCII alone, which is what a config is read as: other letters by their number.
// `text` is UTF-8 without control characters.
std::string toml_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead == '"' || lead == '\\') quoted += '\\';
    if (lead < 0x80) {
      quoted += static_cast<char>(lead);
      continue;
    }
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    unsigned code = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i++]) & 0x3F);
    quoted += fmt::format("\\U{:08X}", code);
  }
  quoted += '"';
  return quoted;
}

// TOML needs quotes around what is neither a number nor a truth value.
std::string toml_value(const SettingRow& row, const std::string& text) {
  const bool is_word = text == "auto" || text == "none" || row.info.type == "one of";
  if (row.info.type == "text") return toml_quoted(text);
  if (is_word) return fmt::format("\"{}\"", text);
  const bool of_texts = row.info.type == "list of entries";
  if (!of_texts && !row.info.type.starts_with("list of ")) return text;
  std::string spaced;
  for (const char c : text) {
    if (c == ' ') continue;
    spaced += c != ',' ? std::string(1, c) : of_texts ? "\", \"" : ", ";
  }
  return of_texts ? fmt::format("[\"{}\"]", spaced) : fmt::format("[{}]", spaced);
}

// Keys and values are all ASCII. Other letters outside a comment are refused here and those after a
// '#' blanked: the parser's test for Unicode white space (toml++ 3.3) has undefined behaviour on
// them. Lengths are kept, so that lines and columns in messages stay right.
std::string ascii_of(const std::string& text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string ascii = text.starts_with(kByteOrderMark) ? text.substr(3) : text;
  int line = 1;
  bool after_hash = false;
  for (char& c : ascii) {
    if (c == '\n') {
      ++line;
      after_hash = false;
    } else if (c == '#') {
      after_hash = true;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      if (!after_hash) {
        usage_error(
            fmt::format("{}, line {}: keys and values are plain ASCII: take out the other "
                        "characters, or put them into a comment",
                        name, line));
      }
      c = '?';
    }
  }
  return ascii;
}

}  // namespace

Settings parse_config(const std::string& text, const std::string& name) {
  if (text.size() > kLargestConfig) {
    usage_error(fmt::format("{} is larger than {} bytes: that is no config", name, kLargestConfig));
  }
  try {
    const toml::table table = toml::parse(ascii_of(text, name), name);
    ConfigReader reader(name);
    reader.read(table);
    return reader.take();
  } catch (const toml::parse_error& error) {
    usage_error(fmt::format("{}, line {}, column {}: not TOML: {}", name, error.source().begin.line,
                            error.source().begin.column,
                            one_line(std::string(error.description()))));
  } catch (const Error& error) {
    throw Error(error.kind(), one_line(error.what()));
  }
}

Settings read_config(const std::string& path) {
  if (is_folder(path)) {
    usage_error(fmt::format("cannot read the config {}: it is a folder", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) usage_error(fmt::format("cannot read the config {}: {}", path, system_reason()));
  std::string text(kLargestConfig + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) usage_error(fmt::format("cannot read the config {}: {}", path, system_reason()));
  return parse_config(text, path);
}

std::string write_config(const Settings& settings) {
  for (const auto& [key, text] : settings) {
    if (find_setting(key) == nullptr) usage_error(unknown_key_message(key, ""));
  }
  std::string out;
  std::string group;
  for (const SettingRow& row : setting_rows()) {
    const SettingInfo& info = row.info;
    const auto last = std::find_if(settings.rbegin(), settings.rend(),
                                   [&](const auto& setting) { return setting.first == info.key; });
    if (last == settings.rend()) continue;
    if (info.group != group) {
      group = info.group;
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", group);
    }
    const std::string allowed = info.choices.empty() ? info.range : info.choices;
    out += fmt::format("# {}\n# {}{}{}; default: {}\n", info.description, info.type,
                       allowed.empty() ? "" : ": ", allowed, info.default_text);
    out += fmt::format("{} = {}\n", info.key, toml_value(row, last->second));
  }
  return out;
}

}  // namespace hourglass
