#include "train/batch_feed.h"

#include <algorithm>

namespace hourglass {

std::unique_ptr<BatchFeed::Source> BatchFeed::source_of(const Samples& samples, Index batch_size,
                                                        std::uint64_t seed, ThreadPool& pool) {
  if (samples.in_memory()) {
    return std::make_unique<Source>(std::in_place_type<ShuffledGather>, samples, batch_size, seed);
  }
  if (samples.drawn() != nullptr) {
    return std::make_unique<Source>(std::in_place_type<DrawnBatches>, *samples.drawn(), batch_size,
                                    pool.size());
  }
  return std::make_unique<Source>(std::in_place_type<BatchSequence>, samples, batch_size, seed);
}

BatchFeed::BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size,
                     std::uint64_t seed, const Corruptor& corruptor, ThreadPool& pool)
    : plan_(plan), source_(source_of(samples, batch_size, seed, pool)) {
  if (samples.shown() != nullptr) {
    shown_source_ = source_of(*samples.shown(), batch_size, seed, pool);
  }
  if (samples.has_mask()) given_mask_ = plan.mask();
  if (corruptor.holes_alone()) holes_ = plan.mask();
  if (corruptor.empty() && !shown_source_) {
    plan.use_input_as_target();
    clean_ = plan.input();
  } else {
    clean_ = plan.target();
  }
  shown_ = shown_source_ ? plan.input() : clean_;
  if (!corruptor.empty()) corruption_.emplace(corruptor, samples.features(), pool);
  if (!is_read_ahead()) plan.fill_with([this](Range rows, int worker) { fill(rows, worker); });
}

BatchFeed::~BatchFeed() { plan_.fill_with(nullptr); }

Index BatchFeed::batches_per_epoch() const {
  return std::visit([](const auto& source) { return source.batches_per_epoch(); }, *source_);
}

void BatchFeed::start_epoch(Index epoch) {
  const auto start = [&](auto& source) { source.start_epoch(epoch); };
  std::visit(start, *source_);
  if (shown_source_) std::visit(start, *shown_source_);
  place_ = {epoch, 0};
  rows_ = 0;
}

// Rows of the next batch. One that was read ahead is put to where it belongs; others are filled in
// by the plan's threads.
Index BatchFeed::next_of(Source& source, Panels<float> whole, Panels<float> mask) {
  if (auto* gathered = std::get_if<ShuffledGather>(&source)) return gathered->next();
  if (auto* drawn = std::get_if<DrawnBatches>(&source)) return drawn->next();
  Index rows = 0;
  std::get<BatchSequence>(source).next_into(whole, mask, &rows);
  return rows;
}

Index BatchFeed::skip_in(Source& source) {
  if (auto* gathered = std::get_if<ShuffledGather>(&source)) return gathered->next();
  if (auto* drawn = std::get_if<DrawnBatches>(&source)) return drawn->next();
  return std::get<BatchSequence>(source).next().rows;
}

void BatchFeed::fill_from(Source& source, Panels<float> to, Panels<float> mask, Range rows,
                          int worker) {
  if (auto* drawn = std::get_if<DrawnBatches>(&source)) {
    drawn->draw(rows, to, worker);
  } else {
    std::get<ShuffledGather>(source).gather(rows, to, mask);
  }
}

Index BatchFeed::next() {
  place_.position += rows_;
  rows_ = next_of(*source_, clean_, given_mask_);
  if (shown_source_) next_of(*shown_source_, shown_, {});
  if (is_read_ahead() && corruption_ && rows_ > 0) {
    if (!given_mask_) count_all({0, rows_});
    corruption_->corrupt(shown_.first_rows(rows_), plan_.input(), place_, holes_);
  }
  return rows_;
}

void BatchFeed::skip(Index batches) {
  for (Index i = 0; i < batches; ++i) {
    place_.position += rows_;
    rows_ = skip_in(*source_);
    if (shown_source_) skip_in(*shown_source_);
  }
}

// What is cut out of it is all that will count of a row.
void BatchFeed::count_all(Range rows) {
  for (Index panel = 0; holes_ && panel < holes_.panels(); ++panel) {
    std::fill(holes_.row(panel, rows.begin), holes_.row(panel, rows.end), 1.0f);
  }
}

void BatchFeed::fill(Range rows, int worker) {
  fill_from(*source_, clean_, given_mask_, rows, worker);
  if (shown_source_) fill_from(*shown_source_, shown_, {}, rows, worker);
  if (!corruption_) return;
  if (!given_mask_) count_all(rows);
  corruption_->corrupt(shown_, plan_.input(), place_, holes_, rows, worker);
}

}  // namespace hourglass
