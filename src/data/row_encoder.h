#pragma once

#include <vector>

#include "data/encoding.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// Encodes blocks of rows into panels and back, to the same bits as encode_rows() and decode_rows()
/// and several times as fast where every column is a number. Keeps a reference to the encoding.
/// Has room of its own to work in: one for each thread.
class RowEncoder {
 public:
  explicit RowEncoder(const Encoding& encoding);

  /// raw: count × table columns with 64 readable bytes behind it (as Buffer has). `features` and
  /// `mask` have room for count rows. True if every cell is there; if not, `mask` is filled as
  /// well.
  bool encode(const double* raw, Index count, Panels<float> features, Panels<float> mask);
  /// Features to numbers in the data's own units, rounded to float32: count × table columns.
  void decode(Panels<const float> features, Index count, float* units);

 private:
  bool encode_any(const double* raw, Index count, Panels<float> features, Panels<float> mask);

  const Encoding& encoding_;
  bool numbers_alone_;                  // no categories, nothing dropped
  std::vector<double> shift_, scale_;   // padded_cols(features)
  std::vector<float> features_, mask_;  // a block in rows, where they are not numbers alone
  std::vector<double> raw_;
};

}  // namespace hourglass
