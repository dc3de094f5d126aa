#include "data/idx.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/error.h"
#include "data/array_table.h"

namespace hourglass {
namespace {

struct IdxType {
  unsigned char code;
  char kind;
  Index size;
};
constexpr std::array<IdxType, 6> kTypes = {{
    {0x08, 'u', 1},
    {0x09, 'i', 1},
    {0x0B, 'i', 2},
    {0x0C, 'i', 4},
    {0x0D, 'f', 4},
    {0x0E, 'f', 8},
}};

const IdxType* find_type(unsigned char code) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const IdxType& type) { return type.code == code; });
  return found == kTypes.end() ? nullptr : found;
}

Table read(const InputFile& input, const ReadOptions& options, bool bytes_are_shares) {
  const std::unique_ptr<ByteSource> bytes = input.open();
  unsigned char magic[4] = {};
  read_exactly(*bytes, magic, 4, input.path());
  const IdxType* type = find_type(magic[2]);
  if (magic[0] != 0 || magic[1] != 0 || type == nullptr || magic[3] == 0) {
    data_error(fmt::format("{} is not an IDX file: its first bytes are {:02x}{:02x}{:02x}{:02x}",
                           input.path(), magic[0], magic[1], magic[2], magic[3]));
  }
  ArrayHeader header;
  header.type = find_element_type(type->kind, type->size);
  header.swapped = type->size > 1;
  for (int d = 0; d < magic[3]; ++d) {
    unsigned char extent[4] = {};
    read_exactly(*bytes, extent, 4, input.path());
    header.shape.push_back(std::uint64_t{extent[0]} << 24 | extent[1] << 16 | extent[2] << 8 |
                           extent[3]);
  }
  const std::uint64_t header_bytes = 4 + 4 * std::uint64_t{magic[3]};
  ArraySource source;
  source.bytes = bytes.get();
  source.name = input.path();
  const bool shares = bytes_are_shares && type->kind == 'u';
  if (shares) source.divisor = 255;
  if (bytes->size()) {
    source.bytes_left = *bytes->size() - header_bytes;
    source.place = ArrayPlace{input.file(), header_bytes};
  }
  Table table = read_array(source, header, options);
  table.unit_interval = shares;
  return table;
}

}  // namespace

bool looks_like_idx(const InputFile& input) {
  const std::string_view head = input.head();
  return head.size() >= 4 && head[0] == 0 && head[1] == 0 &&
         find_type(static_cast<unsigned char>(head[2])) != nullptr && head[3] > 0 && head[3] <= 16;
}

Table read_idx(const InputFile& input, const ReadOptions& options) {
  return read(input, options, true);
}

Table read_idx_labels(const InputFile& input, const ReadOptions& options) {
  return read(input, options, false);
}

}  // namespace hourglass
