#pragma once

#include <string>
#include <vector>

#include "data/reader.h"

namespace hourglass {

/// Which of a file's columns the options keep, as positions from 0 in the file's order.
struct ColumnChoice {
  std::vector<Index> kept;
};

/// `names` may be empty (a nameless array): then only numbers are understood. Throws
/// ErrorKind::kData naming the nearest column for one that is not there, and if none is left.
ColumnChoice choose_columns(const std::vector<std::string>& names, Index count,
                            const ReadOptions& options, const std::string& source);

/// The position of the column called `word`: by its name, else "column 3" or "3", counted from 1.
/// −1 if there is none.
Index find_column(const std::vector<std::string>& names, Index count, const std::string& word);

/// The same, or ErrorKind::kData naming the nearest one.
Index find_column_or_fail(const std::vector<std::string>& names, Index count,
                          const std::string& word, const std::string& source);

}  // namespace hourglass
