#include "train/held_out_penalty.h"

#include <algorithm>

#include "kernel/elementwise.h"
#include "train/evaluate.h"

namespace hourglass {

HeldOutPenalty::HeldOutPenalty(TrainingPlan<float>& plan, const ModelSpec& spec,
                               const Samples& samples, const Corruptor& corruptor, ThreadPool& pool)
    : plan_(plan),
      spec_(spec),
      samples_(samples),
      clean_(spec.batch_size, samples.features()),
      corruption_(corruptor, samples.features(), pool) {}

double HeldOutPenalty::measure() {
  if (spec_.step.penalties.empty()) return 0;
  double sum = 0;
  ShownBlocks shown(samples_);
  for_each_block(samples_, [&](const float* block, const float*, Index count, Index first) {
    const float* const seen = shown.of(block, count, first);
    for (Index begin = 0; begin < count; begin += spec_.batch_size) {
      const Index rows = std::min(spec_.batch_size, count - begin);
      to_panels<float>(seen + begin * samples_.features(), samples_.features(), clean_.view(),
                       {0, rows});
      corruption_.corrupt(clean_.view().first_rows(rows), plan_.input(), {0, first + begin});
      sum += plan_.penalty_on(rows, {spec_.seed, 0, 0}) * static_cast<double>(rows);
    }
  });
  return sum / static_cast<double>(samples_.rows());
}

}  // namespace hourglass
