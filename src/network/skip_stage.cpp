#include <algorithm>

#include "network/stage.h"

namespace hourglass {
namespace {

/// s = h + h′, with h′ the output of a layer below (or the network's input). The gradient passes in
/// place to h; for h′ it is left in that signal as a seed, to which the layer above it adds.
template <class T>
class SkipStage : public Stage<T> {
 public:
  SkipStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        source_(*context.below[static_cast<std::size_t>(context.spec().adds + 1)]),
        value_(input.value.rows, input.value.cols) {
    this->output_.value = value_.view();
    this->output_.gradient = input.gradient;
    this->output_.rows_per_sample = input.rows_per_sample;
    source_.seeded = static_cast<bool>(source_.gradient);
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      for_each_run(samples, [&](Index panel, Index row, Index count) {
        const T* a = input_.value.row(panel, row);
        const T* b = source_.value.row(panel, row);
        T* sum = this->output_.value.row(panel, row);
        for (Index i = 0; i < count; ++i) sum[i] = a[i] + b[i];
      });
    });
  }

  void add_backward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      if (source_.gradient) {
        for_each_run(samples, [&](Index panel, Index row, Index count) {
          std::copy_n(this->output_.gradient.row(panel, row), count,
                      source_.gradient.row(panel, row));
        });
      }
      apply_activation_derivative(input_, samples);
    });
  }

 private:
  /// The numbers of a range of samples lie in one run in each panel.
  template <class Visit>
  void for_each_run(Range samples, const Visit& visit) const {
    const Range rows = input_.rows(samples);
    for (Index panel = 0; panel < input_.value.panels(); ++panel) {
      visit(panel, rows.begin, rows.size() * kPanelWidth);
    }
  }

  const Signal<T>& input_;
  Signal<T>& source_;
  PanelMatrix<T> value_;
};

}  // namespace

template <class T>
StagePointer<T> make_skip_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<SkipStage<T>>(context, input);
}

template StagePointer<float> make_skip_stage(const StageContext<float>&, const Signal<float>&);
template StagePointer<double> make_skip_stage(const StageContext<double>&, const Signal<double>&);

}  // namespace hourglass
