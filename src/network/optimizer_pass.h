#pragma once

#include <vector>

#include "network/learned_tensors.h"
#include "network/program.h"

namespace hourglass {

/// The optimiser's step where the whole gradient is there first (tied weights, clipping, penalties
/// on weights).
template <class T>
class OptimizerPass {
 public:
  OptimizerPass(LearnedTensors<T>& learned, double clip_norm);

  void add_update(Program<T>& program);

 private:
  /// A panel of 16 columns of one tensor: the unit of work and of summation.
  struct Piece {
    LearnedTensor<T>* tensor;
    Index panel;
  };
  void add_clipping(Program<T>& program);

  const double clip_norm_;
  std::vector<Piece> pieces_;
  Buffer<double> squares_;  // per piece
};

}  // namespace hourglass
