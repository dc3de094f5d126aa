// The fast float kernels. Highway compiles this file once for each processor target named below;
// which one runs is decided in dispatch.cpp.
#include "kernel/simd.h"

// The targets between those that matter would only cost compile time. SSE2 must stay because it is
// what every x86-64 program may assume, but nothing is built for it: the reference serves there.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernel/simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SSE2 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
#include "kernel/simd_dense-inl.h"
#include "kernel/simd_loss-inl.h"
#include "kernel/simd_noise-inl.h"
#include "kernel/simd_row_scaling-inl.h"
#include "kernel/simd_winograd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

constexpr KernelTable kTable = {dense_forward,
                                dense_backward_data,
                                dense_backward_weights,
                                transpose_panels,
                                activation_forward,
                                activation_backward,
                                to_panels,
                                from_panels,
                                loss_and_gradient,
                                update,
                                winograd_transform,
                                fill_uniform,
                                fill_normal,
                                scale_to_panels,
                                unscale_from_panels,
                                weighted_square_sums,
                                spin_fma,
                                {product_rows(kProductPanels), kPanelWidth, kMostPanels}};

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace hourglass {

std::vector<SimdKernels> simd_kernels() {
  std::vector<SimdKernels> kernels;
  [[maybe_unused]] const auto add = [&kernels](const char* target, std::int64_t bit,
                                               const KernelTable& table) {
    const bool runs = (hwy::SupportedTargets() & bit) != 0;
    kernels.push_back({std::string("simd ") + target,
                       runs ? "" : std::string("this processor has no ") + target, &table});
  };
#if HWY_TARGETS & HWY_AVX3
  add("AVX-512", HWY_AVX3, N_AVX3::kTable);
#endif
#if HWY_TARGETS & HWY_AVX2
  add("AVX2", HWY_AVX2, N_AVX2::kTable);
#endif
#if HWY_TARGETS & HWY_SSE4
  add("SSE4", HWY_SSE4, N_SSE4::kTable);
#endif
#if HWY_TARGETS & HWY_NEON
  add("NEON", HWY_NEON, N_NEON::kTable);
#endif
  return kernels;
}

}  // namespace hourglass
#endif
