#include "kernel/dropout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.h"

namespace hourglass {
namespace {

/// Random numbers of four neighbouring columns, the unit philox makes at once.
std::array<std::uint32_t, 4> draw(const DropoutMask& mask, Index row, Index quad) {
  // The counter is (quad, row, step's low half, purpose | layer | step's high bits), so no two
  // elements of one training share a number.
  const auto step = static_cast<std::uint64_t>(mask.step);
  const std::uint32_t place = static_cast<std::uint32_t>(RandomPurpose::kDropout) |
                              (static_cast<std::uint32_t>(mask.layer) & 0xffff) << 8 |
                              static_cast<std::uint32_t>(step >> 32) << 24;
  return philox(
      {static_cast<std::uint32_t>(quad), static_cast<std::uint32_t>(row),
       static_cast<std::uint32_t>(step), place},
      {static_cast<std::uint32_t>(mask.seed), static_cast<std::uint32_t>(mask.seed >> 32)});
}

/// Numbers below this are dropped.
std::uint64_t drop_below(double rate) {
  return static_cast<std::uint64_t>(std::llround(rate * 0x1p32));
}

}  // namespace

bool keeps(const DropoutMask& mask, Index row, Index column) {
  return draw(mask, row, column / 4)[static_cast<std::size_t>(column % 4)] >= drop_below(mask.rate);
}

template <class T>
void dropout(const DropoutMask& mask, Panels<const T> input, Panels<T> output, Range rows) {
  const std::uint64_t limit = drop_below(mask.rate);
  const T scale = T(1 / (1 - mask.rate));
  for (Index p = 0; p < input.panels(); ++p) {
    for (Index r = rows.begin; r < rows.end; ++r) {
      const T* from = input.row(p, r);
      T* to = output.row(p, r);
      for (Index c = 0; c < kPanelWidth; c += 4) {
        const auto random = draw(mask, r, (p * kPanelWidth + c) / 4);
        for (Index i = 0; i < 4; ++i) {
          to[c + i] = random[static_cast<std::size_t>(i)] >= limit ? from[c + i] * scale : T(0);
        }
      }
    }
  }
}

template void dropout<float>(const DropoutMask&, Panels<const float>, Panels<float>, Range);
template void dropout<double>(const DropoutMask&, Panels<const double>, Panels<double>, Range);

}  // namespace hourglass
