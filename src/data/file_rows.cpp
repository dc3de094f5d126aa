#include "data/file_rows.h"

#include <utility>

#include "data/csv_stream.h"
#include "data/missing.h"
#include "data/time_column.h"

namespace hourglass {

FileRows::FileRows(const std::string& path, ReadOptions options) : options_(std::move(options)) {
  options_.once = true;
  text_ = open_text_table(path);
  if (text_) {
    if (!options_.time.empty()) times_ = read_times(*text_, options_.time);
    csv_ = std::make_unique<CsvStream>(*text_, options_, CsvTuning());
    table_ = csv_->table();
  } else {
    table_ = read_table(path, options_);
  }
}

FileRows::~FileRows() = default;

RowStream& FileRows::stream(Index piece_rows) {
  if (csv_) return *csv_;
  rows_ = stream_rows(table_, nullptr, piece_rows);
  return *rows_;
}

const Table& FileRows::table() const { return table_; }

void FileRows::finish(Index rows) {
  if (!csv_) return;
  table_ = csv_->table();
  keep_times(table_, std::move(times_));
  report_left_out_rows(&table_, rows);
}

}  // namespace hourglass
