#include "model/ensemble.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "model/convolutional.h"
#include "model/penalty_setting.h"
#include "model/settings.h"

namespace hourglass {
namespace {

double factor_of(const ModelSpec& spec, Index member) {
  const auto turn = static_cast<std::size_t>(member) % spec.ensemble_widths.size();
  return spec.ensemble_widths[turn];
}

Index scaled(Index width, double factor) {
  return std::max<Index>(1, std::llround(static_cast<double>(width) * factor));
}

// A code that is bent as the hidden layers are stays so.
void set_activation(ModelSpec& spec, Index member) {
  if (spec.ensemble_activations.empty()) return;
  const bool code_follows = spec.code_activation == spec.activation;
  const auto turn = static_cast<std::size_t>(member) % spec.ensemble_activations.size();
  spec.activation = spec.ensemble_activations[turn];
  if (code_follows) spec.code_activation = spec.activation;
  spec.ensemble_activations.clear();
}

}  // namespace

std::uint64_t member_seed(std::uint64_t seed, Index member) {
  if (member == 0) return seed;
  RandomStream stream(seed, RandomPurpose::kMember, static_cast<std::uint64_t>(member));
  const std::uint64_t high = stream.next() >> 1;
  return high << 32 | stream.next();
}

ModelSpec member_spec(const ModelSpec& spec, Index member) {
  HOURGLASS_CHECK(member >= 0 && member < spec.ensemble);
  ModelSpec alone = spec;
  alone.ensemble = 1;
  alone.ensemble_widths = {1};
  alone.seed = member_seed(spec.seed, member);
  set_activation(alone, member);
  const double factor = factor_of(spec, member);
  if (factor == 1) return alone;
  for (Index& width : alone.hidden) width = scaled(width, factor);
  alone.latent_dim = scaled(spec.latent_dim, factor);
  return alone;
}

void check_members(const ModelSpec& spec, Index features, const std::vector<Index>& sample_shape) {
  const Index shapes = std::min(spec.ensemble, std::ssize(spec.ensemble_widths));
  for (Index member = 0; member < shapes; ++member) {
    const double factor = factor_of(spec, member);
    if (factor == 1) continue;
    if (is_convolutional(spec) && !spec.bottleneck) {
      usage_error(
          fmt::format("ensemble_widths = {} scales the code, and without a bottleneck that is a "
                      "map of its own size: leave ensemble_widths out, or set bottleneck = true",
                      factor));
    }
    try {
      const ModelSpec alone = member_spec(spec, member);
      spec_from_settings(settings_from_spec(alone));  // widths as a setting may give them
      const NetworkSpec network = network_of(alone, features, sample_shape);
      validate(network);
      penalties_of(alone, network);
    } catch (const Error& error) {
      usage_error(fmt::format("ensemble_widths = {}: {}", factor, error.what()));
    }
  }
}

}  // namespace hourglass
