// The functions callers see. Float goes through the table of the implementation in use, double
// always takes the reference.
#include "kernel/kernel_table.h"
#include "kernel/reference.h"

namespace hourglass {

template <>
void dense_forward(const DenseForward<float>& layer, Range rows) {
  kernels().dense_forward(layer, rows);
}
template <>
void dense_forward(const DenseForward<double>& layer, Range rows) {
  reference::dense_forward(layer, rows);
}

template <>
void dense_backward_data(const DenseBackwardData<float>& layer, Range rows) {
  kernels().dense_backward_data(layer, rows);
}
template <>
void dense_backward_data(const DenseBackwardData<double>& layer, Range rows) {
  reference::dense_backward_data(layer, rows);
}

template <>
void dense_backward_weights(const DenseBackwardWeights<float>& layer, Range inputs,
                            Range output_panels) {
  kernels().dense_backward_weights(layer, inputs, output_panels);
}
template <>
void dense_backward_weights(const DenseBackwardWeights<double>& layer, Range inputs,
                            Range output_panels) {
  reference::dense_backward_weights(layer, inputs, output_panels);
}

template <>
DenseTiles dense_tiles<float>() {
  return kernels().tiles;
}
template <>
DenseTiles dense_tiles<double>() {
  return {16, 16, 1};
}

template <>
void transpose_panels(Panels<const float> matrix, Panels<float> transposed, Range panels) {
  kernels().transpose_panels(matrix, transposed, panels);
}
template <>
void transpose_panels(Panels<const double> matrix, Panels<double> transposed, Range panels) {
  reference::transpose_panels(matrix, transposed, panels);
}

template <>
void activation_forward(Activation activation, Panels<const float> z, Panels<float> h, Range rows) {
  kernels().activation_forward(activation, z, h, rows);
}
template <>
void activation_forward(Activation activation, Panels<const double> z, Panels<double> h,
                        Range rows) {
  reference::activation_forward(activation, z, h, rows);
}

template <>
void activation_backward(Activation activation, Panels<const float> z, Panels<const float> h,
                         Panels<const float> h_gradient, Panels<float> z_gradient, Range rows) {
  kernels().activation_backward(activation, z, h, h_gradient, z_gradient, rows);
}
template <>
void activation_backward(Activation activation, Panels<const double> z, Panels<const double> h,
                         Panels<const double> h_gradient, Panels<double> z_gradient, Range rows) {
  reference::activation_backward(activation, z, h, h_gradient, z_gradient, rows);
}

template <>
void to_panels(const float* row_major, Index row_stride, Panels<float> panels, Range rows) {
  kernels().to_panels(row_major, row_stride, panels, rows);
}
template <>
void to_panels(const double* row_major, Index row_stride, Panels<double> panels, Range rows) {
  reference::to_panels(row_major, row_stride, panels, rows);
}

template <>
void from_panels(Panels<const float> panels, float* row_major, Index row_stride, Range rows) {
  kernels().from_panels(panels, row_major, row_stride, rows);
}
template <>
void from_panels(Panels<const double> panels, double* row_major, Index row_stride, Range rows) {
  reference::from_panels(panels, row_major, row_stride, rows);
}

template <>
void loss_and_gradient(const LossArguments<float>& arguments, Range rows) {
  kernels().loss_and_gradient(arguments, rows);
}
template <>
void loss_and_gradient(const LossArguments<double>& arguments, Range rows) {
  reference::loss_and_gradient(arguments, rows);
}

template <>
void update(const UpdateRule<float>& rule, float* parameter, const float* gradient,
            UpdateState<float> state, Index count, bool decay) {
  kernels().update(rule, parameter, gradient, state, count, decay);
}
template <>
void update(const UpdateRule<double>& rule, double* parameter, const double* gradient,
            UpdateState<double> state, Index count, bool decay) {
  reference::update(rule, parameter, gradient, state, count, decay);
}

template <>
void winograd_transform(const WinogradStep<float>& step) {
  kernels().winograd_transform(step);
}
template <>
void winograd_transform(const WinogradStep<double>& step) {
  reference::winograd_transform(step);
}

void fill_uniform(const NoiseSource& source, float* out, Index count) {
  kernels().fill_uniform(source, out, count);
}

void fill_normal(const NoiseSource& source, float* out, Index count) {
  kernels().fill_normal(source, out, count);
}

bool scale_to_panels(const double* row_major, const double* shift, const double* scale,
                     Panels<float> panels, Index rows) {
  return kernels().scale_to_panels(row_major, shift, scale, panels, rows);
}

void unscale_from_panels(Panels<const float> panels, const double* shift, const double* scale,
                         float* row_major, Index rows) {
  kernels().unscale_from_panels(panels, shift, scale, row_major, rows);
}

void weighted_square_sums(Panels<const float> a, Panels<const float> b, const double* weights,
                          double most, double* sums, Index rows) {
  kernels().weighted_square_sums(a, b, weights, most, sums, rows);
}

}  // namespace hourglass
