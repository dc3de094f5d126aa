#include "task/detection_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/interrupt.h"
#include "base/random.h"
#include "task/ranking.h"

namespace hourglass {
namespace {

constexpr Index kMostResamples = 1000;
constexpr Index kFewestResamples = 100;
constexpr Index kRowsDrawn = 30'000'000;
constexpr double kTail = 0.025;

constexpr std::array kFigures = {&DetectionFigures::auroc, &DetectionFigures::average_precision,
                                 &DetectionFigures::f1_at_true_count, &DetectionFigures::precision,
                                 &DetectionFigures::recall};

// As many rows as there are of one kind, drawn with replacement, and how many of each group.
class Resampler {
 public:
  Resampler(const std::vector<RankedGroup>& groups, double RankedGroup::*kind)
      : groups_(groups.size()) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto count = static_cast<std::size_t>(groups[g].*kind);
      group_of_row_.insert(group_of_row_.end(), count, static_cast<std::uint32_t>(g));
    }
  }

  std::vector<double> draw(RandomStream& random) const {
    std::vector<double> counts(groups_);
    const auto rows = static_cast<Index>(group_of_row_.size());
    for (Index i = 0; i < rows; ++i) {
      counts[group_of_row_[static_cast<std::size_t>(random.below(rows))]] += 1;
    }
    return counts;
  }

 private:
  std::size_t groups_;
  std::vector<std::uint32_t> group_of_row_;
};

std::vector<DetectionFigures> resampled_figures(const Ranking& ranking, Index resamples,
                                                ThreadPool& pool) {
  const Resampler positives(ranking.groups(), &RankedGroup::positives);
  const Resampler negatives(ranking.groups(), &RankedGroup::negatives);
  std::vector<DetectionFigures> figures(static_cast<std::size_t>(resamples));
  pool.for_each(resamples, [&](Index i) {
    throw_if_interrupted();
    RandomStream random(0, RandomPurpose::kBootstrap, static_cast<std::uint64_t>(i));
    Ranking resampled = ranking;
    const std::vector<double> anomalous = positives.draw(random);
    resampled.recount(anomalous, negatives.draw(random));
    figures[static_cast<std::size_t>(i)] = resampled.figures();
  });
  return figures;
}

// Interpolated linearly between order statistics; NaN of no values.
double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace

DetectionQuality detection_quality(const std::vector<double>& scores,
                                   const std::vector<bool>& positive,
                                   const std::vector<std::uint8_t>& flagged, ThreadPool& pool) {
  const Ranking ranking(scores, positive, flagged);
  DetectionQuality quality;
  static_cast<DetectionFigures&>(quality) = ranking.figures();
  quality.anomalies = static_cast<std::int64_t>(ranking.positives());
  const Index rows = std::max<Index>(1, std::ssize(scores));
  quality.resamples = std::clamp(kRowsDrawn / rows, kFewestResamples, kMostResamples);
  const auto resampled = resampled_figures(ranking, quality.resamples, pool);
  for (const auto figure : kFigures) {
    std::vector<double> values;  // a resample without any flagged row has no precision
    for (const DetectionFigures& each : resampled) {
      if (!std::isnan(each.*figure)) values.push_back(each.*figure);
    }
    std::sort(values.begin(), values.end());
    quality.low.*figure = quantile(values, kTail);
    quality.high.*figure = quantile(values, 1 - kTail);
  }
  return quality;
}

}  // namespace hourglass
