#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "model/setting_rows.h"

namespace hourglass {

/// How the text of a setting becomes a value: one builder a type. Each returns a row whose parse
/// checks type and range. A setting that may be left to the data takes the text "auto", which is
/// stored as the field's `automatic` value.

struct SettingName {
  std::string key;
  std::string flag;
  std::string group;
};

/// The numbers a setting may take.
struct Bounds {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  bool contains(double value) const;
  std::string interval() const;  ///< "[0, 1)"
  std::string words() const;     ///< "from 0 to below 1"
};

/// Throws ErrorKind::kUsage "<key> = <text> …: give …" unless it is an integer in [low, high].
Index parse_integer(const std::string& key, const std::string& text, Index low, Index high);

template <class Field>
using FieldOf = Field& (*)(ModelSpec&);

SettingRow integer_setting(SettingName name, FieldOf<Index> field, Index low, Index high,
                           std::string default_text, std::string description);
SettingRow automatic_integer_setting(SettingName name, FieldOf<Index> field, Index low, Index high,
                                     Index automatic, std::string description);
SettingRow number_setting(SettingName name, FieldOf<double> field, Bounds bounds,
                          std::string default_text, std::string description);
SettingRow automatic_number_setting(SettingName name, FieldOf<double> field, Bounds bounds,
                                    double automatic, std::string description);
SettingRow switch_setting(SettingName name, FieldOf<bool> field, std::string default_text,
                          std::string description);
SettingRow seed_setting(SettingName name, FieldOf<std::uint64_t> field, std::string description);
/// Any text, such as a file's name; "none" for an empty one. It must be UTF-8 without control
/// characters, so that JSON and TOML can hold it.
SettingRow text_setting(SettingName name, FieldOf<std::string> field, std::string description);
/// "0:10" in dB; one number is both ends.
SettingRow ratio_setting(SettingName name, FieldOf<LevelRange> field, std::string default_text,
                         std::string description);
SettingRow widths_setting(SettingName name, std::string description);
SettingRow channels_setting(SettingName name, std::string description);
/// Numbers parted by commas, at least one and at most 64.
SettingRow factors_setting(SettingName name, FieldOf<std::vector<double>> field, Bounds bounds,
                           std::string default_text, std::string description);
SettingRow choice_setting(SettingName name, std::vector<std::string> choices,
                          const std::function<void(ModelSpec&, std::size_t)>& set,
                          const std::function<std::size_t(const ModelSpec&)>& get,
                          std::string default_text, std::string description);

/// The entries of a list in text: parted by commas, white space around them taken off. "none" takes
/// back those before it, so that by itself it is the empty list. `starts_anew` (may be
/// null) becomes whether there was one. Throws ErrorKind::kUsage for an empty entry and for more
/// than 64.
std::vector<std::string> split_entries(const std::string& key, const std::string& text,
                                       bool* starts_anew = nullptr);
/// The way back.
std::string join_entries(const std::vector<std::string>& entries);

SettingInfo list_info(SettingName name, std::string range, std::string default_text,
                      std::string description);

/// A list of entries such as NAME:LEVEL, "none" where it is empty. Flags that give it several times
/// on one command line add to one list. `read` turns an entry into its value and throws
/// ErrorKind::kUsage "<key> = <entry> …: give …"; `print` is the way back. `range` says what an
/// entry looks like. An entry holds no comma.
template <class Entry>
SettingRow list_setting(SettingName name, FieldOf<std::vector<Entry>> field,
                        Entry (*read)(const std::string& key, const std::string& entry),
                        std::string (*print)(const Entry& entry), std::string range,
                        std::string default_text, std::string description) {
  const std::string key = name.key;
  return {
      list_info(std::move(name), std::move(range), std::move(default_text), std::move(description)),
      [=](ModelSpec& spec, const std::string& text) {
        std::vector<Entry> entries;
        for (const std::string& entry : split_entries(key, text)) {
          entries.push_back(read(key, entry));
        }
        field(spec) = std::move(entries);
      },
      [=](const ModelSpec& spec) {
        ModelSpec copy = spec;
        std::vector<std::string> texts;
        for (const Entry& entry : field(copy)) texts.push_back(print(entry));
        return join_entries(texts);
      }};
}

/// The same setting, but asked for it also takes back what a job had set beside it.
SettingRow overruling(SettingRow row, void (*take_back)(ModelSpec&));

/// A choice among the values of an enumeration, by name.
template <class E>
SettingRow enum_setting(SettingName name, FieldOf<E> field,
                        const std::vector<std::pair<std::string, E>>& values,
                        std::string default_text, std::string description) {
  std::vector<std::string> names;
  for (const auto& [text, value] : values) names.push_back(text);
  return choice_setting(
      std::move(name), std::move(names),
      [=](ModelSpec& spec, std::size_t i) { field(spec) = values[i].second; },
      [=](const ModelSpec& spec) {
        ModelSpec copy = spec;
        std::size_t i = 0;
        while (i + 1 < values.size() && values[i].second != field(copy)) ++i;
        return i;
      },
      std::move(default_text), std::move(description));
}

}  // namespace hourglass
