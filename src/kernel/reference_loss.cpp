#include <algorithm>
#include <cmath>

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
    case Loss::kMixed:
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

}  // namespace

template <class T>
void loss_and_gradient(const LossArguments<T>& arguments, Range rows) {
  const Index cols = padded_cols(arguments.output.cols);
  for (Index r = rows.begin; r < rows.end; ++r) {
    double sum = 0;
    Index begin = 0;
    if (arguments.loss == Loss::kMixed) {
      for (const Range group : arguments.groups) {
        sum += elements_loss(arguments, r, {begin, group.begin});
        sum += group_loss(arguments, r, group);
        begin = group.end;
      }
    }
    sum += elements_loss(arguments, r, {begin, cols});
    if (arguments.row_loss) arguments.row_loss[r] = sum;
  }
}

template void loss_and_gradient<float>(const LossArguments<float>&, Range);
template void loss_and_gradient<double>(const LossArguments<double>&, Range);

}  // namespace hourglass::reference
