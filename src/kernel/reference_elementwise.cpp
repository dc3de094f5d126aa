#include "kernel/reference.h"

namespace hourglass::reference {

template <class T>
void activation_forward(Activation activation, Panels<const T> z, Panels<T> h, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < padded_cols(z.cols); ++c) {
      h.at(r, c) = c < z.cols ? activate(activation, z.at(r, c)) : T(0);
    }
  }
}

template <class T>
void activation_backward(Activation activation, Panels<const T> z, Panels<const T> h,
                         Panels<const T> h_gradient, Panels<T> z_gradient, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < padded_cols(h_gradient.cols); ++c) {
      if (c >= h_gradient.cols) {
        z_gradient.at(r, c) = 0;
        continue;
      }
      const T at = z ? z.at(r, c) : T(0);
      const T value = h ? h.at(r, c) : T(0);
      z_gradient.at(r, c) = h_gradient.at(r, c) * activation_derivative(activation, at, value);
    }
  }
}

template <class T>
void to_panels(const T* row_major, Index row_stride, Panels<T> panels, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < padded_cols(panels.cols); ++c) {
      panels.at(r, c) = c < panels.cols ? row_major[r * row_stride + c] : T(0);
    }
  }
}

template <class T>
void from_panels(Panels<const T> panels, T* row_major, Index row_stride, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < panels.cols; ++c) row_major[r * row_stride + c] = panels.at(r, c);
  }
}

#define HOURGLASS_INSTANTIATE(T)                                                      \
  template void activation_forward<T>(Activation, Panels<const T>, Panels<T>, Range); \
  template void activation_backward<T>(Activation, Panels<const T>, Panels<const T>,  \
                                       Panels<const T>, Panels<T>, Range);            \
  template void to_panels<T>(const T*, Index, Panels<T>, Range);                      \
  template void from_panels<T>(Panels<const T>, T*, Index, Range)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass::reference
