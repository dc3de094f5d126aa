#pragma once

#include <vector>

namespace hourglass {

/// The largest p-value that Benjamini and Hochberg (1995) call a discovery at false discovery rate
/// `rate`: the largest p₍ₖ₎ ≤ k · rate / n of the n sorted p-values; every p-value up to it is one.
/// Below 0 if none is. With conformal p-values of rows that share one set of calibration rows the
/// expected share of false discoveries is at most `rate` (Bates et al. 2023, theorem 2).
double largest_discovery(const std::vector<double>& p_values, double rate);

}  // namespace hourglass
