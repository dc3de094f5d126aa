#pragma once

#include <string_view>

namespace hourglass {

/// What the EXIF data of a JPEG file say of how its picture lies: 1 as it is to be shown, 2 to 8
/// turned or mirrored; 1 too where they say nothing or make no sense. Reads any bytes safely.
int jpeg_orientation(std::string_view bytes);

}  // namespace hourglass
