#pragma once

#include <string>
#include <vector>

#include "data/reader.h"

namespace hourglass {

/// Whether there are .csv, .tsv or .npy files (also .gz) in the folder and no images.
bool holds_tables(const std::string& folder);

/// Their paths, in byte order of their names.
std::vector<std::string> tables_in(const std::string& folder);

/// Those files one behind the other as one table, each a Series of it. All have the columns of the
/// first; categories are those of all of them. Throws ErrorKind::kData naming a file that has not.
Table read_series_folder(const std::string& folder, const ReadOptions& options);

}  // namespace hourglass
