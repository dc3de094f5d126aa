#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// JSON from a file nobody vouches for. `what` names the place in messages, e.g. "tiny.hourglass:
/// its header"; all throw ErrorKind::kModel.

/// Refuses duplicate keys, which parsers silently drop, and nesting deeper than 16.
nlohmann::json parse_json(std::string_view text, const std::string& what);

/// A field that must be there, of the type the name says.
const nlohmann::json& json_field(const nlohmann::json& object, const char* key,
                                 const std::string& what);
Index json_count(const nlohmann::json& object, const char* key, const std::string& what);
double json_number(const nlohmann::json& object, const char* key, const std::string& what);
bool json_truth(const nlohmann::json& object, const char* key, const std::string& what);
const nlohmann::json& json_list(const nlohmann::json& object, const char* key,
                                const std::string& what);
/// A count: an integer from 0 to 2⁵³ (what every JSON reader keeps exactly).
Index json_count(const nlohmann::json& value, const std::string& what);

/// JSON has no NaN: a number that is not finite is written as null and read as NaN.
nlohmann::json number_json(double value);

bool is_utf8(const std::string& text);

/// Names of columns come in any encoding; JSON is UTF-8 alone. Text that is not goes in as
/// {"bytes": [...]}, so that it comes back byte for byte.
nlohmann::json text_json(const std::string& text);
std::string text_from_json(const nlohmann::json& value, const std::string& what);

}  // namespace hourglass
