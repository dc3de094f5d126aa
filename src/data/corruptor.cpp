#include "data/corruptor.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/scaling_statistics.h"
#include "kernel/elementwise.h"

namespace hourglass {
namespace {

// Fewer features than this are corrupted sooner than another thread is woken.
constexpr Index kFewFeatures = 1 << 13;

}  // namespace

float blank_of(const Encoding& encoding) {
  const bool has_no_mean =
      encoding.scaling == Scaling::kNone || encoding.scaling == Scaling::kMinMax;
  return has_no_mean ? 0.5f : 0.0f;
}

CorruptibleFeatures::CorruptibleFeatures(const Encoding& encoding)
    : count(encoding.features), blank(blank_of(encoding)) {
  if (encoding.has_categories()) decided_by.resize(static_cast<std::size_t>(count));
  for (const ColumnEncoding& column : encoding.columns) {
    const bool is_number = column.column.kind == ColumnKind::kNumeric;
    const auto level = [&](double value) {
      return is_logarithmic(encoding.scaling) ? signed_log(value) : value;
    };
    const double low = encoding.unit_interval ? 0 : level(column.observed_min);
    const double high = encoding.unit_interval ? 1 : level(column.observed_max);
    for (Index f = 0; f < column.feature_count; ++f) {
      numeric.push_back(is_number ? 1.0f : 0.0f);
      lowest.push_back(is_number ? static_cast<float>((low - column.shift) / column.scale) : 0.0f);
      highest.push_back(is_number ? static_cast<float>((high - column.shift) / column.scale)
                                  : 1.0f);
      if (!decided_by.empty()) {
        decided_by[static_cast<std::size_t>(column.first_feature + f)] = column.first_feature;
      }
    }
  }
  const std::vector<Index>& shape = encoding.sample_shape;
  if (shape.size() >= 2 && !encoding.has_categories()) {
    height = shape[0];
    width = shape[1];
    for (std::size_t i = 2; i < shape.size(); ++i) channels *= shape[i];
    // Columns left out leave no image.
    if (height * width * channels != count) height = 0;
  }
}

const float* SampleCorruption::draw_uniform() const {
  fill_uniform(source(1), drawn, features.count);
  return drawn;
}

const float* SampleCorruption::draw_normal() const {
  fill_normal(source(1), drawn, features.count);
  return drawn;
}

void SampleCorruption::cut_out(Index pixel) const {
  const Index first = pixel * features.channels;
  std::fill_n(values + first, features.channels, features.blank);
  std::fill_n(holes + first, features.channels, 1.0f);
}

Corruptor::Corruptor(std::vector<CorruptionSpec> list, const Encoding& encoding, std::uint64_t seed,
                     std::shared_ptr<const Recording> recording, bool holes_alone)
    : list_(std::move(list)),
      features_(std::make_shared<const CorruptibleFeatures>(encoding)),
      recording_(std::move(recording)),
      holes_alone_(holes_alone),
      key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {
  for (const CorruptionSpec& spec : list_) {
    const CorruptionInfo& row = info(spec.corruption);
    HOURGLASS_CHECK(row.acts_on != CorruptionActsOn::kImages || features_->height > 0);
    HOURGLASS_CHECK(!row.needs_recording ||
                    (recording_ && std::ssize(recording_->series) >= features_->count));
  }
}

Index Corruptor::room() const { return empty() ? 0 : 3 * features_->count; }

void Corruptor::corrupt(float* values, const SamplePlace& place, float* room) const {
  if (empty()) return;
  float* const holes = holes_in(room);
  std::fill_n(holes, features_->count, 0.0f);
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const CorruptionSpec& spec = list_[i];
    // Each corruption of the list has numbers of its own.
    const auto purpose = static_cast<std::uint32_t>(RandomPurpose::kCorruption) |
                         (static_cast<std::uint32_t>(i) + 1) << 8;
    SampleCorruption sample{.features = *features_,
                            .recording = recording_.get(),
                            .level = static_cast<float>(spec.low),
                            .values = values,
                            .drawn = room,
                            .holes = holes,
                            .key = key_,
                            .place = {purpose, static_cast<std::uint32_t>(place.epoch),
                                      static_cast<std::uint32_t>(place.position)}};
    if (spec.low < spec.high) {
      float where = 0;
      fill_uniform(sample.source(0), &where, 1);
      sample.level =
          static_cast<float>(spec.low + (spec.high - spec.low) * static_cast<double>(where));
    }
    info(spec.corruption).apply(sample);
  }
}

BlockCorruptor::BlockCorruptor(const Corruptor& corruptor, Index features, ThreadPool& pool)
    : corruptor_(corruptor), features_(features), pool_(pool) {
  for (int worker = 0; worker < pool.size(); ++worker) {
    rooms_.emplace_back(corruptor.room() + features);
  }
}

void BlockCorruptor::for_each_row(Index rows, const std::function<void(Index, float*)>& work) {
  const int workers = rows * features_ < kFewFeatures ? 1 : pool_.size();
  const auto work_share = [&](int worker) {
    const Range share = share_of(rows, worker, workers);
    float* const room = rooms_[static_cast<std::size_t>(worker)].data();
    for (Index row = share.begin; row < share.end; ++row) work(row, room);
  };
  if (workers == 1) {
    work_share(0);
  } else {
    pool_.run(work_share);
  }
}

void BlockCorruptor::keep_holes(float* mask, float* room) const {
  const float* const holes = corruptor_.holes_in(room);
  for (Index f = 0; f < features_; ++f) mask[f] *= holes[f];
}

void BlockCorruptor::corrupt(MatrixView<const float> clean, MatrixView<float> corrupted,
                             const SamplePlace& first, MatrixView<float> mask) {
  for_each_row(clean.rows, [&](Index row, float* room) {
    std::copy_n(clean.row(row), features_, corrupted.row(row));
    corruptor_.corrupt(corrupted.row(row), {first.epoch, first.position + row}, room);
    if (mask.data != nullptr) keep_holes(mask.row(row), room);
  });
}

void BlockCorruptor::corrupt_row(Panels<const float> clean, Panels<float> corrupted,
                                 const SamplePlace& first, Panels<float> mask, Index row,
                                 float* room) const {
  float* const values = room + corruptor_.room();
  // A stride of 0 puts every row to the same place.
  from_panels<float>(clean, values, 0, {row, row + 1});
  corruptor_.corrupt(values, {first.epoch, first.position + row}, room);
  to_panels<float>(values, 0, corrupted, {row, row + 1});
  if (!mask) return;
  from_panels<float>(mask, values, 0, {row, row + 1});
  keep_holes(values, room);
  to_panels<float>(values, 0, mask, {row, row + 1});
}

void BlockCorruptor::corrupt(Panels<const float> clean, Panels<float> corrupted,
                             const SamplePlace& first, Panels<float> mask) {
  for_each_row(clean.rows, [&](Index row, float* room) {
    corrupt_row(clean, corrupted, first, mask, row, room);
  });
}

void BlockCorruptor::corrupt(Panels<const float> clean, Panels<float> corrupted,
                             const SamplePlace& first, Panels<float> mask, Range rows, int worker) {
  float* const room = rooms_[static_cast<std::size_t>(worker)].data();
  for (Index row = rows.begin; row < rows.end; ++row) {
    corrupt_row(clean, corrupted, first, mask, row, room);
  }
}

}  // namespace hourglass
