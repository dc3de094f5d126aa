#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string_view>

#include "tensor/panels.h"

namespace hourglass {

/// What training minimises between the output y and the target t; each is a mean over the elements
/// of the batch that are not masked.
enum class Loss {
  kMse,
  kMae,
  kHuber,
  kBinaryCrossEntropy,
  kCorrentropy,
  kMixed,
  kGaussianNll,
  kMultinomial
};

struct LossInfo {
  Loss loss;
  std::string_view name;  ///< "mse", "mae", "huber", "bce", "correntropy", "mixed", "gaussian-nll",
                          ///< "multinomial"
  std::string_view formula;
  bool from_logits;  ///< the network's output is a logit; the reconstruction is its sigmoid
  bool unit_interval_target;  ///< targets must lie in [0, 1]
  bool by_groups;  ///< features of a group are one category's logits, reconstructed by softmax
  /// Numbers of the network's output for each feature. 2: the reconstructions of all features, then
  /// a number for each that log_variance_of() makes the log variance of its error.
  Index outputs_per_feature = 1;
  /// A row's features are together one group: the logits of how its sum is spread over them.
  bool whole_row = false;
};
std::span<const LossInfo> losses();
const LossInfo& info(Loss loss);
std::optional<Loss> find_loss(std::string_view name);

template <class T>
struct LossArguments {
  Loss loss = Loss::kMse;
  T huber_delta = 1;
  Panels<const T> output;  ///< batch × outputs: features · outputs_per_feature
  Panels<const T> target;  ///< batch × features
  Panels<const T> mask;    ///< batch × features, 1 counts and 0 does not; empty: all count
  T scale = 1;             ///< what each element's gradient is multiplied by: 1 / counted elements
  Panels<T> gradient;      ///< batch × outputs, ∂L/∂output; empty: only the value is wanted
  double* row_loss = nullptr;  ///< batch numbers: each row's sum of unscaled element losses
  T correntropy_sigma = 1;
  /// mixed: the features of each category, ascending, at least two each; those in none are numbers.
  std::span<const Range> groups = {};
  /// multinomial: where targets are logarithms of counts, what each is multiplied by to be log(1 +
  /// count); padded_cols(features) numbers. Empty: targets are counts.
  std::span<const float> count_scale = {};
};
/// The log variance, in scaled units, that a number z of the output stands for: near z itself, and
/// never beyond this bound. A feature that is reconstructed exactly would otherwise draw it to −∞,
/// and any error after that would weigh without end; −10 is a standard deviation of 0.7 % of the
/// feature's own. The bound is soft because beyond a hard one no gradient leads back.
inline constexpr double kLargestLogVariance = 10;
template <class T>
T log_variance_of(T z) {
  return T(kLargestLogVariance) * std::tanh(z / T(kLargestLogVariance));
}

/// Value and gradient in one pass, for the rows of a range. Sums are float64, in an order fixed by
/// the columns alone. A masked element is left out even where it is NaN.
template <class T>
void loss_and_gradient(const LossArguments<T>& arguments, Range rows);

}  // namespace hourglass
