#pragma once

#include <type_traits>

#include "base/index.h"
#include "tensor/buffer.h"

namespace hourglass {

/// A view of a row-major rows × cols matrix. Does not own its memory.
template <class T>
struct MatrixView {
  T* data = nullptr;
  Index rows = 0;
  Index cols = 0;

  T* row(Index r) const { return data + r * cols; }
  T& at(Index r, Index c) const { return data[r * cols + c]; }
  operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols}; }
};

/// A row-major rows × cols matrix that owns its memory. Starts as zeros.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(Index rows, Index cols) : buffer_(rows * cols), rows_(rows), cols_(cols) {}

  MatrixView<T> view() { return {buffer_.data(), rows_, cols_}; }
  MatrixView<const T> view() const { return {buffer_.data(), rows_, cols_}; }
  operator MatrixView<const T>() const { return view(); }
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  T* data() { return buffer_.data(); }
  const T* data() const { return buffer_.data(); }
  T* row(Index r) { return buffer_.data() + r * cols_; }
  const T* row(Index r) const { return buffer_.data() + r * cols_; }
  T& at(Index r, Index c) { return buffer_[r * cols_ + c]; }
  const T& at(Index r, Index c) const { return buffer_[r * cols_ + c]; }

 private:
  Buffer<T> buffer_;
  Index rows_ = 0;
  Index cols_ = 0;
};

}  // namespace hourglass
