#include "task/part_of.h"

#include <algorithm>
#include <fmt/format.h>

namespace hourglass {

ProgressCallback part_of(const ProgressCallback& progress, Index part, Index parts) {
  if (!progress) return {};
  return [=](const Progress& moment) {
    Progress whole = moment;
    whole.stage = fmt::format("{} {}/{}", moment.stage, part + 1, parts);
    whole.fraction =
        (static_cast<double>(part) + std::max(0.0, moment.fraction)) / static_cast<double>(parts);
    progress(whole);
  };
}

}  // namespace hourglass
