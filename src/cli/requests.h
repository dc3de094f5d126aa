#pragma once

#include <string>
#include <vector>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// --config files, then flags and --set in the order they stand: later ones overrule earlier ones.
Settings settings_from(const Arguments& arguments);
/// What a setting was given last; empty if never.
std::string last_value(const Settings& settings, const std::string& key);

/// How to read the verb's data file. `output`: beside it is where large tables are kept meanwhile.
DataOptions data_options_from(const Arguments& arguments, const Settings& settings,
                              const std::string& output, Console& console);

RunOptions run_options_from(const Arguments& arguments, Console& console);

/// The verb's MODEL or, of an ensemble, the member of it that --member names.
Model member_from(const Arguments& arguments);

/// Throws before any work is done if `path` could not be written in the end: ErrorKind::kUsage if
/// it does not end in one of `endings` (empty: any will do), kFailed if its folder is missing or
/// closed.
void check_output(const std::string& path, const std::vector<std::string>& endings);

/// The same for what rows of `data` are written to: .npy or .csv, or images: a folder that is there
/// or can be made, or a file with an image's ending.
void check_rows_output(const std::string& path, const std::string& data);

/// The same for a folder, there already or to be made.
void check_folder_output(const std::string& path);

/// The value of -o; throws ErrorKind::kUsage if it was left out.
std::string required_output(const Arguments& arguments);

}  // namespace hourglass::cli
