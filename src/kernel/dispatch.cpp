#include "kernel/dispatch.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include <atomic>
#include <cmath>

#include "kernel/kernel_table.h"
#include "kernel/reference.h"
#include "kernel/simd.h"

namespace hourglass {
namespace {

double reference_spin_fma(Index count) {
  const volatile float source = 0.5f;  // so that the compiler cannot foresee the result
  const float x = source;
  float a = x, b = x, c = x, d = x;
  for (Index i = 0; i < count; ++i) {
    a = std::fma(a, x, x);
    b = std::fma(b, x, x);
    c = std::fma(c, x, x);
    d = std::fma(d, x, x);
  }
  const volatile float sink = a + b + c + d;
  static_cast<void>(sink);
  return 8.0 * static_cast<double>(count);
}

constexpr KernelTable kReference = {reference::dense_forward<float>,
                                    reference::dense_backward_data<float>,
                                    reference::dense_backward_weights<float>,
                                    reference::transpose_panels<float>,
                                    reference::activation_forward<float>,
                                    reference::activation_backward<float>,
                                    reference::to_panels<float>,
                                    reference::from_panels<float>,
                                    reference::loss_and_gradient<float>,
                                    reference::update<float>,
                                    reference::winograd_transform<float>,
                                    reference::fill_uniform,
                                    reference::fill_normal,
                                    reference::scale_to_panels,
                                    reference::unscale_from_panels,
                                    reference::weighted_square_sums,
                                    reference_spin_fma,
                                    {16, 16, 1}};

struct Implementation {
  std::string name;
  std::string declines;
  const KernelTable* table;
};

std::vector<Implementation> candidates() {
  std::vector<Implementation> list;
  for (const SimdKernels& simd : simd_kernels()) {
    list.push_back({simd.name, simd.declines, simd.table});
  }
  list.push_back({"reference", "", &kReference});
  return list;
}

const std::vector<Implementation>& all() {
  static const std::vector<Implementation> list = candidates();
  return list;
}

const Implementation& best() {
  for (const Implementation& candidate : all()) {
    if (candidate.declines.empty()) return candidate;
  }
  return all().back();
}

std::atomic<const Implementation*> chosen{nullptr};

const Implementation& in_use() {
  const Implementation* found = chosen.load(std::memory_order_acquire);
  if (!found) {
    found = &best();
    chosen.store(found, std::memory_order_release);
  }
  return *found;
}

}  // namespace

const KernelTable& kernels() { return *in_use().table; }

std::vector<ImplementationReport> implementations() {
  std::vector<ImplementationReport> reports;
  for (const Implementation& candidate : all()) {
    std::string declines = candidate.declines;
    if (declines.empty() && &candidate != &in_use()) {
      declines = in_use().name + " is preferred";
    }
    reports.push_back({candidate.name, declines});
  }
  return reports;
}

std::string implementation_name() { return in_use().name; }

bool force_implementation(const std::string& name) {
  if (name.empty()) {
    chosen.store(&best(), std::memory_order_release);
    return true;
  }
  for (const Implementation& candidate : all()) {
    if (candidate.name == name && candidate.declines.empty()) {
      chosen.store(&candidate, std::memory_order_release);
      return true;
    }
  }
  return false;
}

#if defined(__SSE2__)
namespace {
constexpr unsigned kFlushToZero = 0x8000;
constexpr unsigned kDenormalsAreZero = 0x0040;
}  // namespace
FlushDenormals::FlushDenormals() : previous_(_mm_getcsr()) {
  _mm_setcsr(previous_ | kFlushToZero | kDenormalsAreZero);
}
FlushDenormals::~FlushDenormals() { _mm_setcsr(previous_); }
#else
FlushDenormals::FlushDenormals() : previous_(0) {}
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace hourglass
