#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/reference.h"

namespace hourglass::reference {

bool scale_to_panels(const double* row_major, const double* shift, const double* scale,
                     Panels<float> panels, Index rows) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  bool finite = true;
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < padded_cols(panels.cols); ++c) {
      const double x = c < panels.cols ? row_major[r * panels.cols + c] : shift[c];
      finite = finite && std::isfinite(x);
      panels.at(r, c) =
          static_cast<float>(std::clamp((x - shift[c]) / scale[c], -kLargest, kLargest));
    }
  }
  return finite;
}

void unscale_from_panels(Panels<const float> panels, const double* shift, const double* scale,
                         float* row_major, Index rows) {
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < panels.cols; ++c) {
      const double x = static_cast<double>(panels.at(r, c)) * scale[c] + shift[c];
      row_major[r * panels.cols + c] = static_cast<float>(x);
    }
  }
}

void weighted_square_sums(Panels<const float> a, Panels<const float> b, const double* weights,
                          double most, double* sums, Index rows) {
  for (Index r = 0; r < rows; ++r) {
    double lanes[8] = {};
    for (Index c = 0; c < a.cols; ++c) {
      const double difference = static_cast<double>(a.at(r, c)) - static_cast<double>(b.at(r, c));
      const double square = difference * difference * weights[c];
      lanes[c % 8] += square < most ? square : most;
    }
    for (int half = 4; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    }
    sums[r] = lanes[0];
  }
}

}  // namespace hourglass::reference
