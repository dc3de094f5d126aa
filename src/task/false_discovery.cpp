#include "task/false_discovery.h"

#include <algorithm>
#include <iterator>

namespace hourglass {

double largest_discovery(const std::vector<double>& p_values, double rate) {
  // p-values and bounds are quotients: where they should be equal, rounding does not decide.
  constexpr double kRounding = 1 + 1e-12;
  std::vector<double> sorted;  // of those there is a bound for: usually few
  std::copy_if(p_values.begin(), p_values.end(), std::back_inserter(sorted),
               [&](double p) { return p <= rate * kRounding; });
  std::sort(sorted.begin(), sorted.end());
  const auto rows = static_cast<double>(p_values.size());
  for (std::size_t k = sorted.size(); k > 0; --k) {
    if (sorted[k - 1] <= static_cast<double>(k) * rate / rows * kRounding) return sorted[k - 1];
  }
  return -1;
}

}  // namespace hourglass
