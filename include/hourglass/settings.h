#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hourglass/export.h"

namespace hourglass {

/// Settings as text, later ones overruling earlier ones: {"latent_dim", "8"}, {"hidden", "128,64"},
/// … The keys are those of setting_table(), of a TOML config and of the command's --set.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// One row of the table that help, validation, config files and the manual read.
struct SettingInfo {
  std::string key;    ///< "latent_dim"
  std::string flag;   ///< "--latent-dim", or empty if reachable through --set and configs alone
  std::string group;  ///< "architecture", "loss", "optimiser", "corruption", "training",
                      ///< "detection", "data"
  /// "integer", "number", "list of integers", "list of numbers", "list of entries", "text",
  /// "true or false", "one of"
  std::string type;
  std::string choices;       ///< "adam, adamw, sgd, rmsprop" for "one of"; else empty
  std::string range;         ///< "[1, 1000000]", "(0, 1)"; empty where type and choices say it all
  std::string default_text;  ///< "32", or how it follows from the data: "auto"
  std::string description;   ///< one sentence saying what a user gains or loses by changing it
  /// A list of entries: flags that give it several times add to one list rather than overrule.
  bool adds_up = false;
};

HOURGLASS_API const std::vector<SettingInfo>& setting_table();

/// The families by name, with a sentence each.
HOURGLASS_API std::vector<std::pair<std::string, std::string>> family_table();

/// Reads a TOML file into settings. Throws kUsage naming file, line and the nearest key for an
/// unknown one; kUsage if the file is missing.
HOURGLASS_API Settings read_config(const std::string& path);

/// Splits "key=value" and checks the key and the value's type and range. Throws kUsage.
HOURGLASS_API std::pair<std::string, std::string> parse_setting(const std::string& text);

}  // namespace hourglass
