#pragma once

#include <cstdint>
#include <string>

#include "kernel/update.h"
#include "tensor/panels.h"

namespace hourglass {

// Matrix products of numbers rounded to bfloat16 (float's eight bits of exponent, eight of
// precision) and summed in float: twice float's speed on processors that multiply pairs of them.
// There are two forms of a matrix. Its rows in panels, as Panels<Bf16>; and, where a sum runs over
// rows, Panels<Bf16Pair>, whose element (r, c) holds (2r, c) in its lower half and (2r + 1, c) in
// its upper one, 0 past the last row. As with floats (dense.h), each element of a result is one
// chain of operations over ascending pairs however the work is cut.
//
// All but bf16_misfit() may be called only where that finds nothing.

using Bf16 = std::uint16_t;
using Bf16Pair = std::uint32_t;

constexpr Index pair_count(Index rows) { return (rows + 1) / 2; }

/// "" or why such products cannot run here: "this processor has no AVX-512 BF16".
std::string bf16_misfit();

/// The rows of a range, rounded to nearest (ties to even): into `rows_form` unless it is empty, and
/// into `pairs`. The range begins at an even row and ends at one or at the last.
void to_bf16(Panels<const float> matrix, Panels<Bf16> rows_form, Panels<Bf16Pair> pairs,
             Range rows);

/// c = a · b, + bias if there is one, for the rows of a range; or c += a · b.
struct Bf16Product {
  Panels<const Bf16> a;         ///< rows × depth
  Panels<const Bf16Pair> b;     ///< pair_count(depth) × cols
  const float* bias = nullptr;  ///< padded_cols(cols); null: none
  bool accumulate = false;
  Panels<float> c;  ///< rows × cols
};
void bf16_product(const Bf16Product& product, Range rows);

/// DenseBackwardWeights (dense.h) with rounded factors: the gradient of a tile of weights is
/// stored, or else with `rule` applied at once, the moved weights being rounded anew.
struct Bf16BackwardWeights {
  Panels<const Bf16Pair> input;            ///< pairs of the batch × in
  Panels<const Bf16Pair> output_gradient;  ///< pairs of the batch × out
  Panels<const float> exact_gradient;      ///< batch × out: what the bias's gradient sums

  Panels<float> weight_gradient;   ///< in × out
  float* bias_gradient = nullptr;  ///< padded_cols(out); null: not wanted

  const UpdateRule<float>* rule = nullptr;
  Panels<float> weights;  ///< in × out
  UpdateState<float> weight_state;
  float* bias = nullptr;  ///< null: no bias
  UpdateState<float> bias_state;
  Panels<Bf16Pair> weight_pairs;      ///< pairs of in × out
  Panels<Bf16Pair> transposed_pairs;  ///< pairs of out × in
};
/// For a range of inputs that begins at a multiple of 16. The bias is handled by the call whose
/// `inputs` starts at 0.
void bf16_backward_weights(const Bf16BackwardWeights& work, Range inputs, Range output_panels);

/// Rounds weights (in × out) into both forms that products read: `pairs` for the way forward, and
/// of their transpose for the way back. For one panel and a range of inputs that begins at a
/// multiple of 16.
void weights_to_bf16(Panels<const float> weights, Panels<Bf16Pair> pairs,
                     Panels<Bf16Pair> transposed, Index panel, Range inputs);

}  // namespace hourglass
