#pragma once

#include <string_view>

namespace hourglass {

/// How a text table parts its cells.
struct CsvDialect {
  char separator = ',';
  bool blanks = false;  ///< runs of spaces and tabs part cells; `separator` is then a space
};

/// Told by the separator that gives the most lines at the start of the file as many cells as the
/// first line has; a tab before ';' before ',' before white space where several do.
CsvDialect detect_dialect(std::string_view head);

}  // namespace hourglass
