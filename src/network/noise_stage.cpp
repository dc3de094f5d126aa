#include <algorithm>
#include <array>

#include "base/random.h"
#include "kernel/noise.h"
#include "network/stage.h"

namespace hourglass {
namespace {

/// n = z + σ·ε with ε standard normal, drawn anew in each step: a function of seed, step, layer and
/// the row's place in the batch. The gradient passes as it is, so that of n and z share their
/// memory.
template <class T>
class NoiseStage : public Stage<T> {
 public:
  NoiseStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        deviation_(static_cast<T>(context.spec().noise)),
        layer_(context.layer),
        value_(input.value.rows, input.value.cols) {
    this->output_.value = value_.view();
    this->output_.gradient = input.gradient;
    this->output_.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range samples) {
      const Range rows = input_.rows(samples);
      for (Index row = rows.begin; row < rows.end; ++row) add_noise(state.id, row);
    });
  }

  void add_backward(Program<T>&) override {}

 private:
  NoiseSource source(const StepId& id, Index row) const {
    const auto step = static_cast<std::uint64_t>(id.step);
    // As dropout's: the row, the step, and what is left of it beside purpose and layer.
    return {{static_cast<std::uint32_t>(id.seed), static_cast<std::uint32_t>(id.seed >> 32)},
            {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(step),
             static_cast<std::uint32_t>(RandomPurpose::kCodeNoise) |
                 (static_cast<std::uint32_t>(layer_) & 0xffff) << 8 |
                 static_cast<std::uint32_t>(step >> 32) << 24}};
  }

  void add_noise(const StepId& id, Index row) {
    constexpr Index kDrawn = 256;
    std::array<float, kDrawn> noise;
    const Panels<T> out = value_.view();
    NoiseSource numbers = source(id, row);
    for (Index begin = 0; begin < out.cols; begin += kDrawn, ++numbers.key[1]) {
      const Index end = std::min(out.cols, begin + kDrawn);
      fill_normal(numbers, noise.data(), end - begin);
      for (Index col = begin; col < end; ++col) {
        out.at(row, col) =
            input_.value.at(row, col) +
            deviation_ * static_cast<T>(noise[static_cast<std::size_t>(col - begin)]);
      }
    }
  }

  const Signal<T>& input_;
  const T deviation_;
  const Index layer_;
  PanelMatrix<T> value_;
};

}  // namespace

template <class T>
StagePointer<T> make_noise_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<NoiseStage<T>>(context, input);
}

template StagePointer<float> make_noise_stage(const StageContext<float>&, const Signal<float>&);
template StagePointer<double> make_noise_stage(const StageContext<double>&, const Signal<double>&);

}  // namespace hourglass
