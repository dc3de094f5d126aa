#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hourglass/settings.h"
#include "model/model_spec.h"

namespace hourglass {

/// One line of the settings table: what it is, how its text gets into a spec and back out.
struct SettingRow {
  SettingInfo info;
  /// Throws ErrorKind::kUsage "latent_dim = 0 is out of range: …".
  std::function<void(ModelSpec&, const std::string& text)> parse;
  std::function<std::string(const ModelSpec&)> print;
};

/// Every setting there is, in the order in which help and configs show them.
const std::vector<SettingRow>& setting_rows();

/// Null for an unknown key.
const SettingRow* find_setting(const std::string& key);

/// "unknown key 'latent_dmi'<where>: did you mean 'latent_dim'?"
std::string unknown_key_message(const std::string& key, const std::string& where);

}  // namespace hourglass
