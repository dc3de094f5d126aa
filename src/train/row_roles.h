#pragma once

#include <cstdint>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// Which rows serve what: what is learned comes from training rows alone, validation rows decide
/// when to stop, calibration rows are touched by neither. Each list is sorted; no row is in two.
struct RowRoles {
  std::vector<Index> training;
  std::vector<Index> validation;
  std::vector<Index> calibration;
  /// Parts of `training` of which each member of an ensemble does without one, member i without
  /// folds[i mod their number]: rows that it can be judged by. Empty: all learn from all.
  std::vector<std::vector<Index>> folds;
  /// Whether a member's own fold decides when it stops, as validation rows do elsewhere.
  bool folds_validate = false;
};

/// A shuffled split of `rows`, a function of the seed alone. The shares are of all rows, rounded;
/// as many rows as needed stay with training so that it keeps at least one, and a part that would
/// be empty though asked for gets one row where there are at least two. `most_calibration` caps the
/// last list.
RowRoles assign_roles(const std::vector<Index>& rows, double validation_share,
                      double calibration_share, Index most_calibration, std::uint64_t seed);

/// 0 … n − 1.
std::vector<Index> all_rows(Index n);

/// At most `most` of `rows`, evenly spaced.
std::vector<Index> evenly_spaced(const std::vector<Index>& rows, Index most);

/// At most `most` of `rows`, drawn by the seed; sorted as they are.
std::vector<Index> some_of(const std::vector<Index>& rows, Index most, std::uint64_t seed);

/// Deals `rows` into `folds` lists of equal size (± 1), shuffled by the seed; each sorted.
std::vector<std::vector<Index>> deal_folds(const std::vector<Index>& rows, Index folds,
                                           std::uint64_t seed);

/// The elements of `rows` that are not in `left_out`; both sorted.
std::vector<Index> without(const std::vector<Index>& rows, const std::vector<Index>& left_out);

}  // namespace hourglass
