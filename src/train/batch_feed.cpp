#include "train/batch_feed.h"

#include <algorithm>

namespace hourglass {

BatchFeed::Source BatchFeed::source_of(const Samples& samples, Index batch_size, std::uint64_t seed,
                                       ThreadPool& pool) {
  if (samples.in_memory()) {
    return Source(std::in_place_type<ShuffledGather>, samples, batch_size, seed);
  }
  if (samples.drawn() != nullptr) {
    return Source(std::in_place_type<DrawnBatches>, *samples.drawn(), batch_size, pool.size());
  }
  return Source(std::in_place_type<BatchSequence>, samples, batch_size, seed);
}

BatchFeed::BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size,
                     std::uint64_t seed, const Corruptor& corruptor, ThreadPool& pool)
    : plan_(plan), source_(source_of(samples, batch_size, seed, pool)) {
  if (samples.has_mask()) given_mask_ = plan.mask();
  if (corruptor.holes_alone()) holes_ = plan.mask();
  if (corruptor.empty()) {
    plan.use_input_as_target();
    clean_ = plan.input();
  } else {
    corruption_.emplace(corruptor, samples.features(), pool);
    clean_ = plan.target();
  }
  if (std::holds_alternative<BatchSequence>(source_)) return;
  plan.fill_with([this](Range rows, int worker) { fill(rows, worker); });
}

BatchFeed::~BatchFeed() { plan_.fill_with(nullptr); }

Index BatchFeed::batches_per_epoch() const {
  return std::visit([](const auto& source) { return source.batches_per_epoch(); }, source_);
}

void BatchFeed::start_epoch(Index epoch) {
  std::visit([&](auto& source) { source.start_epoch(epoch); }, source_);
  place_ = {epoch, 0};
  rows_ = 0;
}

Index BatchFeed::next_of_drawn_or_gathered() {
  if (auto* gathered = std::get_if<ShuffledGather>(&source_)) return gathered->next();
  return std::get<DrawnBatches>(source_).next();
}

Index BatchFeed::next() {
  place_.position += rows_;
  auto* const read_ahead = std::get_if<BatchSequence>(&source_);
  if (read_ahead == nullptr) return rows_ = next_of_drawn_or_gathered();
  read_ahead->next_into(clean_, given_mask_, &rows_);
  if (corruption_ && rows_ > 0) {
    if (!given_mask_) count_all({0, rows_});
    corruption_->corrupt(clean_.first_rows(rows_), plan_.input(), place_, holes_);
  }
  return rows_;
}

void BatchFeed::skip(Index batches) {
  for (Index i = 0; i < batches; ++i) {
    place_.position += rows_;
    auto* const read_ahead = std::get_if<BatchSequence>(&source_);
    rows_ = read_ahead != nullptr ? read_ahead->next().rows : next_of_drawn_or_gathered();
  }
}

// What is cut out of it is all that will count of a row.
void BatchFeed::count_all(Range rows) {
  for (Index panel = 0; holes_ && panel < holes_.panels(); ++panel) {
    std::fill(holes_.row(panel, rows.begin), holes_.row(panel, rows.end), 1.0f);
  }
}

void BatchFeed::fill(Range rows, int worker) {
  if (auto* drawn = std::get_if<DrawnBatches>(&source_)) {
    drawn->draw(rows, clean_, worker);
  } else {
    std::get<ShuffledGather>(source_).gather(rows, clean_, given_mask_);
  }
  if (!corruption_) return;
  if (!given_mask_) count_all(rows);
  corruption_->corrupt(clean_, plan_.input(), place_, holes_, rows, worker);
}

}  // namespace hourglass
