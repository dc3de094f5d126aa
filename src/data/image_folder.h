#pragma once

#include <string>

#include "data/input_file.h"
#include "data/reader.h"

namespace hourglass {

/// One image as a table of one row.
Table read_image_file(const InputFile& input, const ReadOptions& options);

/// The images of a folder as rows, in the byte order of their names. Hidden files are passed over;
/// files that are no images, and folders within, are left out with a warning. Throws
/// ErrorKind::kData if there is no image, and for the first that is broken or differs in size.
Table read_image_folder(const std::string& folder, const ReadOptions& options);

}  // namespace hourglass
