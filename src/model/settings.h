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
/// config file would say.
Settings settings_from_spec(const ModelSpec& spec);

}  // namespace hourglass
