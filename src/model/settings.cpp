#include "model/settings.h"

#include <fmt/format.h>

#include "base/error.h"
#include "model/family.h"
#include "model/job.h"
#include "model/setting_rows.h"

namespace hourglass {
namespace {

const SettingRow& row_of(const std::string& key) {
  const SettingRow* row = find_setting(key);
  if (row == nullptr) usage_error(unknown_key_message(key, ""));
  return *row;
}

bool has_key(const Settings& settings, const std::string& key) {
  for (const auto& [name, text] : settings) {
    if (name == key) return true;
  }
  return false;
}

}  // namespace

ModelSpec spec_from_settings(const Settings& settings) {
  ModelSpec spec;
  for (const auto& [key, text] : settings) {
    if (key == "family") spec.family = text;
    if (key == "job") spec.job = text;
  }
  const Family& family = find_family(spec.family);
  family.fill(spec);
  find_job(spec.job).fill(spec);
  for (const auto& [key, text] : settings) row_of(key).parse(spec, text);
  spec.family = family.name;
  if (family.code_follows_activation && !has_key(settings, "code_activation")) {
    spec.code_activation = spec.activation;
  }
  return spec;
}

Settings settings_from_spec(const ModelSpec& spec) {
  Settings settings;
  for (const SettingRow& row : setting_rows()) {
    settings.emplace_back(row.info.key, row.print(spec));
  }
  return settings;
}

std::pair<std::string, std::string> parse_setting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    usage_error(fmt::format("'{}' is not a setting: write key=value, e.g. latent_dim=8", text));
  }
  std::pair<std::string, std::string> setting{text.substr(0, equals), text.substr(equals + 1)};
  ModelSpec spec;
  row_of(setting.first).parse(spec, setting.second);
  return setting;
}

}  // namespace hourglass
