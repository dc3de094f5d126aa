#include "data/donors.h"

#include <algorithm>

namespace hourglass {

double donated(const ColumnDonors& donors, double expected, Index nearest, double share) {
  const std::vector<double>& all = donors.expected;
  const Index count = std::min<Index>(nearest, std::ssize(all));
  Index begin = std::ranges::lower_bound(all, expected) - all.begin();
  Index end = begin;
  while (end - begin < count) {
    const bool below = begin > 0 && (end == std::ssize(all) ||
                                     expected - all[static_cast<std::size_t>(begin - 1)] <=
                                         all[static_cast<std::size_t>(end)] - expected);
    below ? --begin : ++end;
  }
  const auto which = begin + static_cast<Index>(share * static_cast<double>(count));
  return donors.values[static_cast<std::size_t>(std::min(which, end - 1))];
}

}  // namespace hourglass
