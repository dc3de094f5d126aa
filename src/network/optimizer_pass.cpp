#include "network/optimizer_pass.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <type_traits>

#include "base/error.h"
#include "kernel/dense.h"

namespace hourglass {
namespace {

constexpr double kClipEpsilon = 1e-6;  // as in PyTorch's clip_grad_norm_

template <class T>
double sum_of_squares(const T* numbers, Index count) {
  // Sixteen sums side by side, added in order at the end.
  double lanes[kPanelWidth] = {};
  for (Index i = 0; i < count; i += kPanelWidth) {
    for (Index lane = 0; lane < kPanelWidth; ++lane) {
      const double x = static_cast<double>(numbers[i + lane]);
      lanes[lane] += x * x;
    }
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

}  // namespace

template <class T>
OptimizerPass<T>::OptimizerPass(LearnedTensors<T>& learned, double clip_norm)
    : clip_norm_(clip_norm) {
  for (LearnedTensor<T>& tensor : learned.all()) {
    for (Index panel = 0; panel < panel_count(tensor.ref.outputs); ++panel) {
      pieces_.push_back({&tensor, panel});
    }
  }
  squares_ = Buffer<double>(static_cast<Index>(pieces_.size()));
}

template <class T>
void OptimizerPass<T>::add_clipping(Program<T>& program) {
  const Index count = static_cast<Index>(pieces_.size());
  program.by_tiles(count, [this](const StepState<T>&, Index i) {
    const auto [tensor, panel] = pieces_[static_cast<std::size_t>(i)];
    const Index size = tensor->ref.inputs * kPanelWidth;
    squares_[i] = sum_of_squares(tensor->gradient.data() + panel * size, size);
  });
  program.once([this](StepState<T>& state) {
    double sum = 0;
    for (const double square : squares_) sum += square;
    const double norm = std::sqrt(sum);
    if (!std::isfinite(norm)) {
      fail(
          fmt::format("the gradient is not finite at training step {}: training diverged; use a "
                      "lower --lr",
                      state.id.step));
    }
    state.rule.gradient_scale = static_cast<T>(std::min(1.0, clip_norm_ / (norm + kClipEpsilon)));
  });
}

template <class T>
void OptimizerPass<T>::add_update(Program<T>& program) {
  if (clip_norm_ > 0) add_clipping(program);
  const Index count = static_cast<Index>(pieces_.size());
  program.by_tiles(count, [this](const StepState<T>& state, Index i) {
    const auto [tensor, panel] = pieces_[static_cast<std::size_t>(i)];
    const Index size = tensor->ref.inputs * kPanelWidth;
    const Index first = panel * size;
    update(state.rule, tensor->ref.data + first, tensor->gradient.data() + first,
           tensor->state_at(first), size, tensor->decays());
    if (tensor->transposed) {
      transpose_panels<T>(tensor->ref.panels(), tensor->transposed, {panel, panel + 1});
    }
    if constexpr (std::is_same_v<T, float>) {
      if (tensor->pairs) round_weights(*tensor, {panel, panel + 1});
    }
  });
}

template class OptimizerPass<float>;
template class OptimizerPass<double>;

}  // namespace hourglass
