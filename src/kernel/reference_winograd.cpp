#include "kernel/reference.h"
#include "kernel/winograd_matrices.h"

namespace hourglass::reference {
namespace {

/// `kFinished`: what a step may ask for after it is done.
template <bool kFinished = false, class T, class Matrix>
void transform(const Matrix& left, const WinogradStep<T>& step) {
  constexpr int kRows = Matrix::kRows, kCols = Matrix::kCols;
  for (Index lane = 0; lane < kPanelWidth; ++lane) {
    T half[kRows][kCols] = {};  // left · block
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kCols; ++c) {
        for (int k = 0; k < kCols; ++k) {
          half[r][c] += static_cast<T>(left.at[r][k]) *
                        step.from.first[k * step.from.down + c * step.from.across + lane];
        }
      }
    }
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kRows; ++c) {
        T sum = 0;
        for (int k = 0; k < kCols; ++k) sum += half[r][k] * static_cast<T>(left.at[c][k]);
        T& to = step.to.first[r * step.to.down + c * step.to.across + lane];
        if (kFinished && step.accumulate) sum += to;
        if (kFinished && step.bias != nullptr) sum += step.bias[lane];
        to = kFinished && step.relu && sum < 0 ? T(0) : sum;
      }
    }
  }
}

}  // namespace

template <class T>
void winograd_transform(const WinogradStep<T>& step) {
  switch (step.transform) {
    case WinogradTransform::kInput:
      return transform(winograd::kInput, step);
    case WinogradTransform::kOutput:
      return transform<true>(winograd::kOutput, step);
    case WinogradTransform::kOutputGradient:
      return transform(winograd::kOutputGradient, step);
    case WinogradTransform::kWeight:
      return transform(winograd::kWeight, step);
    case WinogradTransform::kWeightGradient:
      return transform(winograd::kWeightGradient, step);
  }
}

template void winograd_transform(const WinogradStep<float>&);
template void winograd_transform(const WinogradStep<double>&);

}  // namespace hourglass::reference
