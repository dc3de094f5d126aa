// The register tiles of the matrix products: R rows × P panels of the result are held in registers
// while the sum runs, each element one chain of multiply-adds in ascending order.
#if defined(HOURGLASS_KERNEL_SIMD_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_PRODUCT_INL_H_
#undef HOURGLASS_KERNEL_SIMD_PRODUCT_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_PRODUCT_INL_H_
#endif

#include <algorithm>

#include "kernel/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

/// Rows of the largest tiles that keep sums, a row of b and a broadcast of a in the registers there
/// are: 32 of AVX-512, 16 elsewhere. Index: panels in the tile.
constexpr bool kManyRegisters = kPanelVectors == 1;
constexpr int kMostPanels = kManyRegisters ? 3 : 1;
constexpr int kProductPanels = kManyRegisters ? 2 : 1;
constexpr int kNarrowRows = kManyRegisters ? 14 : kPanelVectors == 2 ? 6 : 2;
constexpr int product_rows(int panels) { return panels == 1 ? kNarrowRows : 12; }
constexpr int kOuterNarrowRows = kManyRegisters ? 16 : kNarrowRows;
constexpr int outer_rows(int panels) { return panels == 1 ? kOuterNarrowRows : 8; }

/// What is done to a tile of sums before it is stored.
enum class Finish {
  kNone,
  kAdd,             ///< + extra, a matrix like the result
  kBias,            ///< + extra, one row
  kBiasRelu,        ///< max(· + extra, 0)
  kReluDerivative,  ///< 0 where extra, a matrix like the result, is not above 0
};

/// Σ over k of a(r, k) · b(k, c).
struct ProductTile {
  const float* a;  ///< row 0 of the tile, panel of k = 0
  Index a_stride;  ///< from panel to panel
  Range k;         ///< begins at a panel's first column
  const float* b;  ///< row 0, first panel of the tile
  Index b_stride;
  float* c;
  Index c_stride;
  bool resume;  ///< go on with the sums that c holds
  Finish finish;
  const float* extra;
  Index extra_stride;
};

template <int R, int P>
HWY_INLINE void finish_tile(const ProductTile& tile, Vector (&sums)[R * P * kPanelVectors]) {
  const Floats d;
  constexpr int kVectors = P * kPanelVectors;
  // Vector i of a row lies in panel i / kPanelVectors.
  const auto place = [](int r, int i, Index stride) {
    return i / kPanelVectors * stride + r * kPanelWidth + i % kPanelVectors * kLanes;
  };
  switch (tile.finish) {
    case Finish::kNone:
      break;
    case Finish::kAdd:
      unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
        sums[i] =
            hn::Add(hn::Load(d, tile.extra + place(i / kVectors, i % kVectors, tile.extra_stride)),
                    sums[i]);
      });
      break;
    case Finish::kBias:
      unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
        sums[i] = hn::Add(sums[i], hn::LoadU(d, tile.extra + i % kVectors * kLanes));
      });
      break;
    case Finish::kBiasRelu:
      unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
        sums[i] = positive_part(hn::Add(sums[i], hn::LoadU(d, tile.extra + i % kVectors * kLanes)));
      });
      break;
    case Finish::kReluDerivative:
      unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
        const Vector h =
            hn::Load(d, tile.extra + place(i / kVectors, i % kVectors, tile.extra_stride));
        sums[i] = hn::IfThenElseZero(hn::Gt(h, hn::Zero(d)), sums[i]);
      });
      break;
  }
  unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
    hn::Store(sums[i], d, tile.c + place(i / kVectors, i % kVectors, tile.c_stride));
  });
}

template <int R, int P>
void product_tile(const ProductTile& tile) {
  const Floats d;
  constexpr int kVectors = P * kPanelVectors;
  Vector sums[R * kVectors];
  if (tile.resume) {
    unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
      constexpr int kRow = i / kVectors, kVector = i % kVectors;
      sums[i] = hn::Load(d, tile.c + kVector / kPanelVectors * tile.c_stride + kRow * kPanelWidth +
                                kVector % kPanelVectors * kLanes);
    });
  } else {
    unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) { sums[i] = hn::Zero(d); });
  }
  const float* b = tile.b + tile.k.begin * kPanelWidth;
  for (Index k = tile.k.begin; k < tile.k.end; k += kPanelWidth) {
    const float* a = tile.a + k / kPanelWidth * tile.a_stride;
    const float* const a_end = a + std::min(kPanelWidth, tile.k.end - k);
    for (; a < a_end; ++a, b += kPanelWidth) {
      Vector row[kVectors];
      unrolled<kVectors>(HOURGLASS_UNROLLED(i) {
        row[i] = hn::Load(d, b + i / kPanelVectors * tile.b_stride + i % kPanelVectors * kLanes);
      });
      unrolled<R>(HOURGLASS_UNROLLED(r) {
        const Vector x = hn::Set(d, a[r * kPanelWidth]);
        unrolled<kVectors>(HOURGLASS_UNROLLED(i) {
          sums[r * kVectors + i] = hn::MulAdd(x, row[i], sums[r * kVectors + i]);
        });
      });
    }
  }
  finish_tile<R, P>(tile, sums);
}

/// Σ over rows m of a(m, i)ᵀ · b(m, c): R neighbouring columns i of one panel of a.
struct OuterTile {
  const float* a;  ///< row 0, first column of the tile
  const float* b;  ///< row 0, first panel
  Index b_stride;
  Index rows;
  float* c;  ///< R × P panels
  Index c_stride;
};

template <int R, int P>
void outer_tile(const OuterTile& tile) {
  const Floats d;
  constexpr int kVectors = P * kPanelVectors;
  Vector sums[R * kVectors];
  unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) { sums[i] = hn::Zero(d); });
  const float* a = tile.a;
  const float* b = tile.b;
  for (Index m = 0; m < tile.rows; ++m, a += kPanelWidth, b += kPanelWidth) {
    Vector row[kVectors];
    unrolled<kVectors>(HOURGLASS_UNROLLED(i) {
      row[i] = hn::Load(d, b + i / kPanelVectors * tile.b_stride + i % kPanelVectors * kLanes);
    });
    unrolled<R>(HOURGLASS_UNROLLED(r) {
      const Vector x = hn::Set(d, a[r]);
      unrolled<kVectors>(HOURGLASS_UNROLLED(i) {
        sums[r * kVectors + i] = hn::MulAdd(x, row[i], sums[r * kVectors + i]);
      });
    });
  }
  unrolled<R * kVectors>(HOURGLASS_UNROLLED(i) {
    constexpr int kRow = i / kVectors, kVector = i % kVectors;
    hn::Store(sums[i], d,
              tile.c + kVector / kPanelVectors * tile.c_stride + kRow * kPanelWidth +
                  kVector % kPanelVectors * kLanes);
  });
}

/// Tile functions by panels and rows.
template <class Tile>
using TileFunction = void (*)(const Tile&);
template <class Tile>
struct TileTable {
  TileFunction<Tile> by_rows[kMostPanels + 1][17] = {};
};
template <int P>
constexpr void add_product_tiles(TileTable<ProductTile>& table) {
  [&]<int... R>(std::integer_sequence<int, R...>) {
    ((table.by_rows[P][R + 1] = product_tile<R + 1, P>), ...);
  }
  (std::make_integer_sequence<int, product_rows(P)>());
}
template <int P>
constexpr void add_outer_tiles(TileTable<OuterTile>& table) {
  [&]<int... R>(std::integer_sequence<int, R...>) {
    ((table.by_rows[P][R + 1] = outer_tile<R + 1, P>), ...);
  }
  (std::make_integer_sequence<int, outer_rows(P)>());
}
constexpr TileTable<ProductTile> product_tiles() {
  TileTable<ProductTile> table;
  add_product_tiles<1>(table);
  if constexpr (kProductPanels >= 2) add_product_tiles<2>(table);
  return table;
}
constexpr TileTable<OuterTile> outer_tiles() {
  TileTable<OuterTile> table;
  add_outer_tiles<1>(table);
  if constexpr (kMostPanels >= 3) {
    add_outer_tiles<2>(table);
    add_outer_tiles<3>(table);
  }
  return table;
}
constexpr TileTable<ProductTile> kProductTiles = product_tiles();
constexpr TileTable<OuterTile> kOuterTiles = outer_tiles();

/// `count` things cut into the fewest parts of at most `most`, as equal as can be.
struct EvenParts {
  HWY_INLINE EvenParts(Index count, Index most) {
    parts = (count + most - 1) / most;
    size = parts > 0 ? count / parts : 0;
    larger = count - parts * size;
  }
  /// Calls f(first, size) for each part.
  template <class F>
  HWY_INLINE void each(F&& f) const {
    for (Index i = 0, begin = 0; i < parts; ++i) {
      const Index count = size + (i < larger ? 1 : 0);
      f(begin, count);
      begin += count;
    }
  }
  Index parts, size;
  Index larger;  ///< this many parts, the first ones, hold one more than `size`
};

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
