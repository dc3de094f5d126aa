#include "model/saved_summary.h"

#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "model/convolutional.h"
#include "model/json_text.h"
#include "model/settings.h"

namespace hourglass {
namespace {

// Not the times: training again with the same seed must write the same file, byte for byte.
struct NumberField {
  const char* key;
  double TrainingSummary::*field;
};
constexpr NumberField kNumbers[] = {
    {"train_loss", &TrainingSummary::train_loss},
    {"validation_loss", &TrainingSummary::validation_loss},
    {"pca_loss", &TrainingSummary::pca_loss},
    {"model_mse", &TrainingSummary::model_mse},
};

constexpr const char* kBound = "evidence_lower_bound";
constexpr const char* kPsnr = "validation_psnr";
constexpr const char* kLinearPsnr = "linear_psnr";

struct CountField {
  const char* key;
  std::int64_t TrainingSummary::*field;
};
constexpr CountField kCounts[] = {
    {"epochs", &TrainingSummary::epochs},
    {"best_epoch", &TrainingSummary::best_epoch},
    {"training_rows", &TrainingSummary::training_rows},
    {"validation_rows", &TrainingSummary::validation_rows},
};

struct CodeField {
  const char* key;
  double CodeSummary::*field;
};
constexpr CodeField kCode[] = {
    {"effective_rank", &CodeSummary::effective_rank},
    {"zero_share", &CodeSummary::zero_share},
    {"near_zero_share", &CodeSummary::near_zero_share},
    {"mean_activation", &CodeSummary::mean_activation},
    {"saturated_share", &CodeSummary::saturated_share},
    {"jacobian_norm", &CodeSummary::jacobian_norm},
    {"contraction", &CodeSummary::contraction},
};

nlohmann::json code_json(const CodeSummary& code) {
  nlohmann::json json = nlohmann::json::object();
  json["rows"] = code.rows;
  for (const CodeField& row : kCode) json[row.key] = number_json(code.*row.field);
  return json;
}

CodeSummary code_from_json(const nlohmann::json& json, const std::string& what) {
  CodeSummary code;
  code.rows = json_count(json, "rows", what);
  for (const CodeField& row : kCode) code.*row.field = json_number(json, row.key, what);
  return code;
}

bool is_resolved(const ModelSpec& spec) {
  return spec.latent_dim > 0 && spec.hidden_given && spec.learning_rate > 0 && spec.epochs > 0 &&
         spec.batch_size > 0 && spec.patience != kAutomaticPatience &&
         spec.step.weight_decay != kAutomaticWeightDecay &&
         spec.reference_codes != kAutomaticReferenceCodes &&
         (!is_convolutional(spec) || !spec.channels.empty());
}

const nlohmann::json& list_or_refuse(const nlohmann::json& json, const std::string& what) {
  if (!json.is_array()) model_error(fmt::format("{} is not a list", what));
  return json;
}

}  // namespace

nlohmann::json spec_json(const ModelSpec& spec) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, text] : settings_from_spec(spec)) json[key] = text;
  return json;
}

ModelSpec spec_from_json(const nlohmann::json& json, const std::string& what) {
  if (!json.is_object()) model_error(fmt::format("{} is not an object", what));
  Settings settings;
  for (const auto& [key, value] : json.items()) {
    settings.emplace_back(key, text_from_json(value, what));
  }
  ModelSpec spec;
  try {
    spec = spec_from_settings(settings);
    // Files from before there were any do not say so.
    if (!json.contains("reference_codes")) spec.reference_codes = 0;
  } catch (const Error& error) {
    model_error(fmt::format("{}: {}", what, error.what()));
  }
  if (!is_resolved(spec)) model_error(fmt::format("{} leaves sizes open", what));
  return spec;
}

nlohmann::json training_json(const TrainingSummary& training) {
  nlohmann::json json = nlohmann::json::object();
  for (const NumberField& row : kNumbers) json[row.key] = number_json(training.*row.field);
  for (const CountField& row : kCounts) json[row.key] = training.*row.field;
  json["stopped_early"] = training.stopped_early;
  if (training.code.rows > 0) json["code"] = code_json(training.code);
  if (!std::isnan(training.evidence_lower_bound)) {
    json[kBound] = number_json(training.evidence_lower_bound);
  }
  if (!std::isnan(training.validation_psnr)) json[kPsnr] = number_json(training.validation_psnr);
  if (!std::isnan(training.linear_psnr)) json[kLinearPsnr] = number_json(training.linear_psnr);
  return json;
}

TrainingSummary training_from_json(const nlohmann::json& json, const std::string& what) {
  TrainingSummary training;
  for (const NumberField& row : kNumbers) training.*row.field = json_number(json, row.key, what);
  for (const CountField& row : kCounts) training.*row.field = json_count(json, row.key, what);
  training.stopped_early = json_truth(json, "stopped_early", what);
  // Models from before there was such a thing have none.
  if (json.contains(kBound)) training.evidence_lower_bound = json_number(json, kBound, what);
  if (json.contains(kPsnr)) training.validation_psnr = json_number(json, kPsnr, what);
  if (json.contains(kLinearPsnr)) training.linear_psnr = json_number(json, kLinearPsnr, what);
  if (json.contains("code")) training.code = code_from_json(json["code"], what);
  if (training.best_epoch > training.epochs) {
    model_error(fmt::format("{} keeps epoch {} of {}", what, training.best_epoch, training.epochs));
  }
  return training;
}

nlohmann::json warnings_json(const std::vector<Warning>& warnings) {
  nlohmann::json json = nlohmann::json::array();
  for (const Warning& warning : warnings) {
    json.push_back({{"code", text_json(warning.code)}, {"message", text_json(warning.message)}});
  }
  return json;
}

std::vector<Warning> warnings_from_json(const nlohmann::json& json, const std::string& what) {
  std::vector<Warning> warnings;
  for (const nlohmann::json& entry : list_or_refuse(json, what)) {
    warnings.push_back({text_from_json(json_field(entry, "code", what), what),
                        text_from_json(json_field(entry, "message", what), what)});
  }
  return warnings;
}

nlohmann::json notes_json(const std::vector<std::string>& notes) {
  nlohmann::json json = nlohmann::json::array();
  for (const std::string& note : notes) json.push_back(text_json(note));
  return json;
}

std::vector<std::string> notes_from_json(const nlohmann::json& json, const std::string& what) {
  std::vector<std::string> notes;
  for (const nlohmann::json& note : list_or_refuse(json, what)) {
    notes.push_back(text_from_json(note, what));
  }
  return notes;
}

}  // namespace hourglass
