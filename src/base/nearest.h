#pragma once

#include <string>
#include <vector>

namespace hourglass {

/// The nearest of `candidates` by edit distance (a swap of neighbours counts once) if it is near
/// enough to be a slip of the keyboard: at most a third of the name's length, at least one edit.
/// Else empty.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace hourglass
