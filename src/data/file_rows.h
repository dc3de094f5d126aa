#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/input_file.h"
#include "data/reader.h"
#include "data/row_stream.h"

namespace hourglass {

class CsvStream;

/// A file opened to go through its rows once: a text table is parsed on the way and kept nowhere,
/// an array that lies in the file as it is stays there, and only what is neither is read
/// beforehand. Errors are those of read_table(), those of a single row only once it is read.
class FileRows {
 public:
  /// `options.expected` must stay as long as this does.
  FileRows(const std::string& path, ReadOptions options);
  ~FileRows();

  /// The way through. `piece_rows`: rows taken at a time where that is not the text's to say.
  RowStream& stream(Index piece_rows);
  /// Columns, shape and source; rows left out, times and warnings once the way is done. No store to
  /// read.
  const Table& table() const;
  /// Once the way is done and `rows` came by: what there is to say of rows left out.
  void finish(Index rows);

 private:
  ReadOptions options_;
  std::unique_ptr<InputFile> text_;  // of a text table
  std::unique_ptr<CsvStream> csv_;
  std::vector<std::string> times_;  // of all its rows
  Table table_;
  std::unique_ptr<RowStream> rows_;  // of the table
};

}  // namespace hourglass
