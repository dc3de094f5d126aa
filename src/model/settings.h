#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/nearest.h"  // nearest_name(), for unknown keys
#include "hourglass/settings.h"
#include "model/model_spec.h"

namespace hourglass {

/// Builds a spec from settings: the family's defaults first (wherever in the list it stands), then
/// the rest in order. Throws ErrorKind::kUsage for an unknown key (naming the nearest), a wrong
/// type or a value out of range.
ModelSpec spec_from_settings(const Settings& settings);

/// The way back, every key in the table's order: what the saved model and `info` hold, and what a
/// config file would say. spec_from_settings() of it gives the same spec.
Settings settings_from_spec(const ModelSpec& spec);

/// Reads the text of a TOML config: flat keys, or tables named as the groups. `name` is the file's
/// name for messages. Throws as read_config() does. For read_config() and fuzzing.
Settings parse_config(const std::string& text, const std::string& name);

/// Settings as the text of a TOML config that reads back as the same, each key under its group's
/// table with what it does as a comment. Keys must be known (else ErrorKind::kUsage).
std::string write_config(const Settings& settings);

}  // namespace hourglass
