#include "task/blockwise_scorer.h"

#include <algorithm>

namespace hourglass {
namespace {

// Fewer samples than these are scored sooner than another thread wakes.
constexpr Index kFewSamples = 32;

}  // namespace

BlockwiseScorer::BlockwiseScorer(const TrainedModel& model, ThreadPool& pool)
    : encoding_(model.saved.encoding), pool_(pool), scorer_(model, pool) {
  for (int worker = 0; worker < pool.size(); ++worker) {
    encoders_.emplace_back(encoding_, scorer_.block_rows());
  }
}

void BlockwiseScorer::score(const double* raw, Index count, double* scores) {
  if (count <= kFewSamples) return score_share({0, count}, 0, raw, scores);
  pool_.run([&](int worker) {
    score_share(share_of(count, worker, pool_.size(), kFewSamples), worker, raw, scores);
  });
}

void BlockwiseScorer::score_share(Range samples, int worker, const double* raw, double* scores) {
  for (Index sample = samples.begin; sample < samples.end; sample += scorer_.block_rows()) {
    EncodedRows rows = encoders_[static_cast<std::size_t>(worker)].encode(
        raw + sample * encoding_.table_columns(),
        std::min(scorer_.block_rows(), samples.end - sample));
    rows.worker = worker;
    scorer_.score(rows, scores + sample);
  }
}

}  // namespace hourglass
