#include "kernel/norm.h"

#include <array>
#include <cmath>

namespace hourglass {
namespace {

/// One number per column of a panel.
template <class S>
using Lanes = std::array<S, kPanelWidth>;

/// The columns of panel p that are not padding.
template <class T>
Index used_columns(const Panels<T>& matrix, Index p) {
  const Index left = matrix.cols - p * kPanelWidth;
  return left < kPanelWidth ? left : kPanelWidth;
}

/// Σ rows of a ⊙ b for one panel.
template <class T>
Lanes<double> sum_of_products(Panels<const T> a, Panels<const T> b, Index p) {
  Lanes<double> sum{};
  for (Index r = 0; r < a.rows; ++r) {
    const T* x = a.row(p, r);
    const T* y = b.row(p, r);
    for (std::size_t c = 0; c < kPanelWidth; ++c) sum[c] += double(x[c]) * double(y[c]);
  }
  return sum;
}

template <class T>
Lanes<double> sum_of_rows(Panels<const T> a, Index p) {
  Lanes<double> sum{};
  for (Index r = 0; r < a.rows; ++r) {
    const T* x = a.row(p, r);
    for (std::size_t c = 0; c < kPanelWidth; ++c) sum[c] += double(x[c]);
  }
  return sum;
}

template <class T>
Lanes<double> centred_squares(Panels<const T> a, const Lanes<double>& mean, Index p) {
  Lanes<double> sum{};
  for (Index r = 0; r < a.rows; ++r) {
    const T* x = a.row(p, r);
    for (std::size_t c = 0; c < kPanelWidth; ++c) {
      const double difference = double(x[c]) - mean[c];
      sum[c] += difference * difference;
    }
  }
  return sum;
}

template <class T>
void move_towards(T& running, double value, T momentum) {
  running = T((1 - double(momentum)) * double(running) + double(momentum) * value);
}

}  // namespace

template <class T>
void batch_norm_forward(const BatchNormForward<T>& norm, Range panels) {
  const double n = double(norm.input.rows);
  for (Index p = panels.begin; p < panels.end; ++p) {
    const Index used = used_columns(norm.input, p);
    const Index first = p * kPanelWidth;
    Lanes<double> mean = sum_of_rows(norm.input, p);
    for (double& m : mean) m /= n;
    const Lanes<double> squares = centred_squares(norm.input, mean, p);
    Lanes<T> centre{}, inverse{}, scale{}, shift{};
    for (Index c = 0; c < used; ++c) {
      const auto i = static_cast<std::size_t>(c);
      centre[i] = T(mean[i]);
      inverse[i] = T(1 / std::sqrt(squares[i] / n + kNormEpsilon));
      scale[i] = norm.scale[first + c];
      shift[i] = norm.shift[first + c];
      norm.inverse_stddev[first + c] = inverse[i];
      if (norm.running_mean) {
        move_towards(norm.running_mean[first + c], mean[i], norm.momentum);
        move_towards(norm.running_variance[first + c], squares[i] / (n > 1 ? n - 1 : 1),
                     norm.momentum);
      }
    }
    for (Index r = 0; r < norm.input.rows; ++r) {
      const T* x = norm.input.row(p, r);
      T* normalised = norm.normalised.row(p, r);
      T* y = norm.output.row(p, r);
      for (std::size_t c = 0; c < kPanelWidth; ++c) {
        normalised[c] = (x[c] - centre[c]) * inverse[c];
        y[c] = scale[c] * normalised[c] + shift[c];
      }
    }
  }
}

template <class T>
void batch_norm_backward(const BatchNormBackward<T>& norm, Range panels) {
  // ∂L/∂x = scale · inverse_stddev · (∂L/∂y − mean(∂L/∂y) − x̂ · mean(∂L/∂y ⊙ x̂))
  const double n = double(norm.output_gradient.rows);
  for (Index p = panels.begin; p < panels.end; ++p) {
    const Lanes<double> products = sum_of_products(norm.output_gradient, norm.normalised, p);
    const Lanes<double> sums = sum_of_rows(norm.output_gradient, p);
    Lanes<T> factor{}, mean{}, mean_product{};
    for (Index c = 0; c < used_columns(norm.output_gradient, p); ++c) {
      const auto i = static_cast<std::size_t>(c);
      const Index column = p * kPanelWidth + c;
      norm.scale_gradient[column] = T(products[i]);
      norm.shift_gradient[column] = T(sums[i]);
      factor[i] = norm.scale[column] * norm.inverse_stddev[column];
      mean[i] = T(sums[i] / n);
      mean_product[i] = T(products[i] / n);
    }
    for (Index r = 0; r < norm.output_gradient.rows; ++r) {
      const T* gradient = norm.output_gradient.row(p, r);
      const T* normalised = norm.normalised.row(p, r);
      T* out = norm.input_gradient.row(p, r);
      for (std::size_t c = 0; c < kPanelWidth; ++c) {
        out[c] = factor[c] * (gradient[c] - mean[c] - normalised[c] * mean_product[c]);
      }
    }
  }
}

template <class T>
void batch_norm_inference(const BatchNormInference<T>& norm, Range rows) {
  for (Index p = 0; p < norm.input.panels(); ++p) {
    Lanes<T> centre{}, inverse{}, scale{}, shift{};
    for (Index c = 0; c < used_columns(norm.input, p); ++c) {
      const auto i = static_cast<std::size_t>(c);
      const Index column = p * kPanelWidth + c;
      centre[i] = norm.running_mean[column];
      inverse[i] = T(1 / std::sqrt(double(norm.running_variance[column]) + kNormEpsilon));
      scale[i] = norm.scale[column];
      shift[i] = norm.shift[column];
    }
    for (Index r = rows.begin; r < rows.end; ++r) {
      const T* x = norm.input.row(p, r);
      T* y = norm.output.row(p, r);
      for (std::size_t c = 0; c < kPanelWidth; ++c) {
        y[c] = scale[c] * ((x[c] - centre[c]) * inverse[c]) + shift[c];
      }
    }
  }
}

template <class T>
void layer_norm_forward(const LayerNormForward<T>& norm, Range rows) {
  const double n = double(norm.input.cols);
  const Index panels = norm.input.panels();
  for (Index r = rows.begin; r < rows.end; ++r) {
    double sum = 0;
    for (Index p = 0; p < panels; ++p) {
      for (Index c = 0; c < used_columns(norm.input, p); ++c)
        sum += double(norm.input.row(p, r)[c]);
    }
    const double mean = sum / n;
    double squares = 0;
    for (Index p = 0; p < panels; ++p) {
      for (Index c = 0; c < used_columns(norm.input, p); ++c) {
        const double difference = double(norm.input.row(p, r)[c]) - mean;
        squares += difference * difference;
      }
    }
    const T inverse = T(1 / std::sqrt(squares / n + kNormEpsilon));
    if (norm.inverse_stddev) norm.inverse_stddev[r] = inverse;
    for (Index p = 0; p < panels; ++p) {
      const Index used = used_columns(norm.input, p);
      const T* x = norm.input.row(p, r);
      T* y = norm.output.row(p, r);
      for (Index c = 0; c < kPanelWidth; ++c) {
        const Index column = p * kPanelWidth + c;
        const T normalised = c < used ? (x[c] - T(mean)) * inverse : T(0);
        if (norm.normalised) norm.normalised.row(p, r)[c] = normalised;
        y[c] = c < used ? norm.scale[column] * normalised + norm.shift[column] : T(0);
      }
    }
  }
}

template <class T>
void layer_norm_backward(const LayerNormBackward<T>& norm, Range rows) {
  // With g = scale ⊙ ∂L/∂y: ∂L/∂x = inverse_stddev · (g − mean(g) − x̂ · mean(g ⊙ x̂)).
  const double n = double(norm.output_gradient.cols);
  const Index panels = norm.output_gradient.panels();
  for (Index r = rows.begin; r < rows.end; ++r) {
    double sum = 0, product = 0;
    for (Index p = 0; p < panels; ++p) {
      for (Index c = 0; c < used_columns(norm.output_gradient, p); ++c) {
        const double g =
            double(norm.scale[p * kPanelWidth + c]) * double(norm.output_gradient.row(p, r)[c]);
        sum += g;
        product += g * double(norm.normalised.row(p, r)[c]);
      }
    }
    for (Index p = 0; p < panels; ++p) {
      const Index used = used_columns(norm.output_gradient, p);
      const T* gradient = norm.output_gradient.row(p, r);
      const T* normalised = norm.normalised.row(p, r);
      T* out = norm.input_gradient.row(p, r);
      for (Index c = 0; c < kPanelWidth; ++c) {
        const T g = c < used ? norm.scale[p * kPanelWidth + c] * gradient[c] : T(0);
        out[c] = c < used
                     ? norm.inverse_stddev[r] * (g - T(sum / n) - normalised[c] * T(product / n))
                     : T(0);
      }
    }
  }
}

template <class T>
void norm_parameter_gradients(Panels<const T> output_gradient, Panels<const T> normalised,
                              T* scale_gradient, T* shift_gradient, Range panels) {
  for (Index p = panels.begin; p < panels.end; ++p) {
    const Lanes<double> products = sum_of_products(output_gradient, normalised, p);
    const Lanes<double> sums = sum_of_rows(output_gradient, p);
    for (Index c = 0; c < kPanelWidth; ++c) {
      scale_gradient[p * kPanelWidth + c] = T(products[static_cast<std::size_t>(c)]);
      shift_gradient[p * kPanelWidth + c] = T(sums[static_cast<std::size_t>(c)]);
    }
  }
}

#define HOURGLASS_INSTANTIATE(T)                                              \
  template void batch_norm_forward<T>(const BatchNormForward<T>&, Range);     \
  template void batch_norm_backward<T>(const BatchNormBackward<T>&, Range);   \
  template void batch_norm_inference<T>(const BatchNormInference<T>&, Range); \
  template void layer_norm_forward<T>(const LayerNormForward<T>&, Range);     \
  template void layer_norm_backward<T>(const LayerNormBackward<T>&, Range);   \
  template void norm_parameter_gradients<T>(Panels<const T>, Panels<const T>, T*, T*, Range)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
