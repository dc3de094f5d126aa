#pragma once

#include <cstddef>
#include <string_view>

#include "data/csv_dialect.h"

namespace hourglass {

/// How many bytes at the front of `text`, which begins at the beginning of a row, are whole rows:
/// up to behind the last line end that is in no quotes and after which nothing can change where it
/// ends. 0 if there is none.
std::size_t whole_rows(std::string_view text, const CsvDialect& dialect);

}  // namespace hourglass
