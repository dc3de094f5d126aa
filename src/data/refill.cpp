#include "data/refill.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <vector>

#include "base/error.h"
#include "base/paths.h"
#include "data/csv_cell_style.h"
#include "data/csv_stream.h"
#include "data/npy.h"
#include "data/npy_layout.h"
#include "data/npz.h"

namespace hourglass {
namespace {

class TextRefill : public Refill {
 public:
  TextRefill(std::unique_ptr<InputFile> input, const ReadOptions& options)
      : input_(std::move(input)),
        stream_(*input_, options, CsvTuning()),
        styles_(learn_cell_styles(*input_, stream_.facts(), stream_.plan(), CsvTuning())) {
    stream_.note_holes();
  }

  const Table& table() const override { return stream_.table(); }
  RowStream& stream(Index) override { return stream_; }

  double as_written(Index column, double value) const override {
    const auto c = static_cast<std::size_t>(column);
    const bool number = table().columns[c].kind == ColumnKind::kNumeric;
    return number ? rounded_as_text(styles_[c], value) : value;
  }

  std::string beginning() const override { return stream_.beginning(); }

  std::string rows(int place, const double* values, Index) const override {
    const std::string_view text = stream_.text(place);
    std::string filled;
    filled.reserve(text.size() + text.size() / 8);
    std::size_t written = 0;
    for (const CsvHole& hole : stream_.holes(place)) {
      const double value = values[hole.row * stream_.cols() + hole.column];
      if (std::isnan(value)) continue;
      filled.append(text, written, hole.begin - written);
      const bool quoted = hole.begin < hole.end && text[hole.begin] == '"';
      append_cell(hole.column, value, quoted, filled);
      written = hole.end;
    }
    return filled.append(text, written);
  }

  void check_name(const std::string& output) const override {
    for (const char* ending : {".gz", ".npy", ".npz"}) {
      if (!output.ends_with(ending)) continue;
      usage_error(fmt::format("{} is a text table and {} would be no {}: name a .csv",
                              table().source, output, ending));
    }
  }

 private:
  void append_cell(Index column, double value, bool quoted, std::string& text) const {
    const auto c = static_cast<std::size_t>(column);
    const Column& of = table().columns[c];
    const std::string cell =
        of.kind == ColumnKind::kNumeric
            ? number_text(styles_[c], value)
            : level_text(styles_[c], of, static_cast<Index>(value), stream_.facts().dialect);
    // Where the empty cell stood in quotes, what is put there does too.
    const bool add_quotes = quoted && !cell.starts_with('"');
    text += add_quotes ? '"' + cell + '"' : cell;
  }

  std::unique_ptr<InputFile> input_;
  CsvStream stream_;
  std::vector<CsvCellStyle> styles_;
};

class ArrayRefill : public Refill {
 public:
  ArrayRefill(const std::string& path, const ReadOptions& options, bool single)
      : table_(read_table(path, options)), single_(single) {}

  const Table& table() const override { return table_; }
  RowStream& stream(Index piece_rows) override {
    rows_ = stream_rows(table_, nullptr, piece_rows);
    return *rows_;
  }
  double as_written(Index, double value) const override {
    return single_ ? static_cast<double>(static_cast<float>(value)) : value;
  }
  std::string beginning() const override {
    std::vector<Index> shape = {table_.rows()};
    shape.insert(shape.end(), table_.sample_shape.begin(), table_.sample_shape.end());
    return npy_beginning(single_ ? "'<f4'" : "'<f8'", shape);
  }
  std::string rows(int, const double* values, Index count) const override {
    const Index size = count * table_.cols();
    if (!single_) return bytes_of(values, size);
    const std::vector<float> narrow(values, values + size);
    return bytes_of(narrow.data(), size);
  }
  void check_name(const std::string& output) const override {
    if (output.ends_with(".npy")) return;
    usage_error(
        fmt::format("{} is an array, and so is what is made of it: name a file that ends in .npy, "
                    "not {}",
                    table_.source, output));
  }

 private:
  template <class T>
  static std::string bytes_of(const T* values, Index count) {
    return {reinterpret_cast<const char*>(values), static_cast<std::size_t>(count) * sizeof(T)};
  }

  Table table_;
  bool single_;  // float32
  std::unique_ptr<RowStream> rows_;
};

bool holds_float32(const NpyHeader& header, const std::string& name) {
  const ElementType& type = *interpret_npy_header(header, name).type;
  return type.kind == 'f' && type.size <= 4;
}

bool is_array_of_float32(const InputFile& input, const ReadOptions& options) {
  if (looks_like_npz(input)) {
    NpzArray array(input, options.key);
    return holds_float32(read_npy_header(array.bytes(), array.name()), array.name());
  }
  return holds_float32(read_npy_header(*input.open(), input.path()), input.path());
}

}  // namespace

std::unique_ptr<Refill> open_refill(const std::string& path, const ReadOptions& options) {
  if (is_folder(path)) data_error(fmt::format("{} is a folder: give one file of rows", path));
  if (auto text = open_text_table(path)) {
    return std::make_unique<TextRefill>(std::move(text), options);
  }
  const InputFile input(path);
  if (!looks_like_npy(input) && !looks_like_npz(input)) {
    data_error(fmt::format(
        "{} is neither a text table nor an array, and only those lack cells: give .csv, .npy or "
        ".npz",
        path));
  }
  return std::make_unique<ArrayRefill>(path, options, is_array_of_float32(input, options));
}

}  // namespace hourglass
