#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

/// "pca_mean_squared_error" → "pca mean squared error"
std::string spoken(std::string key) {
  for (char& c : key) {
    if (c == '_') c = ' ';
  }
  return key;
}

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return grouped(value.get<std::int64_t>());
  if (value.is_number()) {
    const auto number = value.get<double>();
    return number < 1e4 ? significant(number) : grouped(std::llround(number));
  }
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_null()) return "–";
  return value.dump();
}

/// {28, 28} → "28 × 28"
std::string shape_text(const Json& shape) {
  std::vector<std::string> sides;
  for (const Json& side : shape) sides.push_back(value_text(side));
  return fmt::format("{}", fmt::join(sides, " × "));
}

std::string facts_of(const Json& object) {
  FactList facts;
  for (const auto& [key, value] : object.items()) facts.add(spoken(key), value_text(value));
  return facts.text();
}

std::string layers_text(const Json& layers) {
  std::string text;
  for (const Json& layer : layers) {
    // Of a map its shape is told too: 6272 (14 x 14 x 32).
    const std::string kind = value_text(layer["kind"]);
    const bool map = layer["shape"].size() > 1;
    text += fmt::format(
        "  {}  {} → {}  {}{}\n", padded(value_text(layer["part"]), 7),
        padded_left(value_text(layer["inputs"]), 7), padded(value_text(layer["outputs"]), 7),
        value_text(layer["activation"]),
        map || kind != "dense" ? fmt::format("  {}, {}", kind, shape_text(layer["shape"])) : "");
  }
  return text;
}

std::string head_text(const Json& model, const std::string& path) {
  FactList facts;
  facts.add("family", value_text(model["family"]));
  facts.add("sample", fmt::format("{} ({}, {} after encoding)", shape_text(model["sample_shape"]),
                                  counted(model["columns"].get<std::int64_t>(), "column"),
                                  counted(model["features"].get<std::int64_t>(), "feature")));
  facts.add("code", counted(model["latent_dim"].get<std::int64_t>(), "number"));
  facts.add("parameters", value_text(model["parameters"]));
  return path + "\n" + facts.text();
}

/// {30, 64, 8, 64, 30} → "30 → 64 → 8 → 64 → 30"
std::string widths_text(const Json& widths) {
  std::vector<std::string> parts;
  for (const Json& width : widths) parts.push_back(value_text(width));
  return fmt::format("{}", fmt::join(parts, " → "));
}

/// One line for each shape there is, with how many members have it; empty of a single model.
std::string ensemble_text(const Json& members) {
  if (members.size() < 2) return "";
  std::vector<std::pair<Json, std::int64_t>> shapes;
  for (const Json& member : members) {
    const auto known = std::ranges::find_if(
        shapes, [&](const auto& shape) { return shape.first["widths"] == member["widths"]; });
    if (known == shapes.end()) {
      shapes.emplace_back(member, 1);
    } else {
      ++known->second;
    }
  }
  std::string text = "\nEnsemble of " + counted(std::ssize(members), "member") + "\n";
  for (const auto& [member, count] : shapes) {
    text += fmt::format("  {}  {}, {} parameters each\n", padded_left(grouped(count), 3),
                        widths_text(member["widths"]), value_text(member["parameters"]));
  }
  return text;
}

/// What is about one network is about the first one's.
std::string of_the_first(const char* heading, const Json& model) {
  return fmt::format("\n{}{}\n", heading, model["members"].size() > 1 ? " of member 0" : "");
}

std::string percent(const Json& share) {
  return share.is_null() ? "–" : fmt::format("{} %", significant(100 * share.get<double>()));
}

std::string code_text(const Json& model) {
  const Json& code = model["code"];
  if (code.is_null()) return "  not measured\n";
  FactList facts;
  facts.add("effective rank", fmt::format("{} of {}", value_text(code["effective_rank"]),
                                          value_text(model["latent_dim"])));
  facts.add("zeros", fmt::format("{} of activations, {} near zero", percent(code["zero_share"]),
                                 percent(code["near_zero_share"])));
  facts.add("mean activation", value_text(code["mean_activation"]));
  facts.add("saturated", code["saturated_share"].is_null() ? "– (the activation has no bounds)"
                                                           : percent(code["saturated_share"]));
  facts.add("Jacobian norm", value_text(code["jacobian_norm"]));
  facts.add("contraction", fmt::format("{} (median distance of near neighbours' codes over "
                                       "their own)",
                                       value_text(code["contraction"])));
  facts.add("measured on", counted(code["rows"].get<std::int64_t>(), "row"));
  return facts.text();
}

std::string calibration_text(const Json& calibration) {
  const auto rows = calibration["rows"].get<std::int64_t>();
  if (rows == 0) return "  none: detect calibrates on the rows it is given\n";
  const char* which = " held out of training";
  if (calibration["cross_fitted"].get<bool>()) {
    which = ", cross-fitted (each scored by a model not trained on it)";
  } else if (calibration["on_training_rows"].get<bool>()) {
    which = " of training, as none were held out: p-values come out too small on new rows";
  }
  return fmt::format("  on {}{}\n", counted(rows, "row"), which);
}

std::string messages_text(const Json& model) {
  std::string text;
  for (const Json& warning : model["warnings"]) {
    text += wrapped("warning: " + value_text(warning["message"]), 2);
  }
  for (const Json& note : model["notes"]) text += wrapped("note: " + value_text(note), 2);
  return text.empty() ? "  none\n" : text;
}

void run(const Arguments& arguments, Console& console) {
  const std::string path = arguments.positional("MODEL");
  const Model model = Model::load(path);
  const std::string description = model.describe();
  if (console.json()) {
    console.result(description + "\n");
    return;
  }
  const Json json = Json::parse(description);
  console.result(head_text(json, path) + ensemble_text(json["members"]) +
                 of_the_first("Layers", json) + layers_text(json["layers"]) + "\nTraining\n" +
                 facts_of(json["training"]) + of_the_first("Code", json) + code_text(json) +
                 "\nCalibration\n" + calibration_text(json["calibration"]) + "\nSettings\n" +
                 facts_of(json["settings"]) + "\nWarnings and notes\n" + messages_text(json));
}

}  // namespace

Verb info_verb() {
  return {
      .name = "info",
      .summary = "show what a model is and how it was trained",
      .description = {"Shows the model's sizes and layers, its settings, how training went beside "
                      "PCA, what its codes are like, and what to be wary of."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote."}},
      .examples = {{"Look at a model", "hourglass info patients.model"},
                   {"Read the validation loss in a script",
                    "hourglass info patients.model --json | jq .training.validation_loss"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
