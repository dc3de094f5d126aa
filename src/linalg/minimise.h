#pragma once

#include <functional>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// A smooth function of `at`: returns its value and fills in its gradient (as long as `at`).
using SmoothFunction =
    std::function<double(const std::vector<double>& at, std::vector<double>& gradient)>;

struct MinimiseOptions {
  Index most_iterations = 500;
  double tolerance = 1e-5;  ///< stops once no element of the gradient is larger
  Index memory = 10;        ///< pairs of steps the curvature is learned from
};

/// Moves `at` to a minimum by L-BFGS (Liu & Nocedal 1989), each step satisfying the weak Wolfe
/// conditions by bisection. Ends early where rounding allows no further descent. Returns the value
/// reached. Deterministic if the function is.
double minimise(const SmoothFunction& function, std::vector<double>& at,
                const MinimiseOptions& options = {});

}  // namespace hourglass
