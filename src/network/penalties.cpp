#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/error.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

std::string never(const NetworkSpec&, const PenaltySpec&) { return ""; }

constexpr std::array kKinds = {
    PenaltyKind{"l1", "mean over samples of Σ_j |h_j|",
                "Pulls activations to zero, so that few units answer to a sample.", 0.3, never,
                make_l1_penalty<float>, make_l1_penalty<double>},
    PenaltyKind{"kl", "Σ_j ρ log(ρ/ρ̂_j) + (1−ρ) log((1−ρ)/(1−ρ̂_j)), ρ̂_j unit j's mean activation",
                "Keeps each unit active a share ρ of the time: a sparse code with no dead units.",
                3, kl_refusal, make_kl_penalty<float>, make_kl_penalty<double>},
    PenaltyKind{"contractive", "mean over samples of ‖∂h/∂x‖²_F",
                "Makes codes insensitive to small changes of the sample.", 0.1, contractive_refusal,
                make_contractive_penalty<float>, make_contractive_penalty<double>},
};

PenaltyPointer<float> make(const PenaltyKind& kind, const PenaltyContext<float>& context) {
  return kind.make_float(context);
}
PenaltyPointer<double> make(const PenaltyKind& kind, const PenaltyContext<double>& context) {
  return kind.make_double(context);
}

}  // namespace

std::span<const PenaltyKind> penalty_kinds() { return kKinds; }

const PenaltyKind* find_penalty(std::string_view name) {
  const auto* found = std::ranges::find(kKinds, name, &PenaltyKind::name);
  return found == kKinds.end() ? nullptr : found;
}

void validate(const NetworkSpec& network, const PenaltySpec& penalty) {
  const PenaltyKind* kind = find_penalty(penalty.kind);
  HOURGLASS_CHECK(kind != nullptr && penalty.layer >= 0);
  const auto layers = static_cast<Index>(network.encoder.size() + network.decoder.size());
  HOURGLASS_CHECK(penalty.layer < layers);
  const std::string reason = kind->refusal(network, penalty);
  if (!reason.empty()) {
    usage_error(fmt::format("penalty {} on {}: {}", penalty.kind,
                            layer_name(network, penalty.layer), reason));
  }
}

template <class T>
std::vector<PenaltyPointer<T>> make_penalties(Network<T>& network, LearnedTensors<T>& learned,
                                              const StepSpec& step, Index batch,
                                              const std::vector<const Signal<T>*>& outputs) {
  std::vector<PenaltyPointer<T>> penalties;
  for (const PenaltySpec& spec : step.penalties) {
    validate(network.spec(), spec);
    penalties.push_back(
        make(*find_penalty(spec.kind), PenaltyContext<T>{network, learned, spec, batch, outputs}));
  }
  return penalties;
}

template std::vector<PenaltyPointer<float>> make_penalties(
    Network<float>&, LearnedTensors<float>&, const StepSpec&, Index,
    const std::vector<const Signal<float>*>&);
template std::vector<PenaltyPointer<double>> make_penalties(
    Network<double>&, LearnedTensors<double>&, const StepSpec&, Index,
    const std::vector<const Signal<double>*>&);

}  // namespace hourglass
