#include "task/cell_training.h"

#include "task/cell_donors.h"
#include "task/cross_fit.h"

namespace hourglass {

TrainedModel train_to_fill_cells(const Table& table, const TrainingJob& job, ThreadPool& pool,
                                 const ProgressCallback& progress) {
  TrainingJob filling = job;
  filling.diagnose = false;
  RowRoles roles = assign_roles(all_rows(table.rows()), job.spec.validation, 0, 0, job.spec.seed);
  if (members_cross_fit(job.spec, table.rows())) {
    roles.folds = deal_folds(roles.training, kFolds, job.spec.seed);
    roles.folds_validate = true;
  }
  TrainedModel model = train_model(table, roles, filling, pool, progress);
  model.saved.donors = find_donors(model, table, roles.folds, pool);
  return model;
}

}  // namespace hourglass
