#include "kernel/bf16.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#define HOURGLASS_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define HOURGLASS_BF16_INLINE HOURGLASS_BF16 __attribute__((always_inline)) inline

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined lanes of its own intrinsics for a mistake (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Highway 1.0 has no product of pairs, so these kernels are written for the one instruction set
// that has: AVX-512 BF16. Only functions marked above hold its instructions; the rest of the file
// runs anywhere.
namespace hourglass {
namespace {

constexpr Index kPairsOfPanel = kPanelWidth / 2;
// Pairs summed per pass: two panels of them fill half of a first-level cache.
constexpr Index kBlockPairs = 256;
// Rows of the largest tiles of one and of two panels: sums, a row of b and a pair of a must fit 32
// registers.
constexpr int kMostPanels = 2;
constexpr int kMostRows[kMostPanels + 1] = {0, 14, 12};
// And of products over the batch: a stretch of 16 inputs falls into two halves of 8.
constexpr int kOuterPanels = 3;
constexpr int kOuterRows = 8;

HOURGLASS_BF16_INLINE __m512i load_pairs(const Bf16Pair* from) { return _mm512_load_si512(from); }
HOURGLASS_BF16_INLINE __m512 add_product(__m512 sum, Bf16Pair a, __m512i b) {
  return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_epi32(static_cast<int>(a)), (__m512bh)b);
}
HOURGLASS_BF16_INLINE __m256i rounded(const float* from) {
  return (__m256i)_mm512_cvtneps_pbh(_mm512_load_ps(from));
}
/// Element by element, `low` in the lower half and `high` in the upper one.
HOURGLASS_BF16_INLINE __m512i paired(__m256i low, __m256i high) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(low),
                         _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
}
Bf16Pair pair_at(const Bf16* from) {
  Bf16Pair pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}

/// Σ over pairs k of a(r, k) · b(k, c), added to c or to the bias.
struct RowTile {
  const Bf16* a;   // row 0 of the tile, first panel
  Index a_stride;  // from panel to panel
  Range k;         // pairs; begins at a panel's first column
  const Bf16Pair* b;
  Index b_stride;
  float* c;
  Index c_stride;
  bool resume;        // go on with the sums that c holds
  const float* bias;  // what they begin with otherwise; null: zeros
};

template <int R, int P>
HOURGLASS_BF16 void row_tile(const RowTile& tile) {
  __m512 sums[R][P];
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 3
    for (int p = 0; p < P; ++p) {
      const float* c = tile.c + p * tile.c_stride + r * kPanelWidth;
      sums[r][p] = tile.resume ? _mm512_load_ps(c)
                   : tile.bias ? _mm512_loadu_ps(tile.bias + p * kPanelWidth)
                               : _mm512_setzero_ps();
    }
  }
  const Bf16Pair* b = tile.b + tile.k.begin * kPanelWidth;
  for (Index k = tile.k.begin; k < tile.k.end; k += kPairsOfPanel) {
    const Bf16* a = tile.a + k / kPairsOfPanel * tile.a_stride;
    const Bf16* const a_end = a + 2 * std::min(kPairsOfPanel, tile.k.end - k);
    for (; a < a_end; a += 2, b += kPanelWidth) {
      __m512i row[P];
#pragma GCC unroll 3
      for (int p = 0; p < P; ++p) row[p] = load_pairs(b + p * tile.b_stride);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        const Bf16Pair x = pair_at(a + r * kPanelWidth);
#pragma GCC unroll 3
        for (int p = 0; p < P; ++p) sums[r][p] = add_product(sums[r][p], x, row[p]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 3
    for (int p = 0; p < P; ++p) {
      _mm512_store_ps(tile.c + p * tile.c_stride + r * kPanelWidth, sums[r][p]);
    }
  }
}

/// Σ over pairs of rows of a(m, i)ᵀ · b(m, c): eight neighbouring columns of one panel of a.
struct OuterTile {
  const Bf16Pair* a;  // row 0, first column of the tile
  const Bf16Pair* b;  // row 0, first panel
  Index b_stride;
  Index pairs;
  float* c;  // 8 × P panels
  Index c_stride;
};

template <int P>
HOURGLASS_BF16 void outer_tile(const OuterTile& tile) {
  __m512 sums[kOuterRows][P];
#pragma GCC unroll 8
  for (int r = 0; r < kOuterRows; ++r) {
#pragma GCC unroll 3
    for (int p = 0; p < P; ++p) sums[r][p] = _mm512_setzero_ps();
  }
  const Bf16Pair* a = tile.a;
  const Bf16Pair* b = tile.b;
  for (Index m = 0; m < tile.pairs; ++m, a += kPanelWidth, b += kPanelWidth) {
    __m512i row[P];
#pragma GCC unroll 3
    for (int p = 0; p < P; ++p) row[p] = load_pairs(b + p * tile.b_stride);
#pragma GCC unroll 8
    for (int r = 0; r < kOuterRows; ++r) {
#pragma GCC unroll 3
      for (int p = 0; p < P; ++p) sums[r][p] = add_product(sums[r][p], a[r], row[p]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kOuterRows; ++r) {
#pragma GCC unroll 3
    for (int p = 0; p < P; ++p) {
      _mm512_store_ps(tile.c + p * tile.c_stride + r * kPanelWidth, sums[r][p]);
    }
  }
}

using RowTileFunction = void (*)(const RowTile&);
template <int P, int... R>
constexpr std::array<RowTileFunction, sizeof...(R) + 1> row_tiles(
    std::integer_sequence<int, R...>) {
  return {nullptr, row_tile<R + 1, P>...};
}
constexpr auto kNarrowTiles = row_tiles<1>(std::make_integer_sequence<int, kMostRows[1]>());
constexpr auto kWideTiles = row_tiles<2>(std::make_integer_sequence<int, kMostRows[2]>());
constexpr void (*kOuterTiles[kOuterPanels + 1])(const OuterTile&) = {nullptr, outer_tile<1>,
                                                                     outer_tile<2>, outer_tile<3>};

void run_row_tile(const RowTile& tile, Index rows, Index panels) {
  const auto i = static_cast<std::size_t>(rows);
  (panels == 1 ? kNarrowTiles[i] : kWideTiles[i])(tile);
}

/// Rows of `count` cut into the fewest tiles, as equal as can be: rows of tile i of `tiles`.
Range even_part(Index count, Index i, Index tiles) {
  return {count * i / tiles, count * (i + 1) / tiles};
}

HOURGLASS_BF16 void sum_rows(Panels<const float> matrix, Index panel, float* sums) {
  __m512 sum = _mm512_setzero_ps();
  for (Index r = 0; r < matrix.rows; ++r) {
    sum = _mm512_add_ps(sum, _mm512_load_ps(matrix.row(panel, r)));
  }
  _mm512_store_ps(sums, sum);
}

UpdateState<float> advance(const UpdateState<float>& state, Index by) {
  return {state.first ? state.first + by : nullptr, state.second ? state.second + by : nullptr};
}

/// Starts what the optimiser will read on its way to the cache.
void prefetch_state(const Bf16BackwardWeights& work, Index panel, Range inputs) {
  const float* weights = work.weights.row(panel, inputs.begin);
  const UpdateState<float> state = advance(work.weight_state, weights - work.weights.data);
  for (Index i = 0; i < inputs.size() * kPanelWidth; i += kPanelWidth) {
    __builtin_prefetch(weights + i);
    if (state.first) __builtin_prefetch(state.first + i);
    if (state.second) __builtin_prefetch(state.second + i);
  }
}

void backward_bias(const Bf16BackwardWeights& work, Range panels) {
  alignas(64) float sums[kPanelWidth];
  for (Index p = panels.begin; p < panels.end; ++p) {
    sum_rows(work.exact_gradient, p, sums);
    const Index first = p * kPanelWidth;
    if (work.rule) {
      update(*work.rule, work.bias + first, sums, advance(work.bias_state, first), kPanelWidth,
             false);
    } else {
      std::copy_n(sums, kPanelWidth, work.bias_gradient + first);
    }
  }
}

HOURGLASS_BF16 void round_rows(Panels<const float> matrix, Panels<Bf16> rows_form,
                               Panels<Bf16Pair> pairs, Index panel, Range rows) {
  for (Index r = rows.begin; r < rows.end; r += 2) {
    const __m256i low = rounded(matrix.row(panel, r));
    const bool both = r + 1 < matrix.rows;
    const __m256i high = both ? rounded(matrix.row(panel, r + 1)) : _mm256_setzero_si256();
    _mm512_store_si512(pairs.row(panel, r / 2), paired(low, high));
    if (!rows_form) continue;
    _mm256_store_si256(reinterpret_cast<__m256i*>(rows_form.row(panel, r)), low);
    if (both) _mm256_store_si256(reinterpret_cast<__m256i*>(rows_form.row(panel, r + 1)), high);
  }
}

/// A block of 16 × 16 weights, the first at (first_input, panel · 16), into its transpose's pairs.
HOURGLASS_BF16 void round_transposed(Panels<const float> weights, Panels<Bf16Pair> transposed,
                                     Index panel, Range inputs) {
  alignas(64) Bf16Pair block[kPanelWidth][kPairsOfPanel] = {};
  for (Index i = inputs.begin; i < inputs.end; ++i) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(block[i - inputs.begin]),
                       rounded(weights.row(panel, i)));
  }
  const __m512i rows =
      _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32(kPairsOfPanel));
  const Index first = panel * kPairsOfPanel;
  const Index count = std::min(kPairsOfPanel, transposed.rows - first);
  for (Index k = 0; k < count; ++k) {
    _mm512_store_si512(transposed.row(inputs.begin / kPanelWidth, first + k),
                       _mm512_i32gather_epi32(rows, &block[0][k], sizeof(Bf16Pair)));
  }
}

}  // namespace

std::string bf16_misfit() {
  return __builtin_cpu_supports("avx512bf16") ? "" : "this processor has no AVX-512 BF16";
}

void to_bf16(Panels<const float> matrix, Panels<Bf16> rows_form, Panels<Bf16Pair> pairs,
             Range rows) {
  for (Index p = 0; p < matrix.panels(); ++p) round_rows(matrix, rows_form, pairs, p, rows);
}

void bf16_product(const Bf16Product& product, Range rows) {
  if (rows.empty()) return;
  const Index depth = product.b.rows;
  const Index panels = product.b.panels();
  for (Index k = 0; k < depth;) {
    const Range range{k, depth - k <= kBlockPairs + kBlockPairs / 2 ? depth : k + kBlockPairs};
    for (Index p = 0; p < panels; p += kMostPanels) {
      const Index wide = std::min<Index>(kMostPanels, panels - p);
      const Index most = kMostRows[wide];
      const Index tiles = (rows.size() + most - 1) / most;
      for (Index i = 0; i < tiles; ++i) {
        const Range part = even_part(rows.size(), i, tiles);
        const Index r = rows.begin + part.begin;
        run_row_tile(
            {product.a.row(0, r), product.a.stride, range, product.b.panel(p), product.b.stride,
             product.c.row(p, r), product.c.stride, product.accumulate || k > 0,
             product.bias ? product.bias + p * kPanelWidth : nullptr},
            part.size(), wide);
      }
    }
    k = range.end;
  }
}

void bf16_backward_weights(const Bf16BackwardWeights& work, Range inputs, Range output_panels) {
  if (inputs.empty() || output_panels.empty()) return;
  if (inputs.begin == 0 && (work.rule ? work.bias != nullptr : work.bias_gradient != nullptr)) {
    backward_bias(work, output_panels);
  }
  constexpr Index kStretch = kPanelWidth * kPanelWidth;
  alignas(64) float gradient[kOuterPanels * kStretch];
  for (Index p = output_panels.begin; p < output_panels.end; p += kOuterPanels) {
    const Index wide = std::min<Index>(kOuterPanels, output_panels.end - p);
    for (Index i = inputs.begin; i < inputs.end; i += kPanelWidth) {
      const Range rows{i, std::min(inputs.end, i + kPanelWidth)};
      for (Index q = 0; work.rule && q < wide; ++q) prefetch_state(work, p + q, rows);
      for (Index half = 0; half < kPanelWidth; half += kOuterRows) {
        kOuterTiles[wide]({work.input.panel(i / kPanelWidth) + half, work.output_gradient.panel(p),
                           work.output_gradient.stride, work.input.rows,
                           gradient + half * kPanelWidth, kStretch});
      }
      for (Index q = 0; q < wide; ++q) {
        const float* tile = gradient + q * kStretch;
        const Index size = rows.size() * kPanelWidth;
        if (!work.rule) {
          std::copy_n(tile, size, work.weight_gradient.row(p + q, i));
          continue;
        }
        float* weights = work.weights.row(p + q, i);
        update(*work.rule, weights, tile, advance(work.weight_state, weights - work.weights.data),
               size, true);
        weights_to_bf16(work.weights, work.weight_pairs, work.transposed_pairs, p + q, rows);
      }
    }
  }
}

void weights_to_bf16(Panels<const float> weights, Panels<Bf16Pair> pairs,
                     Panels<Bf16Pair> transposed, Index panel, Range inputs) {
  round_rows(weights, {}, pairs, panel, inputs);
  for (Index i = inputs.begin; i < inputs.end; i += kPanelWidth) {
    round_transposed(weights, transposed, panel, {i, std::min(inputs.end, i + kPanelWidth)});
  }
}

}  // namespace hourglass

#else

#include "base/error.h"

namespace hourglass {

std::string bf16_misfit() { return "this processor has no AVX-512 BF16"; }

void to_bf16(Panels<const float>, Panels<Bf16>, Panels<Bf16Pair>, Range) { HOURGLASS_CHECK(false); }
void bf16_product(const Bf16Product&, Range) { HOURGLASS_CHECK(false); }
void bf16_backward_weights(const Bf16BackwardWeights&, Range, Range) { HOURGLASS_CHECK(false); }
void weights_to_bf16(Panels<const float>, Panels<Bf16Pair>, Panels<Bf16Pair>, Index, Range) {
  HOURGLASS_CHECK(false);
}

}  // namespace hourglass
#endif
