#include <cmath>
#include <nlohmann/json.hpp>

#include "api/state.h"
#include "hourglass/model.h"
#include "model/settings.h"
#include "network/layer_kind.h"
#include "task/detector.h"

namespace hourglass {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json settings_json(const ModelSpec& spec) {
  Json json = Json::object();
  for (const auto& [key, value] : settings_from_spec(spec)) json[key] = value;
  return json;
}

Json layers_json(const Network<float>& network) {
  Json layers = Json::array();
  const auto encoder_layers = static_cast<Index>(network.spec().encoder.size());
  for (Index i = 0; i < network.layer_count(); ++i) {
    const MapShape map = network.layer(i).shape();
    Json shape =
        map.positions() > 1 ? Json({map.height, map.width, map.channels}) : Json({map.channels});
    layers.push_back({{"part", i < encoder_layers ? "encoder" : "decoder"},
                      {"kind", std::string(layer_kind(network.layer(i).kind).name)},
                      {"inputs", network.layer_input(i)},
                      {"outputs", network.layer(i).width},
                      {"shape", std::move(shape)},
                      {"activation", std::string(info(network.layer(i).activation).name)}});
  }
  return layers;
}

// Sizes of the layers from the sample to the code and back: [30, 64, 8, 64, 30].
Json widths_json(const Network<float>& network) {
  Json widths = {network.layer_input(0)};
  for (Index i = 0; i < network.layer_count(); ++i) widths.push_back(network.layer(i).width);
  return widths;
}

Json members_json(const TrainedModel& model) {
  Json members = Json::array();
  for (Index i = 0; i < model.members(); ++i) {
    const Network<float>& network = model.network(i);
    members.push_back({{"latent_dim", network.spec().latent_dim()},
                       {"widths", widths_json(network)},
                       {"parameters", network.parameter_count()}});
  }
  return members;
}

Index parameters_of(const TrainedModel& model) {
  Index sum = 0;
  for (const auto& network : model.networks) sum += network->parameter_count();
  return sum;
}

Json training_json(const TrainingSummary& summary) {
  Json json = {{"train_loss", number(summary.train_loss)},
               {"validation_loss", number(summary.validation_loss)},
               {"mean_squared_error", number(summary.model_mse)},
               {"pca_mean_squared_error", number(summary.pca_loss)},
               {"epochs", summary.epochs},
               {"best_epoch", summary.best_epoch},
               {"stopped_early", summary.stopped_early},
               {"training_rows", summary.training_rows},
               {"validation_rows", summary.validation_rows}};
  if (std::isfinite(summary.evidence_lower_bound)) {
    json["evidence_lower_bound"] = summary.evidence_lower_bound;
  }
  if (std::isfinite(summary.validation_psnr)) json["validation_psnr"] = summary.validation_psnr;
  if (std::isfinite(summary.linear_psnr)) json["linear_psnr"] = summary.linear_psnr;
  return json;
}

// Null for a model whose codes were not measured.
Json code_json(const CodeSummary& code) {
  if (code.rows == 0) return nullptr;
  return {{"effective_rank", number(code.effective_rank)},
          {"zero_share", number(code.zero_share)},
          {"near_zero_share", number(code.near_zero_share)},
          {"mean_activation", number(code.mean_activation)},
          {"saturated_share", number(code.saturated_share)},
          {"jacobian_norm", number(code.jacobian_norm)},
          {"contraction", number(code.contraction)},
          {"rows", code.rows}};
}

}  // namespace

std::string Model::describe() const {
  const TrainedModel& model = state_->model;
  const SavedModel& saved = model.saved;
  Json json;
  json["family"] = saved.spec.family;
  json["features"] = saved.encoding.features;
  json["columns"] = saved.encoding.table_columns();
  json["sample_shape"] = saved.encoding.sample_shape;
  json["latent_dim"] = latent_dim();
  json["parameters"] = parameters_of(model);
  json["members"] = members_json(model);
  json["layers"] = layers_json(model.network());
  json["settings"] = settings_json(saved.spec);
  json["training"] = training_json(saved.training);
  json["code"] = code_json(saved.training.code);
  json["calibration"] = {{"rows", saved.calibration.rows},
                         {"cross_fitted", saved.calibration.cross_fitted},
                         {"on_training_rows", calibrated_on_training_rows(saved)}};
  json["warnings"] = Json::array();
  for (const Warning& warning : saved.warnings) {
    json["warnings"].push_back({{"code", warning.code}, {"message", warning.message}});
  }
  json["notes"] = saved.notes;
  return json.dump(2);
}

}  // namespace hourglass
