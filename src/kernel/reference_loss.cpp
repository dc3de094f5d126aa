#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/reference.h"

namespace hourglass::reference {
namespace {

template <class T>
struct Element {
  T loss;
  T derivative;  ///< by the output
};

template <class T>
Element<T> element(const LossArguments<T>& arguments, T y, T t) {
  const T d = y - t;
  const T size = std::abs(d);
  switch (arguments.loss) {
    case Loss::kMse:
    case Loss::kMixed:  // outside its groups
      return {d * d, 2 * d};
    case Loss::kMae:
      return {size, d > 0 ? T(1) : d < 0 ? T(-1) : d};
    case Loss::kHuber: {
      const T delta = arguments.huber_delta;
      if (size > delta) return {delta * (size - delta / 2), d > 0 ? delta : -delta};
      return {d * d / 2, d};
    }
    case Loss::kBinaryCrossEntropy: {
      const T e = std::exp(-std::abs(y));
      return {(y < 0 ? T(0) : y) - y * t + std::log1p(e), (y < 0 ? e : T(1)) / (1 + e) - t};
    }
    case Loss::kCorrentropy: {
      const T variance = arguments.correntropy_sigma * arguments.correntropy_sigma;
      const T exponent = -d * d / (2 * variance);
      return {-variance * std::expm1(exponent), d * std::exp(exponent)};
    }
    case Loss::kGaussianNll:
    case Loss::kMultinomial:
      break;  // no function of y and t alone
  }
  return {0, 0};
}

template <class T>
bool counts(const LossArguments<T>& arguments, Index r, Index c) {
  return c < arguments.output.cols && (!arguments.mask || arguments.mask.at(r, c) != T(0));
}

// Features one by one; returns their sum.
template <class T>
double elements_loss(const LossArguments<T>& arguments, Index r, Range cols) {
  double sum = 0;
  for (Index c = cols.begin; c < cols.end; ++c) {
    const Element<T> e = counts(arguments, r, c) ? element(arguments, arguments.output.at(r, c),
                                                           arguments.target.at(r, c))
                                                 : Element<T>{0, 0};
    sum += double(e.loss);
    if (arguments.gradient) arguments.gradient.at(r, c) = e.derivative * arguments.scale;
  }
  return sum;
}

// Cross-entropy of a softmax over one category's features.
template <class T>
double group_loss(const LossArguments<T>& arguments, Index r, Range group) {
  const Panels<const T>& output = arguments.output;
  T largest = output.at(r, group.begin);
  for (Index c = group.begin; c < group.end; ++c) largest = std::max(largest, output.at(r, c));
  T exponentials = 0;
  for (Index c = group.begin; c < group.end; ++c) {
    exponentials += std::exp(output.at(r, c) - largest);
  }
  const T log_sum = largest + std::log(exponentials);
  const T weight = 1 / std::log(T(group.size()));
  double sum = 0;
  T targets = 0;
  for (Index c = group.begin; c < group.end; ++c) {
    if (!counts(arguments, r, c)) continue;
    targets += arguments.target.at(r, c);
    sum += double(weight * arguments.target.at(r, c) * (log_sum - output.at(r, c)));
  }
  for (Index c = group.begin; arguments.gradient && c < group.end; ++c) {
    const T share = std::exp(output.at(r, c) - log_sum);
    const T target = counts(arguments, r, c) ? arguments.target.at(r, c) : T(0);
    arguments.gradient.at(r, c) = weight * (targets * share - target) * arguments.scale;
  }
  return sum;
}

// Reconstructions with the log variances that go with them; returns the features' sum.
template <class T>
double gaussian_loss(const LossArguments<T>& arguments, Index r) {
  const Index features = arguments.target.cols;
  const Panels<T>& gradient = arguments.gradient;
  double sum = 0;
  for (Index c = 0; c < features; ++c) {
    T by_mean = 0, by_log_variance = 0;
    if (counts(arguments, r, c)) {
      const T d = arguments.output.at(r, c) - arguments.target.at(r, c);
      const T log_variance = log_variance_of(arguments.output.at(r, features + c));
      const T precision = std::exp(-log_variance);
      sum += double((d * d * precision + log_variance) / 2);
      by_mean = d * precision;
      const T share = log_variance / T(kLargestLogVariance);
      by_log_variance = (1 - d * d * precision) / 2 * (1 - share * share);
    }
    if (!gradient) continue;
    gradient.at(r, c) = by_mean * arguments.scale;
    gradient.at(r, features + c) = by_log_variance * arguments.scale;
  }
  for (Index c = 2 * features; gradient && c < padded_cols(2 * features); ++c) {
    gradient.at(r, c) = 0;
  }
  return sum;
}

template <class T>
double count_at(const LossArguments<T>& arguments, Index r, Index c) {
  const auto target = double(arguments.target.at(r, c));
  if (arguments.count_scale.empty()) return target;
  return std::expm1(target * double(arguments.count_scale[static_cast<std::size_t>(c)]));
}

// One cross-entropy over all of a row's features that count.
template <class T>
double multinomial_loss(const LossArguments<T>& arguments, Index r) {
  const Index features = arguments.output.cols;
  double largest = -std::numeric_limits<double>::infinity();
  double targets = 0, exponentials = 0, agreement = 0;
  Index counted = 0;
  for (Index c = 0; c < features; ++c) {
    if (!counts(arguments, r, c)) continue;
    ++counted;
    largest = std::max(largest, double(arguments.output.at(r, c)));
    targets += count_at(arguments, r, c);
  }
  const bool has_loss = !(targets <= 0);  // what is not a number has to be noticed
  for (Index c = 0; c < features; ++c) {
    if (!counts(arguments, r, c)) continue;
    const double y = double(arguments.output.at(r, c)) - largest;
    exponentials += std::exp(y);
    agreement += count_at(arguments, r, c) * y;
  }
  for (Index c = 0; arguments.gradient && c < padded_cols(features); ++c) {
    double slope = 0;
    if (has_loss && counts(arguments, r, c)) {
      slope = std::exp(double(arguments.output.at(r, c)) - largest) / exponentials -
              count_at(arguments, r, c) / targets;
    }
    arguments.gradient.at(r, c) = T(double(counted) * slope * double(arguments.scale));
  }
  return has_loss ? double(counted) * (std::log(exponentials) - agreement / targets)
                  : 0 * exponentials;
}

template <class T>
double row_loss(const LossArguments<T>& arguments, Index r) {
  if (arguments.loss == Loss::kGaussianNll) return gaussian_loss(arguments, r);
  if (arguments.loss == Loss::kMultinomial) return multinomial_loss(arguments, r);
  double sum = 0;
  Index begin = 0;
  if (arguments.loss == Loss::kMixed) {
    for (const Range group : arguments.groups) {
      sum += elements_loss(arguments, r, {begin, group.begin});
      sum += group_loss(arguments, r, group);
      begin = group.end;
    }
  }
  return sum + elements_loss(arguments, r, {begin, padded_cols(arguments.output.cols)});
}

}  // namespace

template <class T>
void loss_and_gradient(const LossArguments<T>& arguments, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    const double sum = row_loss(arguments, r);
    if (arguments.row_loss) arguments.row_loss[r] = sum;
  }
}

template void loss_and_gradient<float>(const LossArguments<float>&, Range);
template void loss_and_gradient<double>(const LossArguments<double>&, Range);

}  // namespace hourglass::reference
