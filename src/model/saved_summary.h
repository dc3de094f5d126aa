#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hourglass/model.h"
#include "model/model_spec.h"

namespace hourglass {

/// The parts of a saved model that are plain facts, to JSON and back. The readers throw
/// ErrorKind::kModel naming `what`.

/// {"latent_dim": "8", …}: the spec as settings. Reading one back also checks that nothing in it
/// was left open.
nlohmann::json spec_json(const ModelSpec& spec);
ModelSpec spec_from_json(const nlohmann::json& json, const std::string& what);

nlohmann::json training_json(const TrainingSummary& training);
TrainingSummary training_from_json(const nlohmann::json& json, const std::string& what);

nlohmann::json warnings_json(const std::vector<Warning>& warnings);
std::vector<Warning> warnings_from_json(const nlohmann::json& json, const std::string& what);

nlohmann::json notes_json(const std::vector<std::string>& notes);
std::vector<std::string> notes_from_json(const nlohmann::json& json, const std::string& what);

}  // namespace hourglass
