#pragma once

#include <string>

namespace hourglass {

/// Whether a folder, or anything at all, stands under `path`, links followed. False also where the
/// system cannot tell (a loop of links, a name too long, a place closed to us): whoever opens the
/// path then gets the reason. Neither throws, as the functions of std::filesystem do.
bool is_folder(const std::string& path);
bool is_there(const std::string& path);

}  // namespace hourglass
