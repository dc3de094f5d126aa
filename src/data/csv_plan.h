#pragma once

#include <string>
#include <vector>

#include "data/csv_sniff.h"
#include "data/reader.h"

namespace hourglass {

enum class CellUse : unsigned char { kSkip, kNumeric, kCategorical };

/// What to do with each column of a file, and the table that comes of it.
struct CsvPlan {
  std::vector<CellUse> use;       ///< by the file's column
  std::vector<Index> target;      ///< by the file's column: the table's, or −1
  std::vector<Column> columns;    ///< the table's
  bool levels_are_known = false;  ///< a level not among them reads as −1
  std::vector<std::string> warnings;
};

/// Decides from what the columns hold and what the options ask; with options.expected the columns
/// are those, found by name under a header and by position otherwise. Throws ErrorKind::kData if
/// columns are missing or none is left.
CsvPlan plan_csv(const CsvFacts& facts, const ReadOptions& options, const std::string& path);

}  // namespace hourglass
