#include "kernel/peak.h"

#include <algorithm>
#include <chrono>

#include "kernel/kernel_table.h"

namespace hourglass {

double measure_fma_gflops(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // Long enough for the clock's grain, short enough for one of the runs to go undisturbed.
  constexpr double kShortestRun = 2e-4;
  Index count = 1000;
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto begin = Clock::now();
    const double operations = kernels().spin_fma(count);
    const double elapsed = since(begin);
    if (elapsed < kShortestRun) {
      count *= 2;
    } else {
      best = std::max(best, operations / elapsed * 1e-9);
    }
  } while (since(start) < seconds || best == 0);
  return best;
}

}  // namespace hourglass
