#include "train/run_part.h"

#include <fmt/format.h>

namespace hourglass {

std::string member_part(Index member) { return fmt::format("member.{}", member); }
std::string fold_part(Index fold) { return fmt::format("fold.{}", fold); }

}  // namespace hourglass
