#pragma once

#include "kernel/map_shape.h"
#include "tensor/panels.h"

namespace hourglass {

/// Samples that are maps, in one of two layouts: flat, a sample a row of shape.size() columns in
/// the order (y, x, channel), or as a map, a position a row of shape.channels columns, all
/// positions of a sample in a run. Does not own its memory.
template <class T>
struct FeatureMap {
  Panels<T> numbers;
  MapShape shape;

  bool flat() const { return numbers.cols == shape.size(); }
  Index rows_per_sample() const { return flat() ? 1 : shape.positions(); }
  Range rows(Range samples) const {
    return {samples.begin * rows_per_sample(), samples.end * rows_per_sample()};
  }
  operator FeatureMap<const T>() const requires(!std::is_const_v<T>) { return {numbers, shape}; }
};

/// The rows of a range as a matrix of their own, in the same memory.
template <class T>
Panels<T> rows_of(Panels<T> matrix, Range rows) {
  if (!matrix) return matrix;
  return {matrix.data + rows.begin * kPanelWidth, rows.size(), matrix.cols, matrix.stride};
}

/// to = from for the samples of a range, or to += from; shapes are equal, layouts may differ.
template <class T>
void copy_maps(FeatureMap<const T> from, FeatureMap<T> to, Range samples);
template <class T>
void add_maps(FeatureMap<const T> from, FeatureMap<T> to, Range samples);

/// Row `y` of positions of one sample as width · channels numbers in the order (x, channel), and
/// the way back.
template <class T>
void read_map_row(FeatureMap<const T> map, Index sample, Index y, T* numbers);
template <class T>
void write_map_row(const T* numbers, FeatureMap<T> map, Index sample, Index y);
template <class T>
void add_map_row(const T* numbers, FeatureMap<T> map, Index sample, Index y);

/// The sum of each channel over all positions of the samples of a range, into padded_cols(channels)
/// numbers.
template <class T>
void sum_channels(FeatureMap<const T> map, Range samples, T* sums);

}  // namespace hourglass
