#include "data/row_encoder.h"

#include <algorithm>

#include "kernel/elementwise.h"
#include "kernel/row_scaling.h"

namespace hourglass {

RowEncoder::RowEncoder(const Encoding& encoding)
    : encoding_(encoding),
      numbers_alone_(!is_logarithmic(encoding.scaling) &&
                     std::ranges::none_of(encoding.columns,
                                          [](const ColumnEncoding& column) {
                                            return column.dropped ||
                                                   column.column.kind != ColumnKind::kNumeric;
                                          })),
      shift_(static_cast<std::size_t>(padded_cols(encoding.features))),
      scale_(shift_.size(), 1) {
  if (!numbers_alone_) return;
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    shift_[c] = encoding.columns[c].shift;
    scale_[c] = encoding.columns[c].scale;
  }
}

bool RowEncoder::encode(const double* raw, Index count, Panels<float> features,
                        Panels<float> mask) {
  if (numbers_alone_ && scale_to_panels(raw, shift_.data(), scale_.data(), features, count)) {
    return true;
  }
  return encode_any(raw, count, features, mask);
}

bool RowEncoder::encode_any(const double* raw, Index count, Panels<float> features,
                            Panels<float> mask) {
  const auto size = static_cast<std::size_t>(count * encoding_.features);
  features_.resize(size);
  mask_.resize(size);
  encode_rows(encoding_, raw, count, features_.data(), mask_.data());
  to_panels(features_.data(), encoding_.features, features, {0, count});
  if (std::ranges::all_of(mask_, [](float there) { return there != 0; })) return true;
  to_panels(mask_.data(), encoding_.features, mask, {0, count});
  return false;
}

void RowEncoder::decode(Panels<const float> features, Index count, float* units) {
  if (numbers_alone_) {
    return unscale_from_panels(features, shift_.data(), scale_.data(), units, count);
  }
  features_.resize(static_cast<std::size_t>(count * encoding_.features));
  raw_.resize(static_cast<std::size_t>(count * encoding_.table_columns()));
  from_panels(features, features_.data(), encoding_.features, {0, count});
  decode_rows(encoding_, features_.data(), count, raw_.data());
  std::ranges::transform(raw_, units, [](double x) { return static_cast<float>(x); });
}

}  // namespace hourglass
