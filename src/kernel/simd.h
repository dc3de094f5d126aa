#pragma once

#include <string>
#include <vector>

#include "kernel/kernel_table.h"

namespace hourglass {

/// The fast kernels as compiled for one processor target.
struct SimdKernels {
  std::string name;      ///< "simd AVX-512"
  std::string declines;  ///< what this processor lacks; empty if it can run them
  const KernelTable* table;
};

/// Fastest first.
std::vector<SimdKernels> simd_kernels();

}  // namespace hourglass
