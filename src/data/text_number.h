#pragma once

#include <string_view>

namespace hourglass {

/// What the text of one cell is, once blanks around it are gone.
enum class CellKind { kEmpty, kMissingWord, kNumber, kText };

/// Recognises decimal numbers with an optional sign and exponent, and nan, inf, infinity in any
/// case (numbers too, though not finite ones); hexadecimal numbers are text. NA, N/A, null, none
/// and ? stand for a missing number. `value` is set for numbers, NaN for missing words.
CellKind classify_cell(std::string_view text, double* value);

std::string_view trimmed(std::string_view text);

/// Whether the text is a date, a time of day, or both: 2020-02-08 13:30:47, 2020/2/8, 8.2.2020,
/// 02/08/20, 2020-02-08T13:30:47.5Z, 8 Feb 2020, Feb 8, 2020, 13:30.
bool looks_like_date(std::string_view text);

}  // namespace hourglass
