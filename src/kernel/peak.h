#pragma once

namespace hourglass {

/// The rate of float multiply-adds that the implementation in use reaches on this core from
/// registers alone, in GFLOP/s (a multiply-add is two operations): what kernels are measured
/// against. The best of several runs that together take about `seconds`.
double measure_fma_gflops(double seconds);

}  // namespace hourglass
