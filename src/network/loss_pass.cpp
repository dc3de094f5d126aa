#include "network/loss_pass.h"

namespace hourglass {
namespace {

template <class T>
double count_row(Panels<const T> mask, Index row) {
  double count = 0;
  for (Index panel = 0; panel < mask.panels(); ++panel) {
    const T* numbers = mask.row(panel, row);
    for (Index lane = 0; lane < kPanelWidth; ++lane) count += static_cast<double>(numbers[lane]);
  }
  return count;
}

}  // namespace

template <class T>
LossPass<T>::LossPass(const StepSpec& spec, Index batch)
    : spec_(spec), row_loss_(batch), row_count_(batch) {}

template <class T>
void LossPass<T>::add_counting(Program<T>& counting) {
  double* const counts = row_count_.data();
  counting.by_rows([counts](const StepState<T>& state, Range rows) {
    for (Index row = rows.begin; row < rows.end; ++row) counts[row] = count_row(state.mask, row);
  });
  counting.once([counts](StepState<T>& state) {
    state.counted = 0;
    for (Index row = 0; row < state.rows; ++row) state.counted += counts[row];
  });
}

template <class T>
void LossPass<T>::add_forward_and_backward(Program<T>& program, const Signal<T>& output) {
  program.by_rows([this, output](const StepState<T>& state, Range rows) {
    LossArguments<T> arguments = loss_arguments<T>(spec_);
    arguments.output = output.value;
    arguments.target = state.target;
    arguments.mask = state.mask;
    arguments.scale = state.counted > 0 ? static_cast<T>(1 / state.counted) : T(0);
    arguments.gradient = output.gradient;
    arguments.row_loss = row_loss_.data();
    loss_and_gradient(arguments, rows);
    apply_activation_derivative(output, rows);
  });
}

template <class T>
double LossPass<T>::total(const StepState<T>& state) const {
  if (state.counted == 0) return 0;
  double sum = 0;
  for (Index row = 0; row < state.rows; ++row) sum += row_loss_[row];
  return sum / state.counted;
}

template class LossPass<float>;
template class LossPass<double>;

}  // namespace hourglass
