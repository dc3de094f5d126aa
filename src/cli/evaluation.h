#pragma once

#include <hourglass/hourglass.h>

#include "cli/json.h"
#include "cli/text.h"

namespace hourglass::cli {

/// What was found of scores by labels: for people, and for programs. What is undefined is said to
/// be, and null.
void tell(const DetectionQuality& quality, FactList& facts);
void tell(const DetectionQuality& quality, Json& json);

/// "labels-of-one-kind", where there is nothing to tell apart among `rows` rows.
std::vector<Warning> doubts(const DetectionQuality& quality, std::int64_t rows);

}  // namespace hourglass::cli
