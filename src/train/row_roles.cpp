#include "train/row_roles.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "base/random.h"

namespace hourglass {
namespace {

Index share_of_rows(double share, Index rows) {
  if (share <= 0 || rows < 2) return 0;
  return std::clamp<Index>(std::llround(share * static_cast<double>(rows)), 1, rows - 1);
}

std::vector<Index> pick(const std::vector<Index>& rows, const std::vector<Index>& order,
                        Range positions) {
  std::vector<Index> picked;
  picked.reserve(static_cast<std::size_t>(positions.size()));
  for (Index i = positions.begin; i < positions.end; ++i) {
    picked.push_back(rows[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
  }
  std::sort(picked.begin(), picked.end());
  return picked;
}

}  // namespace

RowRoles assign_roles(const std::vector<Index>& rows, double validation_share,
                      double calibration_share, Index most_calibration, std::uint64_t seed) {
  const auto n = static_cast<Index>(rows.size());
  const Index validation = share_of_rows(validation_share, n);
  const Index calibration =
      std::min(share_of_rows(calibration_share, n - validation), most_calibration);
  const auto order = random_permutation(n, RandomStream(seed, RandomPurpose::kSplit));
  RowRoles roles;
  roles.validation = pick(rows, order, {0, validation});
  roles.calibration = pick(rows, order, {validation, validation + calibration});
  roles.training = pick(rows, order, {validation + calibration, n});
  return roles;
}

std::vector<Index> all_rows(Index n) {
  std::vector<Index> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

std::vector<Index> evenly_spaced(const std::vector<Index>& rows, Index most) {
  const auto n = static_cast<Index>(rows.size());
  if (n <= most) return rows;
  std::vector<Index> picked;
  picked.reserve(static_cast<std::size_t>(most));
  for (Index i = 0; i < most; ++i) picked.push_back(rows[static_cast<std::size_t>(i * n / most)]);
  return picked;
}

std::vector<Index> some_of(const std::vector<Index>& rows, Index most, std::uint64_t seed) {
  const auto n = static_cast<Index>(rows.size());
  if (n <= most) return rows;
  return pick(rows, random_permutation(n, RandomStream(seed, RandomPurpose::kSplit)), {0, most});
}

std::vector<std::vector<Index>> deal_folds(const std::vector<Index>& rows, Index folds,
                                           std::uint64_t seed) {
  const auto n = static_cast<Index>(rows.size());
  const auto order = random_permutation(n, RandomStream(seed, RandomPurpose::kFold));
  std::vector<std::vector<Index>> dealt;
  for (Index fold = 0; fold < folds; ++fold) {
    dealt.push_back(pick(rows, order, {n * fold / folds, n * (fold + 1) / folds}));
  }
  return dealt;
}

std::vector<Index> without(const std::vector<Index>& rows, const std::vector<Index>& left_out) {
  std::vector<Index> rest;
  std::set_difference(rows.begin(), rows.end(), left_out.begin(), left_out.end(),
                      std::back_inserter(rest));
  return rest;
}

}  // namespace hourglass
