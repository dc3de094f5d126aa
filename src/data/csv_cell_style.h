#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/csv_plan.h"

namespace hourglass {

/// How the cells of one column of a text table are written, as those that are there show.
struct CsvCellStyle {
  // Of numbers.
  bool plain = true;      ///< all as digits with a point at most
  int most_decimals = 0;  ///< behind the point, where plain
  int least_decimals = 0;
  Index numbers = 0;  ///< that were looked at
  /// Of categories: each level as it first stands in the file, quotes included; empty where it
  /// does not occur.
  std::vector<std::string> levels;
};

/// Learns the styles of a table's columns from all rows of a file. `plan` says which columns those
/// are and names their levels.
std::vector<CsvCellStyle> learn_cell_styles(const InputFile& input, const CsvFacts& facts,
                                            const CsvPlan& plan, const CsvTuning& tuning);

/// The number as the column writes its own: as many digits behind the point, none where all are
/// whole; where they are written otherwise, the shortest text of its float32.
std::string number_text(const CsvCellStyle& style, double value);

/// The level as the file writes it, or quoted as RFC 4180 wants it.
std::string level_text(const CsvCellStyle& style, const Column& column, Index level,
                       const CsvDialect& dialect);

/// What number_text() comes to.
double rounded_as_text(const CsvCellStyle& style, double value);

}  // namespace hourglass
