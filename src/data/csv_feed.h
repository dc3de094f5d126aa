#pragma once

#include <exception>
#include <string>
#include <vector>

#include "data/csv_plan.h"
#include "data/csv_row_builder.h"
#include "data/csv_sniff.h"
#include "data/reader.h"
#include "data/time_column.h"

namespace hourglass {

/// The rows of a text table for a model, as they arrive from a pipe: handed out as soon as they are
/// whole, and kept no longer than that. Used by one thread.
class CsvFeed {
 public:
  /// count × cols() numbers as RowStore gives them, with 64 readable bytes behind.
  struct Rows {
    const double* values = nullptr;
    const Index* numbers = nullptr;  ///< which row of the source each is, counted from 0
    const std::string* times =
        nullptr;  ///< of each, as they stand there; null without such a column
    Index count = 0;
  };

  /// Reads from the file descriptor `input` from where it stands; `name` is what messages call it.
  /// `options.expected` must not be null and stays as long as this does.
  CsvFeed(int input, std::string name, ReadOptions options);

  Index cols() const { return static_cast<Index>(options_.expected->size()); }
  /// Waits until there is a row, then gives all that are there, up to 64 KiB of text; none at the
  /// end. They stay until the next call. Of a row with something wrong in it ErrorKind::kData is
  /// thrown once those before it have been given. Stops where interrupted.
  Rows next();
  /// What there is to say of the columns; known once the first rows are there.
  const std::vector<std::string>& warnings() const { return plan_.warnings; }

 private:
  void fill();
  std::size_t whole_bytes() const;
  void begin();
  void parse();

  const int input_;
  const std::string name_;
  const ReadOptions options_;

  std::vector<char> text_;
  std::size_t size_ = 0;    // of the text
  std::size_t parsed_ = 0;  // at its front
  bool at_end_ = false;

  bool begun_ = false;
  CsvFacts facts_;
  CsvPlan plan_;
  std::vector<LevelMap> levels_;
  Index next_line_ = 1;
  Index rows_read_ = 0;

  std::vector<double> values_;
  std::vector<Index> numbers_;
  Index time_column_ = -1;  // in the source
  TimeOrder time_order_;
  std::vector<std::string> times_;
  std::exception_ptr wrong_;  // with the row behind the last that was given
};

}  // namespace hourglass
