#pragma once

#include <cstddef>
#include <vector>

#include "data/csv_row_builder.h"

namespace hourglass {

/// A cell that should hold something and does not, by its row and the table's column, and where in
/// the text it stands: its quotes included, blanks around it not.
struct CsvHole {
  Index row, column;
  std::size_t begin, end;
};

/// Notes on the way where the holes are. `text`: where the text begins that the scanner reads.
class CsvHoleNoter : public CsvRowBuilder {
 public:
  CsvHoleNoter(const CsvPlan& plan, const CsvFacts& facts, const ReadOptions& options,
               const std::string& path, const std::vector<LevelMap>& known, const char* text)
      : CsvRowBuilder(plan, facts, options, path, known), text_(text) {}

  void begin_row() {
    CsvRowBuilder::begin_row();
    while (!holes_.empty() && holes_.back().row == row()) holes_.pop_back();
  }
  void extent(Index column, const char* begin, const char* end) {
    if (!is_hole(column)) return;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t')) --end;
    holes_.push_back({row(), plan().target[static_cast<std::size_t>(column)],
                      static_cast<std::size_t>(begin - text_),
                      static_cast<std::size_t>(end - text_)});
  }

  const std::vector<CsvHole>& holes() const { return holes_; }

 private:
  const char* text_;
  std::vector<CsvHole> holes_;
};

}  // namespace hourglass
