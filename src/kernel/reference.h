#pragma once

#include "kernel/dense.h"
#include "kernel/elementwise.h"
#include "kernel/loss.h"
#include "kernel/noise.h"
#include "kernel/row_scaling.h"
#include "kernel/update.h"
#include "kernel/winograd.h"

/// The plain version of every kernel, for float and double: what the fast ones are held against,
/// what double precision runs on, and the last resort on a processor nothing faster was built for.
namespace hourglass::reference {

template <class T>
void dense_forward(const DenseForward<T>& layer, Range rows);
template <class T>
void dense_backward_data(const DenseBackwardData<T>& layer, Range rows);
template <class T>
void dense_backward_weights(const DenseBackwardWeights<T>& layer, Range inputs,
                            Range output_panels);
template <class T>
void transpose_panels(Panels<const T> matrix, Panels<T> transposed, Range panels);

template <class T>
void activation_forward(Activation activation, Panels<const T> z, Panels<T> h, Range rows);
template <class T>
void activation_backward(Activation activation, Panels<const T> z, Panels<const T> h,
                         Panels<const T> h_gradient, Panels<T> z_gradient, Range rows);
template <class T>
void to_panels(const T* row_major, Index row_stride, Panels<T> panels, Range rows);
template <class T>
void from_panels(Panels<const T> panels, T* row_major, Index row_stride, Range rows);

template <class T>
void loss_and_gradient(const LossArguments<T>& arguments, Range rows);

template <class T>
void update(const UpdateRule<T>& rule, T* parameter, const T* gradient, UpdateState<T> state,
            Index count, bool decay);

template <class T>
void winograd_transform(const WinogradStep<T>& step);

void fill_uniform(const NoiseSource& source, float* out, Index count);
void fill_normal(const NoiseSource& source, float* out, Index count);

bool scale_to_panels(const double* row_major, const double* shift, const double* scale,
                     Panels<float> panels, Index rows);
void unscale_from_panels(Panels<const float> panels, const double* shift, const double* scale,
                         float* row_major, Index rows);
void weighted_square_sums(Panels<const float> a, Panels<const float> b, const double* weights,
                          double most, double* sums, Index rows);

}  // namespace hourglass::reference
