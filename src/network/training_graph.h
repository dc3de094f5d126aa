#pragma once

#include <string>
#include <utility>
#include <vector>

#include "network/loss_pass.h"
#include "network/optimizer_pass.h"
#include "network/penalty.h"
#include "network/stage.h"
#include "network/weight_pass.h"

namespace hourglass {

/// The programs of a training step, compiled from a network, and the buffers they run over.
template <class T>
class TrainingGraph {
 public:
  /// Keeps references to `network`, `learned` and whatever `input` points to.
  TrainingGraph(Network<T>& network, LearnedTensors<T>& learned, const StepSpec& spec,
                Index batch_size, int workers, Panels<T> input);
  TrainingGraph(const TrainingGraph&) = delete;
  TrainingGraph& operator=(const TrainingGraph&) = delete;

  const Program<T>& counting() const { return counting_; }    ///< with a mask: what counts
  const Program<T>& passes() const { return passes_; }        ///< forward, loss, backward-data
  const Program<T>& gradients() const { return gradients_; }  ///< all gradients, stored
  const Program<T>& judging() const { return judging_; }      ///< forward and penalties alone
  /// The gradients and the optimiser's step; after passes().
  const Program<T>& update() const { return update_; }
  double loss(const StepState<T>& state) const { return loss_.total(state); }
  /// What the penalties add to it.
  double penalty(const StepState<T>& state) const;
  double penalty_flops_per_sample() const;
  /// What stages and penalties carry from step to step, as tensors "stage.2", "penalty.0", …, and
  /// the way back. The latter throws ErrorKind::kModel if they do not fit.
  std::vector<NamedTensor> memories() const;
  void set_memories(const std::vector<NamedTensor>& tensors);

 private:
  void build_stages(Network<T>& network, LearnedTensors<T>& learned, Index batch_size, int workers,
                    Precision precision);
  void compile_passes();
  void compile_update(LearnedTensors<T>& learned, bool fused);
  void add_gradients(Program<T>& program, LearnedTensors<T>& learned);
  std::vector<std::pair<std::string, Buffer<T>*>> carried() const;

  Signal<T> input_;
  LossPass<T> loss_;
  OptimizerPass<T> optimizer_;
  Scratch<T> scratch_;
  StageList<T> stages_;
  std::vector<PenaltyPointer<T>> penalties_;
  Program<T> counting_, passes_, judging_, gradients_, update_;
};

}  // namespace hourglass
