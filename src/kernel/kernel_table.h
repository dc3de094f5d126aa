#pragma once

#include "kernel/dense.h"
#include "kernel/elementwise.h"
#include "kernel/loss.h"
#include "kernel/noise.h"
#include "kernel/row_scaling.h"
#include "kernel/update.h"
#include "kernel/winograd.h"

namespace hourglass {

/// One implementation of every float kernel: a call costs one indirect jump. Members are named
/// after the functions they stand for.
struct KernelTable {
  void (*dense_forward)(const DenseForward<float>&, Range);
  void (*dense_backward_data)(const DenseBackwardData<float>&, Range);
  void (*dense_backward_weights)(const DenseBackwardWeights<float>&, Range, Range);
  void (*transpose_panels)(Panels<const float>, Panels<float>, Range);
  void (*activation_forward)(Activation, Panels<const float>, Panels<float>, Range);
  void (*activation_backward)(Activation, Panels<const float>, Panels<const float>,
                              Panels<const float>, Panels<float>, Range);
  void (*to_panels)(const float*, Index, Panels<float>, Range);
  void (*from_panels)(Panels<const float>, float*, Index, Range);
  void (*loss_and_gradient)(const LossArguments<float>&, Range);
  void (*update)(const UpdateRule<float>&, float*, const float*, UpdateState<float>, Index, bool);
  void (*winograd_transform)(const WinogradStep<float>&);
  void (*fill_uniform)(const NoiseSource&, float*, Index);
  void (*fill_normal)(const NoiseSource&, float*, Index);
  bool (*scale_to_panels)(const double*, const double*, const double*, Panels<float>, Index);
  void (*unscale_from_panels)(Panels<const float>, const double*, const double*, float*, Index);
  void (*weighted_square_sums)(Panels<const float>, Panels<const float>, const double*, double,
                               double*, Index);
  /// Runs `count` rounds of independent multiply-adds; returns the operations (2 per multiply-add)
  /// done.
  double (*spin_fma)(Index count);
  DenseTiles tiles;
};

/// The table in use.
const KernelTable& kernels();

}  // namespace hourglass
