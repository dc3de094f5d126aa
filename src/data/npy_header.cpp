#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <string_view>

#include "base/error.h"
#include "data/npy.h"

namespace hourglass {
namespace {

// NumPy itself writes a few hundred bytes at most for the types read here.
constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{64} << 10;
constexpr std::size_t kMaxDimensions = 32;

// The header is a Python dict literal such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !descr) {
        descr = true;
        header.descr = parse_descr();
      } else if (key == "fortran_order" && !order) {
        order = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !shape) {
        shape = true;
        header.shape = tuple();
      } else {
        broken();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty() || !descr || !order || !shape) broken();
    return header;
  }

 private:
  [[noreturn]] void broken() const {
    data_error(fmt::format("{} has a broken .npy header; write the file anew", name_));
  }
  void skip_blanks() {
    const std::size_t first = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  bool accept(char c) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) broken();
  }
  std::string quoted() {
    skip_blanks();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) broken();
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) broken();
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string parse_descr() {
    skip_blanks();
    if (!rest_.empty() && (rest_[0] == '[' || rest_[0] == '(')) {
      data_error(
          fmt::format("{} is a structured array (named fields); save its columns as one array "
                      "of numbers",
                      name_));
    }
    return quoted();
  }
  bool boolean() {
    skip_blanks();
    for (const std::string_view word : {"True", "False"}) {
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return word == "True";
      }
    }
    broken();
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> values;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      std::uint64_t value = 0;
      const char* last = rest_.data() + rest_.size();
      const auto [end, error] = std::from_chars(rest_.data(), last, value);
      if (error == std::errc::result_out_of_range) {
        data_error(
            fmt::format("{} has a header that speaks of more numbers than any file can hold; "
                        "write the file anew",
                        name_));
      }
      if (error != std::errc() || values.size() == kMaxDimensions) broken();
      values.push_back(value);
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      accept('L');  // Python 2 wrote long integers so
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }

  std::string_view rest_;
  const std::string& name_;
};

std::uint64_t little_endian(const unsigned char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

NpyHeader read_npy_header(ByteSource& source, const std::string& name) {
  unsigned char start[12] = {};
  read_exactly(source, start, 8, name);
  if (std::memcmp(start, "\x93NUMPY", 6) != 0) {
    data_error(fmt::format("{} is not a .npy array; write the file anew", name));
  }
  const int version = start[6];
  if (version < 1 || version > 3) {
    data_error(fmt::format("{} is .npy version {}; versions 1 to 3 can be read", name, version));
  }
  const int length_bytes = version == 1 ? 2 : 4;
  read_exactly(source, start + 8, static_cast<std::size_t>(length_bytes), name);
  const std::uint64_t length = little_endian(start + 8, length_bytes);
  if (length > kMaxHeaderBytes) {
    data_error(fmt::format("{} has an .npy header of {} bytes; that cannot be an array of numbers",
                           name, length));
  }
  std::string text(length, ' ');
  read_exactly(source, text.data(), text.size(), name);
  NpyHeader header = HeaderParser(text, name).parse();
  header.bytes = 8 + static_cast<std::uint64_t>(length_bytes) + length;
  return header;
}

}  // namespace hourglass
