#pragma once

#include "data/corruptor.h"
#include "data/samples.h"
#include "model/model_spec.h"
#include "network/training_plan.h"

namespace hourglass {

/// What the penalties of a training add to the loss of rows held out, which evaluate() knows only
/// the loss of. A model that reconstructs well because its penalties have not taken hold yet is not
/// the one that was asked for. Keeps references.
class HeldOutPenalty {
 public:
  /// Rows are seen through `corruptor`, each the same at every call, as evaluate() shows them.
  HeldOutPenalty(TrainingPlan<float>& plan, const ModelSpec& spec, const Samples& samples,
                 const Corruptor& corruptor, ThreadPool& pool);

  /// Mean over batches, weighted by their rows; 0 without penalties. Writes over the plan's input.
  double measure();

 private:
  TrainingPlan<float>& plan_;
  const ModelSpec& spec_;
  const Samples& samples_;
  PanelMatrix<float> clean_;  // batch × features
  BlockCorruptor corruption_;
};

}  // namespace hourglass
