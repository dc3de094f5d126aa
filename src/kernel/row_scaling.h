#pragma once

#include "tensor/panels.h"

namespace hourglass {

// What stands between a table's numbers and a network's, a block of rows at a time. `shift` and
// `scale` hold padded_cols(panels.cols) numbers; `row_major` is rows × panels.cols with 64 readable
// bytes behind it, as Buffer has them.

/// panels = (row_major − shift) / scale in float64, rounded to float32, the largest finite one
/// where it would overflow. False if any number was not finite; its place then holds anything.
bool scale_to_panels(const double* row_major, const double* shift, const double* scale,
                     Panels<float> panels, Index rows);

/// The way back: row_major = panels · scale + shift in float64, rounded to float32.
void unscale_from_panels(Panels<const float> panels, const double* shift, const double* scale,
                         float* row_major, Index rows);

/// sums[r] = Σ over columns c of min((a(r, c) − b(r, c))² · weights[c], most) in float64, `most`
/// also where that is not a number; columns c, c + 8, c + 16, … are added first, on every
/// implementation. `weights` holds padded_cols(a.cols) numbers.
void weighted_square_sums(Panels<const float> a, Panels<const float> b, const double* weights,
                          double most, double* sums, Index rows);

}  // namespace hourglass
