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
Element<T> element(Loss loss, T delta, T y, T t) {
  const T d = y - t;
  const T size = std::abs(d);
  switch (loss) {
    case Loss::kMse:
      return {d * d, 2 * d};
    case Loss::kMae:
      return {size, d > 0 ? T(1) : d < 0 ? T(-1) : d};
    case Loss::kHuber:
      if (size > delta) return {delta * (size - delta / 2), d > 0 ? delta : -delta};
      return {d * d / 2, d};
    case Loss::kBinaryCrossEntropy: {
      const T e = std::exp(-std::abs(y));
      return {(y < 0 ? T(0) : y) - y * t + std::log1p(e), (y < 0 ? e : T(1)) / (1 + e) - t};
    }
  }
  return {0, 0};
}

}  // namespace

template <class T>
void loss_and_gradient(const LossArguments<T>& arguments, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    double sum = 0;
    for (Index c = 0; c < padded_cols(arguments.output.cols); ++c) {
      const bool counts =
          c < arguments.output.cols && (!arguments.mask || arguments.mask.at(r, c) != T(0));
      const Element<T> e = counts ? element(arguments.loss, arguments.huber_delta,
                                            arguments.output.at(r, c), arguments.target.at(r, c))
                                  : Element<T>{0, 0};
      sum += double(e.loss);
      if (arguments.gradient) arguments.gradient.at(r, c) = e.derivative * arguments.scale;
    }
    if (arguments.row_loss) arguments.row_loss[r] = sum;
  }
}

template void loss_and_gradient<float>(const LossArguments<float>&, Range);
template void loss_and_gradient<double>(const LossArguments<double>&, Range);

}  // namespace hourglass::reference
