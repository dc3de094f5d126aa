#pragma once

#include <string>
#include <string_view>

namespace hourglass {

bool is_utf8(std::string_view text);

/// The text itself if it is UTF-8, else its bytes read as Windows-1252 (which Latin-1 is all but a
/// part of): what older spreadsheets write. So that what comes out is UTF-8 always.
std::string as_utf8(std::string_view text);

}  // namespace hourglass
