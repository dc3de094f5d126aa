#pragma once

#include "data/csv_sniff.h"
#include "data/reader.h"

namespace hourglass {

/// Text tables: cells parted by commas, semicolons, tabs or white space.
Table read_csv(const InputFile& input, const ReadOptions& options);
Table read_csv(const InputFile& input, const ReadOptions& options, const CsvTuning& tuning);

/// The texts of one column, one a row; of the only one if `name` is empty. Throws ErrorKind::kData
/// if there is no such column.
std::vector<std::string> read_csv_column(const InputFile& input, const std::string& name);

/// The names of the columns.
std::vector<std::string> csv_column_names(const InputFile& input);

}  // namespace hourglass
