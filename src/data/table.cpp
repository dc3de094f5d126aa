#include "data/table.h"

#include <fmt/format.h>

namespace hourglass {

std::string Table::column_name(Index c) const {
  if (c < static_cast<Index>(columns.size())) return columns[static_cast<std::size_t>(c)].name;
  return fmt::format("column {}", c + 1);
}

}  // namespace hourglass
