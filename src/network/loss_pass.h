#pragma once

#include <vector>

#include "kernel/loss.h"
#include "network/network_spec.h"
#include "network/program.h"
#include "network/signal.h"

namespace hourglass {

/// What a step's loss is, as the kernel takes it. Points into `spec`.
template <class T>
LossArguments<T> loss_arguments(const StepSpec& spec) {
  LossArguments<T> arguments;
  arguments.loss = spec.loss;
  arguments.huber_delta = static_cast<T>(spec.huber_delta);
  arguments.correntropy_sigma = static_cast<T>(spec.correntropy_sigma);
  arguments.groups = spec.groups;
  arguments.count_scale = spec.count_scale;
  return arguments;
}

/// The loss (trimmed, if the spec says so) between the output of the last stage and the step's
/// target: leaves ∂L/∂z of the last layer in the signal's gradient and each row's loss aside, for
/// total() to add up.
template <class T>
class LossPass {
 public:
  LossPass(const StepSpec& spec, Index batch);

  /// Counts the elements that take part. `counting` is for steps with a mask alone.
  void add_counting(Program<T>& counting);
  void add_forward_and_backward(Program<T>& program, const Signal<T>& output);
  /// The batch's mean loss, summed in row order in float64; 0 if no element counts.
  double total(const StepState<T>& state) const;

 private:
  void choose_rows(const StepState<T>& state);

  const StepSpec spec_;
  Buffer<double> row_loss_, row_count_;
  // Of trimmed batches: what each row's gradient is multiplied by, and the elements that count.
  std::vector<T> row_weight_;
  std::vector<Index> order_;
  double kept_ = 0;
};

}  // namespace hourglass
