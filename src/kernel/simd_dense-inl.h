// The three products of a dense layer: loops over tiles, and what follows each tile.
#if defined(HOURGLASS_KERNEL_SIMD_DENSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_DENSE_INL_H_
#undef HOURGLASS_KERNEL_SIMD_DENSE_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_DENSE_INL_H_
#endif

#include <hwy/cache_control.h>

#include "kernel/dense.h"
#include "kernel/simd_activation-inl.h"
#include "kernel/simd_layout-inl.h"
#include "kernel/simd_product-inl.h"
#include "kernel/simd_update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

/// Summands per pass: with two panels of b this many rows fill half of a 48 KB first-level cache.
constexpr Index kBlock = 256;

/// What both products by rows share: c = a·b for a range of rows, and after the last block of k
/// `after(panel, first row, rows)` for each panel of each tile.
struct RowProduct {
  Panels<const float> a;
  Panels<const float> b;
  Panels<float> c;
  bool one_block;  ///< no partial sums may be kept in c
  Finish finish;
  const float* extra;  ///< as in ProductTile, for panel 0 and row 0
  Index extra_stride;  ///< from panel to panel
  bool extra_has_rows;
};

template <class After>
HWY_INLINE void run_row_product(const RowProduct& product, Range rows, const After& after) {
  const Index depth = product.a.cols;
  const Index block = product.one_block || depth <= kBlock + kBlock / 2 ? depth : kBlock;
  const EvenParts panel_parts(product.b.panels(), kProductPanels);
  const EvenParts row_parts[] = {{rows.size(), product_rows(1)}, {rows.size(), product_rows(2)}};
  Index k = 0;
  do {
    const Range range = {k, depth - k <= block + block / 2 ? depth : k + block};
    const bool last = range.end == depth;
    panel_parts.each([&](Index p, Index panels) {
      const auto& tiles = kProductTiles.by_rows[panels];
      row_parts[panels - 1].each([&](Index at, Index count) {
        const Index r = rows.begin + at;
        const Index extra =
            p * product.extra_stride + (product.extra_has_rows ? r * kPanelWidth : 0);
        tiles[count](ProductTile{
            product.a.row(0, r), product.a.stride, range, product.b.panel(p), product.b.stride,
            product.c.row(p, r), product.c.stride, k > 0, last ? product.finish : Finish::kNone,
            product.extra ? product.extra + extra : nullptr, product.extra_stride});
        if (last) {
          for (Index i = p; i < p + panels; ++i) after(i, r, count);
        }
      });
    });
    k = range.end;
  } while (k < depth);
}

void dense_forward(const DenseForward<float>& layer, Range rows) {
  if (rows.empty()) return;
  const bool relu = layer.activation == Activation::kRelu && layer.bias && !layer.pre_activation;
  // z is built where it is to stay, or else in the output, and turned into h tile by tile.
  const Panels<float> z = layer.pre_activation ? layer.pre_activation : layer.output;
  const bool finished =
      relu || (layer.activation == Activation::kIdentity && !layer.pre_activation);
  const RowProduct product = {layer.input,
                              layer.weights,
                              z,
                              false,
                              relu         ? Finish::kBiasRelu
                              : layer.bias ? Finish::kBias
                                           : Finish::kNone,
                              layer.bias,
                              kPanelWidth,
                              false};
  const ActivationRun run = kActivationRuns[static_cast<int>(layer.activation)];
  run_row_product(product, rows, [&](Index p, Index r, Index count) {
    if (!finished) run(z.row(p, r), layer.output.row(p, r), count, layer.weights.cols, p);
  });
}

void dense_backward_data(const DenseBackwardData<float>& layer, Range rows) {
  if (rows.empty()) return;
  const Panels<float> to = layer.input_gradient;
  const bool relu = layer.activation == Activation::kRelu && !layer.accumulate;
  const bool finished = relu || layer.activation == Activation::kIdentity;
  RowProduct product = {
      layer.output_gradient, layer.weights_transposed, to, false, Finish::kNone, nullptr, 0, false};
  if (relu) {
    product.finish = Finish::kReluDerivative;
    product.extra = layer.activation_output.data;
    product.extra_stride = layer.activation_output.stride;
    product.extra_has_rows = true;
  } else if (layer.accumulate) {
    product.one_block = true;
    product.finish = Finish::kAdd;
    product.extra = to.data;
    product.extra_stride = to.stride;
    product.extra_has_rows = true;
  }
  const DerivativeRun run = kDerivativeRuns[static_cast<int>(layer.activation)];
  run_row_product(product, rows, [&](Index p, Index r, Index count) {
    if (finished) return;
    const Panels<const float>& z = layer.activation_input;
    const Panels<const float>& h = layer.activation_output;
    run(z ? z.row(p, r) : nullptr, h ? h.row(p, r) : nullptr, to.row(p, r), to.row(p, r), count,
        to.cols, p);
  });
}

UpdateState<float> advance(const UpdateState<float>& state, Index by) {
  return {state.first ? state.first + by : nullptr, state.second ? state.second + by : nullptr};
}

void add_row(float* to, const float* gradient, Index count) {
  const Floats d;
  for (Index i = 0; i < count; i += kLanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, to + i), hn::Load(d, gradient + i)), d, to + i);
  }
}

/// Sums of the rows of P neighbouring panels; several at once, because each is a chain of additions
/// that waits for itself.
template <int P>
void sum_rows(Panels<const float> matrix, Index panel, float* sums) {
  const Floats d;
  constexpr int kVectors = P * kPanelVectors;
  Vector sum[kVectors];
  unrolled<kVectors>(HOURGLASS_UNROLLED(i) { sum[i] = hn::Zero(d); });
  const float* row = matrix.panel(panel);
  for (Index r = 0; r < matrix.rows; ++r, row += kPanelWidth) {
    unrolled<kVectors>(HOURGLASS_UNROLLED(i) {
      sum[i] = hn::Add(sum[i], hn::Load(d, row + i / kPanelVectors * matrix.stride +
                                               i % kPanelVectors * kLanes));
    });
  }
  unrolled<kVectors>(HOURGLASS_UNROLLED(i) { hn::Store(sum[i], d, sums + i * kLanes); });
}

void backward_bias(const DenseBackwardWeights<float>& layer, Range panels) {
  constexpr Index kAtOnce = 2;
  HWY_ALIGN float sums[kAtOnce * kPanelWidth];
  for (Index p = panels.begin; p < panels.end; p += kAtOnce) {
    const Index count = std::min(kAtOnce, panels.end - p);
    if (count == kAtOnce) {
      sum_rows<kAtOnce>(layer.output_gradient, p, sums);
    } else {
      sum_rows<1>(layer.output_gradient, p, sums);
    }
    const Index first = p * kPanelWidth;
    const Index size = count * kPanelWidth;
    if (layer.rule) {
      update(*layer.rule, layer.bias + first, sums, advance(layer.bias_state, first), size, false);
    } else if (layer.accumulate) {
      add_row(layer.bias_gradient + first, sums, size);
    } else {
      std::memcpy(layer.bias_gradient + first, sums, static_cast<size_t>(size) * sizeof(float));
    }
  }
}

/// What becomes of the gradient of `rows` inputs (of one stretch of 16) by one output panel.
void use_gradient(const DenseBackwardWeights<float>& layer, UpdateRun run, const float* gradient,
                  Index panel, Range rows) {
  const Index size = rows.size() * kPanelWidth;
  if (!layer.rule) {
    add_row(layer.weight_gradient.row(panel, rows.begin), gradient, size);
    return;
  }
  float* weights = layer.weights.row(panel, rows.begin);
  run(*layer.rule, weights, gradient, advance(layer.weight_state, weights - layer.weights.data),
      size, true);
  if (layer.weights_transposed) {
    transpose_rows(layer.weights, layer.weights_transposed, panel, rows);
  }
}

/// Starts what use_gradient() will read on its way to the cache: of a large network it lies in
/// memory, and comes while the gradient is worked out.
HWY_INLINE void prefetch_state(const DenseBackwardWeights<float>& layer, Range panels, Range rows) {
  for (Index p = panels.begin; p < panels.end; ++p) {
    const float* weights = layer.weights.row(p, rows.begin);
    const UpdateState<float> state = advance(layer.weight_state, weights - layer.weights.data);
    for (Index i = 0; i < rows.size() * kPanelWidth; i += kPanelWidth) {
      hwy::Prefetch(weights + i);
      if (state.first) hwy::Prefetch(state.first + i);
      if (state.second) hwy::Prefetch(state.second + i);
    }
  }
}

void dense_backward_weights(const DenseBackwardWeights<float>& layer, Range inputs,
                            Range output_panels) {
  if (inputs.empty() || output_panels.empty()) return;
  if (inputs.begin == 0 && (layer.rule ? layer.bias != nullptr : layer.bias_gradient != nullptr)) {
    backward_bias(layer, output_panels);
  }
  const UpdateRun run = layer.rule ? update_for(*layer.rule, layer.weight_state) : nullptr;
  const bool straight = !layer.rule && !layer.accumulate;
  constexpr Index kStretch = kPanelWidth * kPanelWidth;
  HWY_ALIGN float gradient[kMostPanels * kStretch];
  EvenParts(output_panels.size(), kMostPanels).each([&](Index at, Index panels) {
    const Index p = output_panels.begin + at;
    const auto& tiles = kOuterTiles.by_rows[panels];
    const Index most = outer_rows(static_cast<int>(panels));
    const EvenParts whole_stretch(kPanelWidth, most);
    Range rows = {inputs.begin, inputs.begin};
    while (rows.end < inputs.end) {
      const Index stretch = rows.begin / kPanelWidth;
      rows.end = std::min(inputs.end, (stretch + 1) * kPanelWidth);
      if (layer.rule) prefetch_state(layer, {p, p + panels}, rows);
      const EvenParts parts =
          rows.size() == kPanelWidth ? whole_stretch : EvenParts(rows.size(), most);
      parts.each([&](Index r, Index count) {
        const Index i = rows.begin + r;
        float* to = straight ? layer.weight_gradient.row(p, i) : gradient + r * kPanelWidth;
        tiles[count](OuterTile{layer.input.panel(stretch) + i % kPanelWidth,
                               layer.output_gradient.panel(p), layer.output_gradient.stride,
                               layer.input.rows, to,
                               straight ? layer.weight_gradient.stride : kStretch});
      });
      if (!straight) {
        for (Index j = 0; j < panels; ++j) {
          use_gradient(layer, run, gradient + j * kStretch, p + j, rows);
        }
      }
      rows.begin = rows.end;
    }
  });
}

double spin_fma(Index count) {
  const Floats d;
  // Enough independent chains to hide the latency of one, few enough for 16 registers.
  constexpr int kChains = 12;
  const volatile float source = 0.5f;  // so that the compiler cannot foresee the result
  const Vector x = hn::Set(d, source);
  Vector sums[kChains];
  unrolled<kChains>(HOURGLASS_UNROLLED(i) { sums[i] = hn::Set(d, 1.0f + 0.125f * i); });
  for (Index n = 0; n < count; ++n) {
    unrolled<kChains>(HOURGLASS_UNROLLED(i) { sums[i] = hn::MulAdd(sums[i], x, x); });
  }
  HWY_ALIGN volatile float sink[kChains];
  unrolled<kChains>(HOURGLASS_UNROLLED(i) { sink[i] = hn::GetLane(sums[i]); });
  return 2.0 * kChains * kLanes * static_cast<double>(count);
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
