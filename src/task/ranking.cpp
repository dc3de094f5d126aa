#include "task/ranking.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace hourglass {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

bool holds_normal_rows_alone(const RankedGroup& group) {
  return group.positives == 0 && group.negatives > 0;
}

}  // namespace

Ranking::Ranking(const std::vector<double>& scores, const std::vector<bool>& positive,
                 const std::vector<std::uint8_t>& flagged) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  for (std::size_t i = 0; i < order.size();) {
    const double score = scores[order[i]];
    RankedGroup ties;
    ties.flagged = !flagged.empty() && flagged[order[i]] != 0;
    for (; i < order.size() && scores[order[i]] == score; ++i) {
      (positive[order[i]] ? ties.positives : ties.negatives) += 1;
    }
    const bool joins = !groups_.empty() && groups_.back().flagged == ties.flagged &&
                       holds_normal_rows_alone(groups_.back()) && holds_normal_rows_alone(ties);
    if (joins) {
      groups_.back().negatives += ties.negatives;
    } else {
      groups_.push_back(ties);
    }
  }
  count();
}

void Ranking::count() {
  positives_ = negatives_ = hits_ = false_alarms_ = 0;
  for (const RankedGroup& group : groups_) {
    positives_ += group.positives;
    negatives_ += group.negatives;
    if (group.flagged) {
      hits_ += group.positives;
      false_alarms_ += group.negatives;
    }
  }
}

void Ranking::recount(const std::vector<double>& positives, const std::vector<double>& negatives) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].positives = positives[g];
    groups_[g].negatives = negatives[g];
  }
  count();
}

double Ranking::auroc() const {
  double seen = 0;
  double wins = 0;
  for (const RankedGroup& group : groups_) {
    wins += group.negatives * (seen + group.positives / 2);
    seen += group.positives;
  }
  return ratio(wins, positives_ * negatives_);
}

double Ranking::average_precision() const {
  double sum = 0;
  double hits = 0;
  double ranked = 0;
  for (const RankedGroup& group : groups_) {
    hits += group.positives;
    ranked += group.positives + group.negatives;
    if (group.positives > 0) sum += group.positives * (hits / ranked);
  }
  return ratio(sum, positives_);
}

double Ranking::f1_at_true_count() const {
  double hits = 0;
  double left = positives_;  // rows still to be flagged
  for (const RankedGroup& group : groups_) {
    const double ties = group.positives + group.negatives;
    if (ties >= left) {
      // Of rows of equal score any may be taken: the mean over the choices.
      if (left > 0) hits += group.positives * left / ties;
      break;
    }
    hits += group.positives;
    left -= ties;
  }
  return ratio(hits, positives_);
}

double Ranking::precision() const { return ratio(hits_, hits_ + false_alarms_); }

double Ranking::recall() const { return ratio(hits_, positives_); }

DetectionFigures Ranking::figures() const {
  return {auroc(), average_precision(), f1_at_true_count(), precision(), recall()};
}

}  // namespace hourglass
