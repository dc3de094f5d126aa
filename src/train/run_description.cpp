#include "train/run_description.h"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "model/json_text.h"
#include "model/one_line.h"
#include "model/whole_file.h"

namespace hourglass {
namespace {

constexpr Index kVersion = 1;

// In hexadecimal: readers of JSON keep whole numbers only up to 2⁵³.
std::uint64_t fingerprint_from(const std::string& text, const std::string& what) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, 16);
  if (error != std::errc() || stop != end) {
    model_error(fmt::format("{}: its 'data' is no fingerprint", what));
  }
  return number;
}

RunDescription description_from(const nlohmann::json& json, const std::string& what) {
  if (!json.is_object()) model_error(fmt::format("{} is not an object", what));
  if (json_count(json, "version", what) != kVersion) {
    model_error(fmt::format("{} is of another version of Hourglass", what));
  }
  const auto text = [&](const char* key) {
    return text_from_json(json_field(json, key, what), what);
  };
  RunDescription description;
  for (const nlohmann::json& setting : json_list(json, "settings", what)) {
    if (!setting.is_array() || setting.size() != 2) {
      model_error(fmt::format("{}: a setting is no pair of key and value", what));
    }
    description.settings.emplace_back(text_from_json(setting[0], what),
                                      text_from_json(setting[1], what));
  }
  description.checkpoint_every = text("checkpoint_every");
  for (const nlohmann::json& note : json_list(json, "notes", what)) {
    description.notes.push_back(text_from_json(note, what));
  }
  description.data = fingerprint_from(text("data"), what);
  description.finished = json_truth(json, "finished", what);
  return description;
}

}  // namespace

std::string description_path(const std::string& folder) { return folder + "/run.json"; }

void write_description(const RunDescription& description, const std::string& folder) {
  nlohmann::json settings = nlohmann::json::array();
  for (const auto& [key, value] : description.settings) {
    settings.push_back({text_json(key), text_json(value)});
  }
  nlohmann::json notes = nlohmann::json::array();
  for (const std::string& note : description.notes) notes.push_back(text_json(note));
  const nlohmann::json json = {
      {"version", kVersion},
      {"settings", settings},
      {"checkpoint_every", text_json(description.checkpoint_every)},
      {"notes", notes},
      {"data", fmt::format("{:016x}", description.data)},
      {"finished", description.finished},
  };
  write_file(description_path(folder), json.dump(2) + "\n");
}

RunDescription read_description(const std::string& folder) {
  const std::string path = description_path(folder);
  if (!is_there(path)) {
    model_error(fmt::format("there is no run in {}: begin one with --run {}", folder, folder));
  }
  try {
    return description_from(parse_json(read_whole_file(path, "run"), path), path);
  } catch (const Error& error) {
    throw Error(ErrorKind::kModel, one_line(error.what()));
  }
}

}  // namespace hourglass
