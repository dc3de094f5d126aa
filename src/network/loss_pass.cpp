#include "network/loss_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

template <class T>
void scale_row(Panels<T> panels, Index row, T factor) {
  for (Index panel = 0; panel < panels.panels(); ++panel) {
    T* const numbers = panels.row(panel, row);
    for (Index lane = 0; lane < kPanelWidth; ++lane) numbers[lane] *= factor;
  }
}

}  // namespace

template <class T>
LossPass<T>::LossPass(const StepSpec& spec, Index batch)
    : spec_(spec), row_loss_(batch), row_count_(batch) {
  if (spec.trim == 0) return;
  row_weight_.resize(static_cast<std::size_t>(batch));
  order_.resize(row_weight_.size());
}

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
    if (spec_.trim == 0) apply_activation_derivative(output, rows);
  });
  if (spec_.trim == 0) return;
  program.once([this](StepState<T>& state) { choose_rows(state); });
  program.by_rows([this, output](const StepState<T>&, Range rows) {
    for (Index row = rows.begin; row < rows.end; ++row) {
      scale_row(output.gradient, row, row_weight_[static_cast<std::size_t>(row)]);
    }
    apply_activation_derivative(output, rows);
  });
}

// Keeps the rows of the smallest mean loss; their gradient becomes that of a batch of them alone.
template <class T>
void LossPass<T>::choose_rows(const StepState<T>& state) {
  const auto count_of = [&](Index row) {
    return state.mask ? row_count_[row] : state.counted / static_cast<double>(state.rows);
  };
  // A row without elements has nothing to say, so it is the first to go; one that is not finite
  // must be noticed, so it stays.
  const auto mean_loss = [&](Index row) {
    const double count = count_of(row);
    constexpr double kLast = std::numeric_limits<double>::infinity();
    if (count == 0) return kLast;
    return std::isfinite(row_loss_[row]) ? row_loss_[row] / count : -kLast;
  };
  const auto all = order_.begin();
  const auto end = all + state.rows;
  std::iota(all, end, Index{0});
  const auto left_out = static_cast<Index>(spec_.trim * static_cast<double>(state.rows));
  const auto kept = all + std::max<Index>(1, state.rows - left_out);
  std::nth_element(all, kept - 1, end, [&](Index a, Index b) {
    const double at_a = mean_loss(a);
    const double at_b = mean_loss(b);
    return at_a != at_b ? at_a < at_b : a < b;
  });
  std::sort(all, kept);
  kept_ = 0;
  for (auto row = all; row != kept; ++row) kept_ += count_of(*row);
  std::fill_n(row_weight_.begin(), state.rows, T(0));
  for (auto row = all; row != kept; ++row) {
    row_weight_[static_cast<std::size_t>(*row)] =
        kept_ > 0 ? static_cast<T>(state.counted / kept_) : T(0);
  }
}

template <class T>
double LossPass<T>::total(const StepState<T>& state) const {
  if (state.counted == 0) return 0;
  double sum = 0;
  if (spec_.trim == 0) {
    for (Index row = 0; row < state.rows; ++row) sum += row_loss_[row];
    return sum / state.counted;
  }
  for (Index row = 0; row < state.rows; ++row) {
    if (row_weight_[static_cast<std::size_t>(row)] != 0) sum += row_loss_[row];
  }
  return kept_ > 0 ? sum / kept_ : 0;
}

template class LossPass<float>;
template class LossPass<double>;

}  // namespace hourglass
