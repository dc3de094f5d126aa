#pragma once

#include <vector>

#include "network/program.h"
#include "network/signal.h"

namespace hourglass {

/// The loss between the output of the last stage and the step's target: leaves ∂L/∂z of the last
/// layer in the signal's gradient and each row's loss aside, for total() to add up.
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
  const Loss loss_;
  const T huber_delta_, correntropy_sigma_;
  const std::vector<Range> groups_;
  Buffer<double> row_loss_, row_count_;
};

}  // namespace hourglass
