#include "model/saved_model.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "model/json_text.h"
#include "model/one_line.h"
#include "model/safetensors.h"
#include "model/saved_columns.h"
#include "model/saved_donors.h"
#include "model/saved_encoding.h"
#include "model/saved_networks.h"
#include "model/saved_summary.h"
#include "model/tensor_sum.h"
#include "model/whole_file.h"

namespace hourglass {
namespace {

using Metadata = std::map<std::string, std::string>;
using TensorsByName = std::map<std::string, TensorBytes>;

constexpr const char* kVersionKey = "hourglass.format_version";
constexpr const char* kFeatureScale = "calibration.feature_scale";
constexpr const char* kScores = "calibration.scores";
constexpr std::size_t kMostScores = 10'000;

TensorsByName by_name(const std::vector<TensorBytes>& tensors) {
  TensorsByName named;
  for (const TensorBytes& tensor : tensors) named.emplace(tensor.name, tensor);
  return named;
}

// ---- writing

Metadata metadata_of(const SavedModel& model) {
  const nlohmann::json calibration = {{"rows", model.calibration.rows},
                                      {"cross_fitted", model.calibration.cross_fitted}};
  return {{kVersionKey, fmt::format("{}", kModelFormatVersion)},
          {"hourglass.spec", spec_json(model.spec).dump()},
          {"hourglass.encoding", encoding_json(model.encoding).dump()},
          {"hourglass.calibration", calibration.dump()},
          {"hourglass.training", training_json(model.training).dump()},
          {"hourglass.warnings", warnings_json(model.warnings).dump()},
          {"hourglass.notes", notes_json(model.notes).dump()}};
}

// ---- reading

void check_version(const Metadata& metadata, const std::string& name) {
  const auto found = metadata.find(kVersionKey);
  if (found == metadata.end()) {
    model_error(fmt::format("{} holds tensors but is no Hourglass model", name));
  }
  const std::string& text = found->second;
  int version = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || stop != text.data() + text.size() || version < 1) {
    model_error(fmt::format("{}: its format version is not a number", name));
  }
  if (version > kModelFormatVersion) {
    model_error(
        fmt::format("{} was made by a newer Hourglass (format {}; this one reads up to "
                    "{}): update Hourglass",
                    name, version, kModelFormatVersion));
  }
}

nlohmann::json part(const Metadata& metadata, const std::string& key, const std::string& name) {
  const auto found = metadata.find("hourglass." + key);
  if (found == metadata.end()) model_error(fmt::format("{}: its {} is missing", name, key));
  return parse_json(found->second, fmt::format("{}: its {}", name, key));
}

void check_finite(const std::vector<double>& values, const char* tensor, const std::string& what) {
  const bool finite =
      std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  if (!finite) model_error(fmt::format("{}: tensor '{}' is not finite", what, tensor));
}

Calibration calibration_from(const nlohmann::json& json, TensorsByName& tensors, Index features,
                             Index members, const std::string& what) {
  Calibration calibration;
  calibration.rows = json_count(json, "rows", what);
  calibration.cross_fitted = json_truth(json, "cross_fitted", what);
  calibration.feature_scale = take_doubles(tensors, kFeatureScale, what);
  calibration.scores = take_doubles(tensors, kScores, what);
  check_finite(calibration.feature_scale, kFeatureScale, what);
  check_finite(calibration.scores, kScores, what);
  const std::vector<double>& scale = calibration.feature_scale;
  if (!scale.empty() && std::ssize(scale) != members * features) {
    model_error(fmt::format("{} has {} feature scales for {} features{}", what, scale.size(),
                            features, members > 1 ? fmt::format(" of {} members", members) : ""));
  }
  if (std::any_of(scale.begin(), scale.end(), [](double value) { return value < 0; })) {
    model_error(fmt::format("{} has a negative feature scale", what));
  }
  const std::vector<double>& scores = calibration.scores;
  if (scores.size() > kMostScores || std::ssize(scores) > calibration.rows) {
    model_error(fmt::format("{} has {} scores of {} rows", what, scores.size(), calibration.rows));
  }
  if (!std::is_sorted(scores.begin(), scores.end())) {
    model_error(fmt::format("{} has scores out of order", what));
  }
  return calibration;
}

SavedModel checked_model(const std::string& bytes, const std::string& name) {
  const TensorFile file = parse_tensor_file(bytes, name);
  check_version(file.metadata, name);
  check_metadata_sum(file.metadata, name);
  TensorsByName tensors = by_name(file.tensors);
  check_tensors_sum(file, name);

  const auto read_part = [&](const char* key) { return part(file.metadata, key, name); };
  const auto what = [&](const char* key) { return fmt::format("{}: its {}", name, key); };
  SavedModel model;
  model.spec = spec_from_json(read_part("spec"), what("spec"));
  model.encoding = encoding_from(read_part("encoding"), tensors, what("encoding"));
  model.calibration = calibration_from(read_part("calibration"), tensors, model.encoding.features,
                                       model.spec.ensemble, what("calibration"));
  model.columns = summary_from(tensors, model.encoding, name + ": its summary of the columns");
  model.donors = donors_from(tensors, model.encoding, name + ": its donors");
  model.linear = linear_filling_from(tensors, model.encoding, name + ": its linear estimate");
  model.training = training_from_json(read_part("training"), what("training"));
  model.warnings = warnings_from_json(read_part("warnings"), what("warnings"));
  model.notes = notes_from_json(read_part("notes"), what("notes"));
  model.reference_codes = take_reference_codes(model.spec, model.encoding, tensors, name);
  model.networks = take_networks(model.spec, model.encoding, tensors, name);
  return model;
}

}  // namespace

std::string format_model(const SavedModel& model) {
  const EncodingNumbers numbers = numbers_of(model.encoding);
  std::vector<TensorBytes> tensors = tensors_of(numbers);
  const Calibration& calibration = model.calibration;
  if (!calibration.feature_scale.empty()) {
    tensors.push_back(tensor_bytes(kFeatureScale, calibration.feature_scale));
  }
  if (!calibration.scores.empty()) tensors.push_back(tensor_bytes(kScores, calibration.scores));
  const SummaryNumbers summary = numbers_of(model.columns);
  for (TensorBytes& tensor : tensors_of(summary)) tensors.push_back(std::move(tensor));
  const DonorNumbers donors = numbers_of(model.donors);
  for (TensorBytes& tensor : tensors_of(donors)) tensors.push_back(std::move(tensor));
  for (TensorBytes& tensor : tensors_of(model.linear)) tensors.push_back(std::move(tensor));
  add_networks(model.spec, model.networks, tensors);
  add_reference_codes(model.spec, model.reference_codes, tensors);
  // Wide numbers first: then every tensor starts at a multiple of its element's size.
  std::stable_sort(tensors.begin(), tensors.end(), [](const TensorBytes& a, const TensorBytes& b) {
    return bytes_of(a.type) > bytes_of(b.type);
  });
  Metadata metadata = metadata_of(model);
  add_tensors_sum(metadata, tensors);
  add_metadata_sum(metadata);
  return format_tensor_file(metadata, tensors);
}

void write_model(const SavedModel& model, const std::string& path) {
  write_file(path, format_model(model));
}

SavedModel read_model(const std::string& path) {
  return parse_model(read_whole_file(path, "model"), path);
}

SavedModel parse_model(const std::string& bytes, const std::string& name) {
  try {
    return checked_model(bytes, name);
  } catch (const Error& error) {
    throw Error(ErrorKind::kModel, one_line(error.what()));
  }
}

}  // namespace hourglass
