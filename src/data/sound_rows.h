#pragma once

#include "data/reader.h"

namespace hourglass {

/// Each file of sound in a folder, or one, as a row of numbers, whatever its length: SoundBands at
/// the rate of the options, which becomes `Table::rate`. Throws ErrorKind::kData as SoundReader and
/// sound_files() do, and for a file without a sample.
Table read_sound_rows(const std::string& path, const ReadOptions& options);

}  // namespace hourglass
