#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <hourglass/hourglass.h>

namespace hourglass::cli {

/// Keys stay in the order they were added; NaN and infinities print as null.
using Json = nlohmann::ordered_json;

/// One line of JSON. Bytes that are not UTF-8 (a column's name may hold any) are replaced.
inline std::string printed(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

inline Json json_of(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& each : warnings) {
    list.push_back({{"code", each.code}, {"message", each.message}});
  }
  return list;
}

}  // namespace hourglass::cli
