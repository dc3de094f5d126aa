// Moving numbers between layouts.
#if defined(HOURGLASS_KERNEL_SIMD_LAYOUT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_LAYOUT_INL_H_
#undef HOURGLASS_KERNEL_SIMD_LAYOUT_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_LAYOUT_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "kernel/simd_common-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

using Quad = hn::CappedTag<float, 4>;

/// The four columns from `column` of rows first, first + 4, …: as many quads as a vector holds.
template <class D>
HWY_INLINE hn::Vec<D> load_quads(D d, const float* first) {
  constexpr size_t kSize = hn::MaxLanes(D());
  if constexpr (kSize <= 4) {
    return hn::LoadU(d, first);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_quads(half, first + kSize / 2 * kPanelWidth),
                       load_quads(half, first));
  }
}

/// to[c · 16 + r] = from[r · 16 + c] for 16 × 16 numbers, of which the first `columns` columns are
/// written.
HWY_INLINE void transpose_block(const float* from, float* to, Index columns) {
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  for (Index column = 0; column < columns; column += 4) {
    for (Index row = 0; row < kPanelWidth; row += kLanes) {
      const float* block = from + row * kPanelWidth + column;
      // Lane group g of vector j holds row 4g + j; transposing each 4 × 4 group gives whole rows.
      const Vector a = load_quads(d, block);
      const Vector b = load_quads(d, block + kPanelWidth);
      const Vector c = load_quads(d, block + 2 * kPanelWidth);
      const Vector e = load_quads(d, block + 3 * kPanelWidth);
      const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(d, a, b));
      const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
      const auto ce_low = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
      const auto ce_high = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
      float* out = to + column * kPanelWidth + row;
      const Index left = columns - column;
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_low, ce_low)), d, out);
      if (left > 1) {
        hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_low, ce_low)), d, out + kPanelWidth);
      }
      if (left > 2) {
        hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_high, ce_high)), d,
                  out + 2 * kPanelWidth);
      }
      if (left > 3) {
        hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_high, ce_high)), d,
                  out + 3 * kPanelWidth);
      }
    }
  }
}

/// Writes rows [rows.begin, rows.end) of panel p of `matrix`, all in one stretch of 16, into
/// `transposed`.
HWY_INLINE void transpose_rows(Panels<const float> matrix, Panels<float> transposed, Index p,
                               Range rows) {
  const Index columns = std::min(kPanelWidth, matrix.cols - p * kPanelWidth);
  const Index block = rows.begin / kPanelWidth;
  float* to = transposed.row(block, p * kPanelWidth);
  if (rows.begin == block * kPanelWidth && rows.size() == kPanelWidth) {
    transpose_block(matrix.row(p, rows.begin), to, columns);
  } else if (rows.begin == block * kPanelWidth && rows.end == matrix.rows) {
    // The last rows, filled up with the zeros that the transposed matrix has as padding.
    HWY_ALIGN float copy[kPanelWidth * kPanelWidth] = {};
    std::memcpy(copy, matrix.row(p, rows.begin),
                static_cast<size_t>(rows.size() * kPanelWidth) * sizeof(float));
    transpose_block(copy, to, columns);
  } else {
    for (Index r = rows.begin; r < rows.end; ++r) {
      for (Index c = 0; c < columns; ++c) {
        to[c * kPanelWidth + r % kPanelWidth] = matrix.row(p, r)[c];
      }
    }
  }
}

void transpose_panels(Panels<const float> matrix, Panels<float> transposed, Range panels) {
  for (Index p = panels.begin; p < panels.end; ++p) {
    for (Index r = 0; r < matrix.rows; r += kPanelWidth) {
      transpose_rows(matrix, transposed, p, {r, std::min(matrix.rows, r + kPanelWidth)});
    }
  }
}

void to_panels(const float* row_major, Index row_stride, Panels<float> panels, Range rows) {
  const Index whole = panels.cols / kPanelWidth;
  const auto rest = static_cast<size_t>(panels.cols - whole * kPanelWidth);
  for (Index r = rows.begin; r < rows.end; ++r) {
    const float* from = row_major + r * row_stride;
    for (Index p = 0; p < whole; ++p) {
      std::memcpy(panels.row(p, r), from + p * kPanelWidth, kPanelWidth * sizeof(float));
    }
    if (rest > 0) {
      std::memset(panels.row(whole, r), 0, kPanelWidth * sizeof(float));
      std::memcpy(panels.row(whole, r), from + whole * kPanelWidth, rest * sizeof(float));
    }
  }
}

void from_panels(Panels<const float> panels, float* row_major, Index row_stride, Range rows) {
  const Index whole = panels.cols / kPanelWidth;
  const auto rest = static_cast<size_t>(panels.cols - whole * kPanelWidth);
  for (Index r = rows.begin; r < rows.end; ++r) {
    float* to = row_major + r * row_stride;
    for (Index p = 0; p < whole; ++p) {
      std::memcpy(to + p * kPanelWidth, panels.row(p, r), kPanelWidth * sizeof(float));
    }
    if (rest > 0) {
      std::memcpy(to + whole * kPanelWidth, panels.row(whole, r), rest * sizeof(float));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
