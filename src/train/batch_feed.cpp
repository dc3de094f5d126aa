#include "train/batch_feed.h"

namespace hourglass {

BatchFeed::BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size,
                     std::uint64_t seed, const Corruptor& corruptor, ThreadPool& pool)
    : plan_(plan) {
  if (samples.in_memory() && pool.size() == 1) {
    gathered_.emplace(samples, batch_size, seed);
  } else {
    read_ahead_.emplace(samples, batch_size, seed);
  }
  if (samples.has_mask()) mask_ = plan.mask();
  if (corruptor.empty()) {
    plan.use_input_as_target();
    clean_ = plan.input();
  } else {
    corruption_.emplace(corruptor, samples.features(), pool);
    clean_ = plan.target();
  }
}

void BatchFeed::start_epoch(Index epoch) {
  gathered_ ? gathered_->start_epoch(epoch) : read_ahead_->start_epoch(epoch);
  place_ = {epoch, 0};
}

Index BatchFeed::next() {
  Index rows = 0;
  if (gathered_) {
    gathered_->next_into(clean_, mask_, &rows);
  } else {
    read_ahead_->next_into(clean_, mask_, &rows);
  }
  if (corruption_ && rows > 0) {
    corruption_->corrupt(clean_.first_rows(rows), plan_.input(), place_);
  }
  place_.position += rows;
  return rows;
}

}  // namespace hourglass
