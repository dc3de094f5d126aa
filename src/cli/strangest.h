#pragma once

#include <string>

#include <hourglass/hourglass.h>

#include "cli/json.h"

namespace hourglass::cli {

/// The ten rows with the highest scores as a small table, each with its explained features.
std::string strangest_table(const DetectionScores& scores);
/// The same for programs.
Json strangest_json(const DetectionScores& scores);

}  // namespace hourglass::cli
