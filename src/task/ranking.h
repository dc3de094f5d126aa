#pragma once

#include <vector>

#include "hourglass/detect.h"

namespace hourglass {

/// Neighbours in the order of falling score between which no figure of DetectionFigures tells
/// apart: rows of one score, or normal rows with no anomalous one among them.
struct RankedGroup {
  double positives = 0, negatives = 0;
  bool flagged = false;
};

/// Rows in order of falling score, and what follows from it.
class Ranking {
 public:
  /// `flagged`: one a row, the same for rows of equal score; empty: none is.
  Ranking(const std::vector<double>& scores, const std::vector<bool>& positive,
          const std::vector<std::uint8_t>& flagged = {});

  const std::vector<RankedGroup>& groups() const { return groups_; }
  double positives() const { return positives_; }
  double negatives() const { return negatives_; }

  /// As DetectionQuality says, each NaN where it is undefined.
  double auroc() const;
  double average_precision() const;
  double f1_at_true_count() const;
  double precision() const;
  double recall() const;
  DetectionFigures figures() const;

  /// The same groups with other numbers of rows in them, one a group.
  void recount(const std::vector<double>& positives, const std::vector<double>& negatives);

 private:
  void count();

  std::vector<RankedGroup> groups_;
  double positives_ = 0, negatives_ = 0;  // of all rows
  double hits_ = 0, false_alarms_ = 0;    // of those flagged
};

}  // namespace hourglass
