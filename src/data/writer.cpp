#include "data/writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "data/npy_layout.h"

namespace hourglass {
namespace {

Index product(const std::vector<Index>& shape) {
  Index result = 1;
  for (const Index extent : shape) result *= extent;
  return result;
}

class NpyWriter : public RowWriter {
 public:
  NpyWriter(const std::string& path, Index rows, const std::vector<Index>& sample_shape)
      : file_(path), rows_left_(rows), cols_(product(sample_shape)) {
    std::vector<Index> shape = {rows};
    shape.insert(shape.end(), sample_shape.begin(), sample_shape.end());
    file_.write(npy_beginning("'<f4'", shape));
  }
  void write(const float* rows, Index count) override {
    HOURGLASS_CHECK(count <= rows_left_);
    rows_left_ -= count;
    file_.write(rows, static_cast<std::size_t>(count * cols_) * sizeof(float));
  }
  void finish() override {
    HOURGLASS_CHECK(rows_left_ == 0);
    file_.commit();
  }

 private:
  AtomicFile file_;
  Index rows_left_;
  Index cols_;
};

class CsvWriter : public RowWriter {
 public:
  CsvWriter(const std::string& path, Index rows, const std::vector<Index>& sample_shape,
            const std::vector<Column>& columns)
      : file_(path), rows_left_(rows), cols_(product(sample_shape)), levels_(cols_) {
    HOURGLASS_CHECK(columns.empty() || static_cast<Index>(columns.size()) == cols_);
    for (Index c = 0; c < cols_; ++c) {
      if (c > 0) text_ += ',';
      const auto i = static_cast<std::size_t>(c);
      text_ += columns.empty() ? fmt::format("column {}", c + 1) : csv_cell(columns[i].name);
      if (columns.empty() || columns[i].kind != ColumnKind::kCategorical) continue;
      for (const std::string& level : columns[i].levels) {
        levels_[i].push_back(csv_cell(level));
      }
      levels_[i].push_back("(other)");
    }
    text_ += '\n';
  }
  void write(const float* rows, Index count) override {
    HOURGLASS_CHECK(count <= rows_left_);
    rows_left_ -= count;
    for (Index r = 0; r < count; ++r) {
      for (Index c = 0; c < cols_; ++c) {
        if (c > 0) text_ += ',';
        write_cell(levels_[static_cast<std::size_t>(c)], *rows++);
      }
      text_ += '\n';
      if (text_.size() > kFlushBytes) flush();
    }
  }
  void finish() override {
    HOURGLASS_CHECK(rows_left_ == 0);
    flush();
    file_.commit();
  }

 private:
  static constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

  // `levels`: a categorical column's names and, last, that of any other; empty for a number.
  void write_cell(const std::vector<std::string>& levels, float value) {
    if (levels.empty()) {
      fmt::format_to(std::back_inserter(text_), "{}", value);
      return;
    }
    const auto other = static_cast<Index>(levels.size()) - 1;
    const auto level = static_cast<Index>(value);
    text_ += levels[static_cast<std::size_t>(level >= 0 && level < other ? level : other)];
  }

  void flush() {
    file_.write(text_);
    text_.clear();
  }

  AtomicFile file_;
  Index rows_left_;
  Index cols_;
  std::vector<std::vector<std::string>> levels_;  // cols
  std::string text_;
};

}  // namespace

std::string csv_cell(const std::string& text) {
  const bool bare = !text.empty() && text.find_first_of(",;\t\"\r\n") == std::string::npos &&
                    text.front() != ' ' && text.back() != ' ';
  if (bare) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::unique_ptr<RowWriter> open_row_writer(const std::string& path, Index rows,
                                           const std::vector<Index>& sample_shape,
                                           const std::vector<Column>& columns) {
  if (path.ends_with(".npy")) return std::make_unique<NpyWriter>(path, rows, sample_shape);
  if (path.ends_with(".csv")) {
    return std::make_unique<CsvWriter>(path, rows, sample_shape, columns);
  }
  usage_error(fmt::format("cannot tell the format to write from {}; end it in .npy or .csv", path));
}

}  // namespace hourglass
