#include "task/hole_training.h"

#include <cmath>
#include <limits>

#include "task/hole_filler.h"
#include "task/image_quality.h"

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
  return model;
}

}  // namespace hourglass
