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

std::function<void(double)> share_of_stage(const ProgressCallback& progress,
                                           const std::string& stage) {
  if (!progress) return {};
  return [=](double fraction) {
    Progress moment;
    moment.stage = stage;
    moment.fraction = fraction;
    progress(moment);
  };
}

}  // namespace hourglass
