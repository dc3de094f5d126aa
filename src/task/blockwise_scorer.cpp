#include "task/blockwise_scorer.h"

#include <algorithm>

namespace hourglass {

BlockwiseScorer::BlockwiseScorer(const TrainedModel& model, ThreadPool& pool)
    : encoding_(model.saved.encoding), pool_(pool), scorer_(model, pool) {
  for (int worker = 0; worker < pool.size(); ++worker) {
    encoders_.emplace_back(encoding_, scorer_.block_rows());
  }
}

void BlockwiseScorer::score(const double* raw, Index count, double* scores) {
  const Index blocks = (count + scorer_.block_rows() - 1) / scorer_.block_rows();
  if (blocks == 1) return score_blocks({0, 1}, 0, raw, count, scores);
  pool_.run([&](int worker) {
    score_blocks(share_of(blocks, worker, pool_.size()), worker, raw, count, scores);
  });
}

void BlockwiseScorer::score_blocks(Range blocks, int worker, const double* raw, Index count,
                                   double* scores) {
  for (Index block = blocks.begin; block < blocks.end; ++block) {
    const Index sample = block * scorer_.block_rows();
    EncodedRows rows = encoders_[static_cast<std::size_t>(worker)].encode(
        raw + sample * encoding_.table_columns(), std::min(scorer_.block_rows(), count - sample));
    rows.worker = worker;
    scorer_.score(rows, scores + sample);
  }
}

}  // namespace hourglass
