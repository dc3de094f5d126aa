#include "model/penalty_setting.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

#include "base/error.h"
#include "base/nearest.h"
#include "model/setting_types.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

constexpr const char* kCode = "code";

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const PenaltyKind& kind : penalty_kinds()) names.emplace_back(kind.name);
  return names;
}

[[noreturn]] void refuse(const std::string& entry, const std::string& what) {
  usage_error(
      fmt::format("penalty = {} {}: give NAME=WEIGHT[:LAYER], e.g. l1=1e-4 or "
                  "kl=0.01:encoder.0; names are {}",
                  entry, what, fmt::join(kind_names(), ", ")));
}

std::optional<double> weight_from(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool whole = error == std::errc() && stop == end;
  if (!whole || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

PenaltySetting read_entry(const std::string& entry) {
  PenaltySetting penalty;
  const std::size_t colon = std::min(entry.find(':'), entry.size());
  const std::size_t equals = std::min(entry.find('='), colon);
  penalty.kind = entry.substr(0, equals);
  penalty.layer = colon < entry.size() ? entry.substr(colon + 1) : kCode;
  const std::string weight = entry.substr(equals, colon - equals);
  if (find_penalty(penalty.kind) == nullptr) {
    const std::string near = nearest_name(penalty.kind, kind_names());
    refuse(entry, near.empty() ? "is unknown" : fmt::format("is unknown, did you mean {}?", near));
  }
  if (penalty.layer.empty()) refuse(entry, "names no layer after the colon");
  if (weight.empty() || weight == "=auto") return penalty;
  const auto value = weight_from(weight.substr(1));
  if (!value) refuse(entry, "has no weight from 0 up");
  penalty.weight = *value;
  return penalty;
}

std::string print_entry(const PenaltySetting& penalty) {
  const std::string weight =
      std::isnan(penalty.weight) ? "auto" : fmt::format("{}", penalty.weight);
  if (penalty.layer == kCode) return fmt::format("{}={}", penalty.kind, weight);
  return fmt::format("{}={}:{}", penalty.kind, weight, penalty.layer);
}

bool same_place(const PenaltySetting& a, const PenaltySetting& b) {
  return a.kind == b.kind && a.layer == b.layer;
}

Index layer_position(const NetworkSpec& network, const std::string& name) {
  const auto encoders = static_cast<Index>(network.encoder.size());
  if (name == kCode) return encoders - 1;
  std::vector<std::string> names = {kCode};
  // The last layer is the reconstruction, which the loss looks after.
  for (Index i = 0; i + 1 < network.layer_count(); ++i) {
    names.push_back(layer_name(network, i));
    if (names.back() == name) return i;
  }
  usage_error(fmt::format("penalty on layer {}: there is none of that name: give one of {}", name,
                          fmt::join(names, ", ")));
}

}  // namespace

void read_penalties(std::vector<PenaltySetting>& penalties, const std::string& text) {
  bool starts_anew = false;
  const std::vector<std::string> entries = split_entries("penalty", text, &starts_anew);
  if (starts_anew) penalties.clear();
  for (const std::string& entry : entries) {
    const PenaltySetting read = read_entry(entry);
    const auto there = std::find_if(penalties.begin(), penalties.end(),
                                    [&](const auto& p) { return same_place(p, read); });
    if (there == penalties.end()) {
      penalties.push_back(read);
    } else {
      *there = read;
    }
  }
}

std::string print_penalties(const std::vector<PenaltySetting>& penalties,
                            const std::vector<PenaltySetting>& defaults) {
  std::vector<std::string> entries;
  const bool keeps_defaults =
      std::all_of(defaults.begin(), defaults.end(), [&](const PenaltySetting& wanted) {
        return std::any_of(penalties.begin(), penalties.end(),
                           [&](const auto& p) { return same_place(p, wanted); });
      });
  if (!keeps_defaults) entries.emplace_back("none");
  for (const PenaltySetting& penalty : penalties) entries.push_back(print_entry(penalty));
  return join_entries(entries);
}

void resolve_penalties(std::vector<PenaltySetting>& penalties, const NetworkSpec& network) {
  for (PenaltySetting& penalty : penalties) {
    if (!std::isnan(penalty.weight)) continue;
    const PenaltyKind& kind = *find_penalty(penalty.kind);
    // The others may name a layer that is not there yet, and their weights do not ask.
    const bool asks = kind.reshape != nullptr;
    const Index units = asks ? network.layer(layer_position(network, penalty.layer)).width : 0;
    penalty.weight = kind.usual_weight(network.features, units);
  }
}

void add_penalty_layers(const std::vector<PenaltySetting>& penalties, NetworkSpec& network) {
  struct Addition {
    const PenaltyKind* kind;
    Index position;
    double weight;
  };
  std::vector<Addition> additions;
  const auto encoders = static_cast<Index>(network.encoder.size());
  for (const PenaltySetting& penalty : penalties) {
    const PenaltyKind* kind = find_penalty(penalty.kind);
    if (kind->reshape == nullptr) continue;
    const Index position = layer_position(network, penalty.layer);
    if (position >= encoders) {
      usage_error(
          fmt::format("penalty {} on {}: it is for the encoder; give one of its layers, or "
                      "none for the code",
                      penalty.kind, penalty.layer));
    }
    if (network.layer(position).shape().positions() > 1) {
      usage_error(
          fmt::format("penalty {} on {}: it is for plain units, and this layer's form maps; put it "
                      "on a dense code (bottleneck = true)",
                      penalty.kind, penalty.layer));
    }
    additions.push_back({kind, position, penalty.weight});
  }
  // From the last layer to the first, so that positions still to come stay right.
  std::stable_sort(additions.begin(), additions.end(),
                   [](const Addition& a, const Addition& b) { return a.position > b.position; });
  const auto clash = std::adjacent_find(
      additions.begin(), additions.end(),
      [](const Addition& a, const Addition& b) { return a.position == b.position; });
  if (clash != additions.end()) {
    usage_error(fmt::format("penalties {} and {} both remake the same layer: keep one of them",
                            clash->kind->name, (clash + 1)->kind->name));
  }
  for (const Addition& addition : additions) {
    const std::size_t before = network.encoder.size();
    addition.kind->reshape(network.encoder, static_cast<std::size_t>(addition.position),
                           addition.weight);
    const auto added = static_cast<Index>(network.encoder.size() - before);
    for (LayerSpec& layer : network.decoder) {
      if (layer.adds > addition.position) layer.adds += added;
    }
  }
}

std::vector<PenaltySpec> penalties_of(const ModelSpec& spec, const NetworkSpec& network) {
  std::vector<PenaltySpec> penalties;
  for (const PenaltySetting& setting : spec.penalties) {
    if (find_penalty(setting.kind)->make_float == nullptr) continue;
    PenaltySpec penalty{.kind = setting.kind,
                        .weight = setting.weight,
                        .layer = layer_position(network, setting.layer),
                        .target = spec.sparsity_target,
                        .memory = spec.sparsity_memory,
                        .probes = spec.contractive_probes};
    validate(network, penalty);
    penalties.push_back(std::move(penalty));
  }
  return penalties;
}

}  // namespace hourglass
