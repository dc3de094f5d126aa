#pragma once

#include <vector>

#include "model/setting_rows.h"

namespace hourglass {

/// What training minimises: the loss, penalties beside it, and what is done to its input.
void add_objective(std::vector<SettingRow>& rows);

/// How it goes about that: the optimiser and its rate.
void add_optimiser(std::vector<SettingRow>& rows);

}  // namespace hourglass
