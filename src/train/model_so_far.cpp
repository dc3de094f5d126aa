#include "train/model_so_far.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "model/ensemble.h"
#include "train/run_part.h"

namespace hourglass {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The members from the first on, up to the first that has not begun: members are known by their
// number alone.
std::vector<const FitState*> begun_members(const FitStates& states, Index members) {
  std::vector<const FitState*> begun;
  for (Index i = 0; i < members; ++i) {
    const auto state = states.find(member_part(i));
    if (state == states.end()) break;
    begun.push_back(&state->second);
  }
  return begun;
}

// Whole epochs up to the one whose parameters are taken.
Index epoch_taken(const FitState& state) {
  const auto best = state.numbers.find("best_epoch");
  const bool judged = state.finished || !state.best.empty();
  return judged && best != state.numbers.end() ? static_cast<Index>(best->second)
                                               : std::ssize(state.history);
}

// Tells apart what is taken of a member at different times.
double mark(const FitState& state) {
  if (state.finished || !state.best.empty()) return static_cast<double>(epoch_taken(state));
  const auto step = state.numbers.find("step");
  return step == state.numbers.end() ? 0 : -step->second;
}

double mean_loss(const std::vector<const FitState*>& members, double EpochRecord::*loss) {
  double sum = 0;
  for (const FitState* state : members) {
    const Index epoch = epoch_taken(*state);
    if (epoch < 1 || epoch > std::ssize(state->history)) return kNone;
    sum += state->history[static_cast<std::size_t>(epoch - 1)].*loss;
  }
  return sum / static_cast<double>(members.size());
}

void summarise(const std::vector<const FitState*>& members, TrainingSummary& summary) {
  for (const FitState* state : members) {
    if (std::ssize(state->history) < summary.epochs) continue;
    summary.epochs = std::ssize(state->history);
    summary.best_epoch = std::min(epoch_taken(*state), summary.epochs);
  }
  summary.train_loss = mean_loss(members, &EpochRecord::running_loss);
  summary.validation_loss = mean_loss(members, &EpochRecord::validation_loss);
  summary.pca_loss = kNone;
  summary.model_mse = kNone;
}

}  // namespace

ModelSoFar::ModelSoFar(SavedModel begun, std::function<void(TrainedModel&)> calibrate)
    : begun_(std::move(begun)), calibrate_(std::move(calibrate)) {}

std::optional<SavedModel> ModelSoFar::operator()(const FitStates& states) {
  const std::vector<const FitState*> members = begun_members(states, begun_.spec.ensemble);
  std::vector<double> marks;
  for (const FitState* state : members) marks.push_back(mark(*state));
  if (members.empty() || marks == last_) return std::nullopt;

  SavedModel saved = begun_;
  const auto count = std::ssize(members);
  if (count < saved.spec.ensemble) {
    if (count == 1) saved.spec = member_spec(begun_.spec, 0);
    saved.spec.ensemble = count;
  }
  // Codes of learned rows are taken once learning has ended.
  saved.spec.reference_codes = 0;
  for (const FitState* state : members) {
    saved.networks.push_back(state->best.empty() ? state->network : state->best);
  }
  summarise(members, saved.training);
  saved.notes.push_back(fmt::format(
      "taken from a training that was still going on: {} of {} members, {} of at most {} epochs",
      count, begun_.spec.ensemble, saved.training.epochs, saved.spec.epochs));
  TrainedModel model = unpack(std::move(saved));
  if (calibrate_) calibrate_(model);
  saved = pack(model);
  // Not before: what is interrupted on the way is to be made again.
  last_ = std::move(marks);
  return saved;
}

}  // namespace hourglass
