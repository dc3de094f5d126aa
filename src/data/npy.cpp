#include "data/npy.h"

#include <charconv>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {

bool looks_like_npy(const InputFile& input) { return input.head().starts_with("\x93NUMPY"); }

ArrayHeader interpret_npy_header(const NpyHeader& header, const std::string& name) {
  const std::string& descr = header.descr;
  const char order = descr.empty() ? ' ' : descr[0];
  const bool has_order = order == '<' || order == '>' || order == '=' || order == '|';
  const std::size_t kind = has_order ? 1 : 0;
  if (descr.size() > kind && descr[kind] == 'O') {
    data_error(
        fmt::format("{} holds Python objects, not numbers; save it as an array of a number "
                    "type, e.g. x.astype('float32')",
                    name));
  }
  Index size = 0;
  const char* last = descr.data() + descr.size();
  if (descr.size() > kind + 1) {
    const auto [end, error] = std::from_chars(descr.data() + kind + 1, last, size);
    if (error != std::errc() || end != last) size = 0;
  }
  ArrayHeader array;
  array.type = size > 0 ? find_element_type(descr[kind], size) : nullptr;
  if (array.type == nullptr) {
    data_error(
        fmt::format("{} holds elements of type '{}'; only real numbers (float16 to float64, "
                    "integers of 8 to 64 bits, bool) can be read: convert it first",
                    name, descr));
  }
  array.swapped = order == '>' && array.type->size > 1;
  array.fortran_order = header.fortran_order && header.shape.size() > 1;
  array.shape = header.shape;
  return array;
}

Table read_npy(const InputFile& input, const ReadOptions& options) {
  const std::unique_ptr<ByteSource> bytes = input.open();
  const NpyHeader header = read_npy_header(*bytes, input.path());
  ArraySource source;
  source.bytes = bytes.get();
  source.name = input.path();
  if (bytes->size()) {
    source.bytes_left = *bytes->size() - header.bytes;
    source.place = ArrayPlace{input.file(), header.bytes};
  }
  return read_array(source, interpret_npy_header(header, input.path()), options);
}

}  // namespace hourglass
