#include "kernel/peak.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "kernel/kernel_table.h"

namespace hourglass {
namespace {

// The best rate of several runs of `spin`, which takes a number of rounds and gives the operations
// they took.
template <class Spin>
double best_gflops(double seconds, const Spin& spin) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // Long enough for the clock's grain and for threads to wake, short enough for one of the runs to
  // go undisturbed.
  constexpr double kShortestRun = 1e-3;
  Index rounds = 1000;
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto begin = Clock::now();
    const double operations = spin(rounds);
    const double elapsed = since(begin);
    if (elapsed < kShortestRun) {
      rounds *= 2;
    } else {
      best = std::max(best, operations / elapsed * 1e-9);
    }
  } while (since(start) < seconds || best == 0);
  return best;
}

}  // namespace

double measure_fma_gflops(double seconds) {
  return best_gflops(seconds, [](Index rounds) { return kernels().spin_fma(rounds); });
}

double measure_fma_gflops(double seconds, ThreadPool& pool) {
  return best_gflops(seconds, [&](Index rounds) {
    std::vector<double> operations(static_cast<std::size_t>(pool.size()));
    pool.run([&](int worker) {
      operations[static_cast<std::size_t>(worker)] = kernels().spin_fma(rounds);
    });
    return std::accumulate(operations.begin(), operations.end(), 0.0);
  });
}

}  // namespace hourglass
