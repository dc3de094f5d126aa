#pragma once

#include <algorithm>

#include "kernel/dense.h"
#include "tensor/panels.h"

namespace hourglass {

/// How a product over the batch, inputs × outputs, is cut into tiles, and which inputs and output
/// panels tile number i covers.
class TileGrid {
 public:
  TileGrid(Index inputs, Index outputs, const DenseTiles& size)
      : inputs_(inputs),
        panels_(panel_count(outputs)),
        size_(size),
        across_((panels_ + size.output_panels - 1) / size.output_panels),
        down_((inputs + size.inputs - 1) / size.inputs) {}

  Index count() const { return across_ * down_; }
  // Neighbouring tiles share their output gradients, the larger part of what a tile reads.
  Range inputs(Index tile) const { return cut(tile % down_, size_.inputs, inputs_); }
  Range panels(Index tile) const { return cut(tile / down_, size_.output_panels, panels_); }

 private:
  static Range cut(Index i, Index step, Index end) {
    return {i * step, std::min(end, (i + 1) * step)};
  }
  Index inputs_, panels_;
  DenseTiles size_;
  Index across_, down_;
};

}  // namespace hourglass
