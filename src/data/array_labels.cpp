#include "data/array_labels.h"

#include <charconv>
#include <cstring>
#include <fmt/format.h>

#include "base/error.h"
#include "data/array_table.h"
#include "data/npy.h"

namespace hourglass {
namespace {

constexpr std::uint64_t kMaxLabelLength = 4096;

[[noreturn]] void refuse_shape(const std::string& name) {
  data_error(fmt::format("{} holds more than one number a row; labels are one each", name));
}

void append_utf8(std::uint32_t code, std::string* text) {
  if (code < 0x80) {
    *text += static_cast<char>(code);
  } else if (code < 0x800) {
    *text += static_cast<char>(0xC0 | code >> 6);
    *text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *text += static_cast<char>(0xE0 | code >> 12);
    *text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *text += static_cast<char>(0xF0 | (code >> 18 & 7));
    *text += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    *text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// NumPy's fixed-width text: 'S5' is five bytes, '<U5' five characters of four bytes, padded with
// zeros.
std::vector<std::string> read_text(ByteSource& npy, const NpyHeader& header,
                                   const std::string& name) {
  const bool wide = header.descr[1] == 'U';
  const bool swapped = header.descr[0] == '>';
  std::uint64_t length = 0;
  const char* last = header.descr.data() + header.descr.size();
  const auto [end, error] = std::from_chars(header.descr.data() + 2, last, length);
  if (error != std::errc() || end != last || length == 0 || length > kMaxLabelLength) {
    data_error(
        fmt::format("{} holds elements of type '{}', which cannot be labels", name, header.descr));
  }
  std::vector<std::byte> element(length * (wide ? 4 : 1));
  std::vector<std::string> labels;
  // Grows as the labels come: the header may claim any number of them.
  for (std::uint64_t row = 0; row < header.shape[0]; ++row) {
    read_exactly(npy, element.data(), element.size(), name);
    if (wide && swapped) swap_byte_order(element.data(), static_cast<Index>(length), 4);
    std::string text;
    for (std::uint64_t i = 0; i < length; ++i) {
      std::uint32_t code = 0;
      std::memcpy(&code, element.data() + i * (wide ? 4 : 1), wide ? 4 : 1);
      if (code == 0) break;
      wide ? append_utf8(code, &text) : text.push_back(static_cast<char>(code));
    }
    labels.push_back(std::move(text));
  }
  return labels;
}

}  // namespace

std::string number_label(double value) { return fmt::format("{}", value == 0 ? 0.0 : value); }

std::vector<std::string> table_labels(const Table& table) {
  if (table.cols() != 1) refuse_shape(table.source);
  std::vector<double> values(static_cast<std::size_t>(table.rows()));
  table.store->read(0, table.rows(), values.data());
  std::vector<std::string> labels;
  labels.reserve(values.size());
  for (const double value : values) labels.push_back(number_label(value));
  return labels;
}

std::vector<std::string> read_array_labels(ByteSource& npy, const std::string& name) {
  const NpyHeader header = read_npy_header(npy, name);
  const bool one_each =
      header.shape.size() == 1 || (header.shape.size() == 2 && header.shape[1] == 1);
  if (!one_each) refuse_shape(name);
  const std::string& descr = header.descr;
  if (descr.size() > 2 && (descr[1] == 'U' || descr[1] == 'S')) return read_text(npy, header, name);
  ArraySource source;
  source.bytes = &npy;
  source.name = name;
  if (npy.size() && *npy.size() >= header.bytes) source.bytes_left = *npy.size() - header.bytes;
  ReadOptions options;
  options.missing = MissingPolicy::kImpute;
  return table_labels(read_array(source, interpret_npy_header(header, name), options));
}

}  // namespace hourglass
