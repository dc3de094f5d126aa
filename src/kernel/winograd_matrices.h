#pragma once

#include "base/index.h"

namespace hourglass {

/// A small matrix known when the program is compiled.
template <int R, int C>
struct SmallMatrix {
  static constexpr int kRows = R;
  static constexpr int kCols = C;
  double at[R][C] = {};

  constexpr SmallMatrix<C, R> transposed() const {
    SmallMatrix<C, R> result;
    for (int r = 0; r < R; ++r) {
      for (int c = 0; c < C; ++c) result.at[c][r] = at[r][c];
    }
    return result;
  }
};

/// What Toom and Cook's way of multiplying polynomials by their values at some points makes of
/// them, and at ∞. The points come in pairs ±p after 0, so that in each matrix rows 1 and 2, and 3
/// and 4, differ in the signs of their odd columns alone (and of the transposes the columns).
namespace winograd {

inline constexpr double kPoints[] = {0, 0.625, -0.625, 1.5, -1.5};
inline constexpr int kFinite = 5;

/// A: the values of a polynomial of four coefficients.
constexpr SmallMatrix<6, 4> output_gradient_matrix() {
  SmallMatrix<6, 4> a;
  for (int i = 0; i < kFinite; ++i) {
    double power = 1;
    for (int c = 0; c < 4; ++c, power *= kPoints[i]) a.at[i][c] = power;
  }
  a.at[kFinite][3] = 1;
  return a;
}

/// G: the values of one of three, divided by the product of the distances to the other points.
constexpr SmallMatrix<6, 3> weight_matrix() {
  SmallMatrix<6, 3> g;
  for (int i = 0; i < kFinite; ++i) {
    double distances = 1;
    for (int j = 0; j < kFinite; ++j) {
      if (j != i) distances *= kPoints[i] - kPoints[j];
    }
    double power = 1 / distances;
    for (int c = 0; c < 3; ++c, power *= kPoints[i]) g.at[i][c] = power;
  }
  g.at[kFinite][2] = 1;
  return g;
}

/// Bᵀ: the coefficients of the product of (x − p) over all points p but the row's own.
constexpr SmallMatrix<6, 6> input_matrix() {
  SmallMatrix<6, 6> b;
  for (int i = 0; i <= kFinite; ++i) {
    double* row = b.at[i];
    row[0] = 1;
    int degree = 0;
    for (int j = 0; j < kFinite; ++j) {
      if (j == i) continue;
      ++degree;
      for (int c = degree; c >= 0; --c) row[c] = (c > 0 ? row[c - 1] : 0) - kPoints[j] * row[c];
    }
  }
  return b;
}

inline constexpr auto kInput = input_matrix();
inline constexpr auto kOutputGradient = output_gradient_matrix();
inline constexpr auto kOutput = kOutputGradient.transposed();
inline constexpr auto kWeight = weight_matrix();
inline constexpr auto kWeightGradient = kWeight.transposed();

}  // namespace winograd
}  // namespace hourglass
