#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// Calls visit(channels) with one block of a file of sound after another, its channels apart and
/// brought to `rate`: in each call as many samples of every one, which may be moved away. Throws
/// ErrorKind::kData as SoundReader does.
void for_each_sound_block(const std::string& path, Index rate,
                          const std::function<void(std::vector<std::vector<float>>&)>& visit);

}  // namespace hourglass
