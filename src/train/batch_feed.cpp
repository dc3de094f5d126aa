#include "train/batch_feed.h"

namespace hourglass {

BatchFeed::BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size,
                     std::uint64_t seed, const Corruptor& corruptor, ThreadPool& pool)
    : plan_(plan) {
  if (samples.in_memory()) {
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
  if (gathered_) plan.fill_with([this](Range rows, int worker) { fill(rows, worker); });
}

BatchFeed::~BatchFeed() { plan_.fill_with(nullptr); }

void BatchFeed::start_epoch(Index epoch) {
  gathered_ ? gathered_->start_epoch(epoch) : read_ahead_->start_epoch(epoch);
  place_ = {epoch, 0};
  rows_ = 0;
}

Index BatchFeed::next() {
  place_.position += rows_;
  if (gathered_) {
    rows_ = gathered_->next();
  } else {
    read_ahead_->next_into(clean_, mask_, &rows_);
    if (corruption_ && rows_ > 0) {
      corruption_->corrupt(clean_.first_rows(rows_), plan_.input(), place_);
    }
  }
  return rows_;
}

void BatchFeed::skip(Index batches) {
  for (Index i = 0; i < batches; ++i) {
    place_.position += rows_;
    rows_ = gathered_ ? gathered_->next() : read_ahead_->next().rows;
  }
}

void BatchFeed::fill(Range rows, int worker) {
  gathered_->gather(rows, clean_, mask_);
  if (corruption_) corruption_->corrupt(clean_, plan_.input(), place_, rows, worker);
}

}  // namespace hourglass
