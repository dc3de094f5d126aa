#include "train/time_blocks.h"

#include <algorithm>
#include <cmath>

namespace hourglass {
namespace {

constexpr Index kMostRounds = 10;
// A round has up to three gaps, which nothing is learned from: an eighth of it or so.
constexpr Index kGapsInRound = 24;

Index block_length(double share, Index round, Index gap) {
  if (share <= 0) return 0;
  return std::max(gap, static_cast<Index>(std::llround(share * static_cast<double>(round))));
}

}  // namespace

Index rounds_of_time(Index steps, Index gap) {
  return std::clamp<Index>(steps / (kGapsInRound * gap), 1, kMostRounds);
}

TimeBlocks deal_time(const std::vector<Range>& stretches, double validation_share,
                     double calibration_share, Index gap) {
  TimeBlocks blocks;
  for (const Range& stretch : stretches) {
    const Index rounds = rounds_of_time(stretch.size(), gap);
    const Index round = stretch.size() / rounds;
    const Index validation = block_length(validation_share, round, gap);
    const Index calibration = block_length(calibration_share, round, gap);
    const Index held_out = validation + calibration;
    const Index gaps = gap * ((validation > 0 ? 1 : 0) + (calibration > 0 ? 1 : 0) +
                              (rounds > 1 && held_out > 0 ? 1 : 0));
    if (held_out == 0 || 2 * (round - held_out - gaps) < round) {
      blocks.training.push_back(stretch);
      continue;
    }
    for (Index k = 0; k < rounds; ++k) {
      Index end = stretch.begin + stretch.size() * (k + 1) / rounds;
      // The next round begins with training.
      if (k + 1 < rounds) end -= gap;
      const auto hold_out = [&](std::vector<Range>& kind, Index length) {
        if (length == 0) return;
        kind.push_back({end - length, end});
        end -= length + gap;
      };
      hold_out(blocks.calibration, calibration);
      hold_out(blocks.validation, validation);
      blocks.training.push_back({stretch.begin + stretch.size() * k / rounds, end});
    }
  }
  return blocks;
}

std::vector<Range> fold_of_time(Index fold, Index folds, Index steps, Index rounds) {
  std::vector<Range> parts;
  const Index blocks = folds * rounds;
  for (Index block = fold; block < blocks; block += folds) {
    parts.push_back({steps * block / blocks, steps * (block + 1) / blocks});
  }
  return parts;
}

std::vector<Range> time_around(const std::vector<Range>& left_out, Index steps, Index gap) {
  std::vector<Range> around;
  Index begin = 0;
  const auto add_until = [&](Index end) {
    if (end > begin) around.push_back({begin, end});
  };
  for (const Range& part : left_out) {
    add_until(part.begin - gap);
    begin = part.end + gap;
  }
  add_until(steps);
  return around;
}

}  // namespace hourglass
