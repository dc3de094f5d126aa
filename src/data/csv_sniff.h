#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "data/csv_dialect.h"
#include "data/csv_scanner.h"
#include "data/input_file.h"
#include "data/table.h"

namespace hourglass {

/// Sizes of the reading, made small by tests.
struct CsvTuning {
  std::size_t chunk_bytes = std::size_t{4} << 20;
  Index sniffed_rows = 10'000;  ///< rows that decide what a column holds
};

/// What the first rows of a column hold. Counts of cells.
struct CsvColumnFacts {
  Index numbers = 0;
  Index missing_words = 0;
  Index empty = 0;
  Index texts = 0;  ///< neither number, nor missing, nor empty; dates are among them
  Index dates = 0;
  std::unordered_set<std::string> distinct;  ///< texts, while there are not too many in all

  Index filled() const { return numbers + texts; }
};

/// What the first rows of a file tell about it.
struct CsvFacts {
  CsvDialect dialect;
  bool has_header = false;
  std::vector<std::string> names;  ///< from the header, made unique; else "column 3"
  std::vector<CsvColumnFacts> columns;
  Index rows = 0;  ///< looked at, without the header
  std::vector<std::string> warnings;

  Index width() const { return static_cast<Index>(columns.size()); }
};

/// The first line is a header if it has a text where the cells below are numbers (or dates), if it
/// has a name of an `expected` column (may be null), or if in a table of texts none of it occurs
/// again. Throws ErrorKind::kData for a file without rows.
CsvFacts sniff_csv(const InputFile& input, const std::vector<Column>* expected,
                   const CsvTuning& tuning);

/// The same of a table that has only begun to come: `text` holds its first row, whole. That is a
/// header if it has a name of an `expected` column, or texts alone where a number is expected.
/// Which columns hold what is left open: the expected ones are what a model knows.
CsvFacts sniff_first_row(std::string_view text, const std::vector<Column>& expected,
                         const std::string& name);

/// Reads the file from its first row of cells on, behind the header.
CsvScanner scanner_at_first_row(const InputFile& input, const CsvFacts& facts,
                                const CsvTuning& tuning);

/// Text from a file for a message: on one line, and not too long.
std::string shown(std::string_view text);

}  // namespace hourglass
