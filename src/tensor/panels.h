#pragma once

#include <type_traits>

#include "base/index.h"
#include "tensor/buffer.h"

namespace hourglass {

/// Columns in one panel. One AVX-512 vector, two of AVX2, four of SSE: every target works in the
/// same layout, so nothing is rearranged when the same model runs on another machine.
inline constexpr Index kPanelWidth = 16;

constexpr Index panel_count(Index cols) { return (cols + kPanelWidth - 1) / kPanelWidth; }
constexpr Index padded_cols(Index cols) { return panel_count(cols) * kPanelWidth; }

/// A view of a rows × cols matrix kept in panels of 16 columns: all rows of columns 0–15, then all
/// rows of columns 16–31, … Element (r, c) is data[(c / 16) · stride + r · 16 + c % 16]. Within a
/// panel a tile of rows is one contiguous run, which is what the matrix kernels stream through.
/// Columns past `cols` in the last panel are padding and hold zeros, always: kernels may read them
/// and must write zeros there. Does not own its memory.
template <class T>
struct Panels {
  T* data = nullptr;
  Index rows = 0;
  Index cols = 0;
  Index stride = 0;  ///< elements from one panel to the next; at least rows · 16

  T* panel(Index p) const { return data + p * stride; }
  T* row(Index p, Index r) const { return data + p * stride + r * kPanelWidth; }
  T& at(Index r, Index c) const {
    return data[c / kPanelWidth * stride + r * kPanelWidth + c % kPanelWidth];
  }
  Index panels() const { return panel_count(cols); }
  explicit operator bool() const { return data != nullptr; }

  /// The same memory with fewer rows in use (the last, shorter batch of an epoch).
  Panels first_rows(Index n) const { return {data, n, cols, stride}; }
  operator Panels<const T>() const requires(!std::is_const_v<T>) {
    return {data, rows, cols, stride};
  }
};

/// A rows × cols matrix in panels that owns its memory. Starts as zeros.
template <class T>
class PanelMatrix {
 public:
  PanelMatrix() = default;
  PanelMatrix(Index rows, Index cols)
      : buffer_(rows * padded_cols(cols)), rows_(rows), cols_(cols) {}

  Panels<T> view() { return {buffer_.data(), rows_, cols_, rows_ * kPanelWidth}; }
  Panels<const T> view() const { return {buffer_.data(), rows_, cols_, rows_ * kPanelWidth}; }
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  bool empty() const { return rows_ == 0 || cols_ == 0; }

 private:
  Buffer<T> buffer_;
  Index rows_ = 0;
  Index cols_ = 0;
};

}  // namespace hourglass
