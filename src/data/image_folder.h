#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/image.h"
#include "data/input_file.h"
#include "data/reader.h"

namespace hourglass {

/// One image as a table of one row.
Table read_image_file(const InputFile& input, const ReadOptions& options);

/// Calls visit(image, name) for each image of a folder, in the byte order of their names, and
/// returns a warning for each kind of thing left out. Hidden files are passed over; files that are
/// no images, and folders within, are left out. `progress` may be empty. Throws ErrorKind::kData if
/// there is no image, and for the first that is broken or of more than `most_values` values.
std::vector<std::string> visit_images(
    const std::string& folder, Index most_values, const std::function<void(double)>& progress,
    const std::function<void(Image&& image, const std::string& name)>& visit);

/// The images of a folder as rows, as visit_images() finds them. Throws ErrorKind::kData as that
/// does, and for the first that differs in size.
Table read_image_folder(const std::string& folder, const ReadOptions& options);

}  // namespace hourglass
