#pragma once

#include "base/thread_pool.h"

namespace hourglass {

/// The rate of float multiply-adds that the implementation in use reaches on this core from
/// registers alone, in GFLOP/s (a multiply-add is two operations): what kernels are measured
/// against. The best of several runs that together take about `seconds`.
double measure_fma_gflops(double seconds);
/// The same of all the pool's threads at once, their rates added: less than as many times that of
/// one where they share a core's units, its power or its clock with each other.
double measure_fma_gflops(double seconds, ThreadPool& pool);

}  // namespace hourglass
