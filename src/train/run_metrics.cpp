#include "train/run_metrics.h"

#include <cerrno>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "model/json_text.h"

namespace hourglass {
namespace {

constexpr const char* kPart = "part";
constexpr const char* kEpoch = "epoch";

// A line that a kill cut short is no JSON.
bool is_of(const std::string& line, const FitStates& states) {
  const nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains(kPart) || !json.contains(kEpoch)) return false;
  if (!json[kPart].is_string() || !json[kEpoch].is_number_integer()) return false;
  const auto state = states.find(json[kPart].get<std::string>());
  return state != states.end() && json[kEpoch].get<Index>() <= std::ssize(state->second.history);
}

std::string lines_of(const std::string& path, const FitStates& states) {
  std::ifstream before(path, std::ios::binary);
  std::string kept;
  for (std::string line; std::getline(before, line);) {
    if (is_of(line, states)) kept += line + "\n";
  }
  return kept;
}

}  // namespace

RunMetrics::RunMetrics(const std::string& path, const FitStates& states) : path_(path) {
  write_file(path, lines_of(path, states));
  file_.open(path, std::ios::binary | std::ios::app);
}

void RunMetrics::add(const std::string& part, const EpochRecord& record, double seconds) {
  const nlohmann::ordered_json json = {{kPart, part},
                                       {kEpoch, record.epoch},
                                       {"loss", number_json(record.running_loss)},
                                       {"validation_loss", number_json(record.validation_loss)},
                                       {"learning_rate", number_json(record.learning_rate)},
                                       {"validation_error", number_json(record.validation_error)},
                                       {"seconds", number_json(seconds)}};
  file_ << json.dump() << '\n' << std::flush;
  if (!file_) fail(fmt::format("cannot write {}: {}", path_, system_reason()));
}

}  // namespace hourglass
