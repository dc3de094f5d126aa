#include "task/hole_training.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include "model/convolutional.h"
#include "task/hole_filler.h"
#include "task/image_quality.h"
#include "task/learn_linear_filling.h"
#include "task/part_of.h"

namespace hourglass {
namespace {

// Of a mean squared error in scaled units, where all pixels have one scale.
double psnr_of_loss(const SavedModel& saved, double loss) {
  const Encoding& encoding = saved.encoding;
  const bool one_scale =
      encoding.scaling == Scaling::kCentred || encoding.scaling == Scaling::kNone;
  if (saved.spec.step.loss != Loss::kMse || !one_scale || encoding.columns.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double unit = encoding.columns.front().scale / white_of(encoding);
  return psnr_of_error(loss * unit * unit);
}

// Dense layers do.
bool takes_whole_images(const SavedModel& saved) {
  const std::vector<Index>& shape = saved.encoding.sample_shape;
  const bool of_images =
      shape.size() == 2 || (shape.size() == 3 && (shape[2] == 1 || shape[2] == 3));
  return of_images && saved.spec.window == 0 && !is_convolutional(saved.spec);
}

// In dB: less is no gain that could be seen.
constexpr double kSmallestGain = 0.1;

std::optional<Warning> no_better_than_linear(const TrainingSummary& summary) {
  if (!(summary.validation_psnr - summary.linear_psnr < kSmallestGain)) return std::nullopt;
  return Warning{
      "no-better-than-pca",
      fmt::format("the network adds less than {} dB to its linear estimate: holes held out are "
                  "filled with a PSNR of {:.2f} dB by both together and {:.2f} dB by that alone; "
                  "give more pictures, more --epochs or other --hidden sizes",
                  kSmallestGain, summary.validation_psnr, summary.linear_psnr)};
}

}  // namespace

TrainedModel train_to_fill_holes(const Table& table, const TrainingJob& job, ThreadPool& pool,
                                 const ProgressCallback& progress) {
  TrainingJob filling = job;
  filling.diagnose = false;
  const RowRoles roles =
      assign_roles(all_rows(table.rows()), job.spec.validation, 0, 0, job.spec.seed);
  TrainedModel model = train_model(table, roles, filling, pool, progress);
  TrainingSummary& summary = model.saved.training;
  summary.validation_psnr = psnr_of_loss(model.saved, summary.validation_loss);
  if (!takes_whole_images(model.saved)) return model;
  learn_linear_filling(model, table, roles, pool, share_of_stage(progress, "linear estimate"));
  if (auto warning = no_better_than_linear(summary)) model.saved.warnings.push_back(*warning);
  return model;
}

}  // namespace hourglass
