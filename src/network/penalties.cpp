#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/error.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

std::string never(const NetworkSpec&, const PenaltySpec&) { return ""; }

// The loss is a mean over features and these penalties are sums, so their balance would shift with
// the width of the data unless the weight did too.
template <int kPerMille>
double over_features(Index features, Index) {
  return kPerMille / 1000.0 / static_cast<double>(features);
}
double one(Index, Index) { return 1; }
// Units to keep: few beside the data and beside the code.
double a_sixteenth(Index features, Index units) {
  return static_cast<double>(std::max<Index>(1, std::min(features, units) / 16));
}

constexpr std::array kKinds = {
    PenaltyKind{"l1", "Pulls activations to zero, so that few units answer to a sample.",
                over_features<300>, nullptr, never, make_l1_penalty<float>,
                make_l1_penalty<double>},
    PenaltyKind{
        "kl", "Keeps each unit active for sparsity_target of the time: sparse, with no dead units.",
        over_features<3000>, nullptr, kl_refusal, make_kl_penalty<float>, make_kl_penalty<double>},
    PenaltyKind{"contractive", "Makes codes insensitive to small changes of the sample.",
                over_features<100>, nullptr, contractive_refusal, make_contractive_penalty<float>,
                make_contractive_penalty<double>},
    PenaltyKind{"top-k",
                "The weight is k: of each sample's units the k largest stay, the rest are 0.",
                a_sixteenth, keep_top_k, never, nullptr, nullptr},
    PenaltyKind{"batch-top-k",
                "The same on average over a batch, so that a rich sample gets more units.",
                a_sixteenth, keep_batch_top_k, never, nullptr, nullptr},
    PenaltyKind{"variational",
                "Codes are drawn from a Gaussian kept near the standard one; the weight is beta.",
                one, draw_codes, variational_refusal, make_variational_penalty<float>,
                make_variational_penalty<double>},
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
  HOURGLASS_CHECK(penalty.layer < network.layer_count());
  const std::string reason = kind->refusal(network, penalty);
  if (!reason.empty()) {
    usage_error(fmt::format("penalty {} on {}: {}", penalty.kind,
                            layer_name(network, penalty.layer), reason));
  }
}

template <class T>
std::vector<PenaltyPointer<T>> make_penalties(Network<T>& network, LearnedTensors<T>& learned,
                                              const StepSpec& step, Index batch, int workers,
                                              const StageList<T>& stages) {
  std::vector<PenaltyPointer<T>> penalties;
  for (const PenaltySpec& spec : step.penalties) {
    validate(network.spec(), spec);
    const PenaltyKind& kind = *find_penalty(spec.kind);
    if (kind.make_float == nullptr) continue;
    penalties.push_back(
        make(kind, PenaltyContext<T>{network, learned, spec, batch, workers, stages}));
  }
  return penalties;
}

template std::vector<PenaltyPointer<float>> make_penalties(Network<float>&, LearnedTensors<float>&,
                                                           const StepSpec&, Index, int,
                                                           const StageList<float>&);
template std::vector<PenaltyPointer<double>> make_penalties(Network<double>&,
                                                            LearnedTensors<double>&,
                                                            const StepSpec&, Index, int,
                                                            const StageList<double>&);

}  // namespace hourglass
