#include "task/sound_gains.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/error.h"
#include "kernel/elementwise.h"

namespace hourglass {

bool denoises_sound(const SavedModel& model) {
  return model.spec.rate > 0 && model.encoding.sample_shape.size() == 2;
}

// Triangles that begin `step` frames apart, scaled so that those over a frame add up to 1.
static std::vector<float> shares_of_frames(Index frames, Index step) {
  std::vector<float> shares;
  std::vector<float> together(static_cast<std::size_t>(step));
  for (Index f = 0; f < frames; ++f) {
    shares.push_back(static_cast<float>(std::min(f + 1, frames - f)));
    together[static_cast<std::size_t>(f % step)] += shares.back();
  }
  for (Index f = 0; f < frames; ++f) {
    shares[static_cast<std::size_t>(f)] /= together[static_cast<std::size_t>(f % step)];
  }
  return shares;
}

SoundGains::SoundGains(const TrainedModel& model, ThreadPool& pool)
    : pool_(pool),
      rate_(model.saved.spec.rate),
      inference_(model.networks, model.saved.spec.step, pool) {
  HOURGLASS_CHECK(denoises_sound(model.saved));
  const std::vector<Index>& shape = model.saved.encoding.sample_shape;
  patch_ = {shape[0], shape[1]};
  step_ = std::max<Index>(1, patch_.frames / 4);
  shares_ = shares_of_frames(patch_.frames, step_);
  inputs_.resize(static_cast<std::size_t>(pool.size()));
  features_.resize(inputs_.size());
}

void SoundGains::one(const std::complex<float>* spectra, int worker, float* gains) {
  const Index count = patch_.features();
  std::vector<float>& seen = features_[static_cast<std::size_t>(worker)];
  PanelMatrix<float>& input = inputs_[static_cast<std::size_t>(worker)];
  if (seen.empty()) {
    seen.resize(static_cast<std::size_t>(count));
    input = PanelMatrix<float>(1, count);
  }
  compress(spectra, level_of(spectra, patch_), count, seen.data());
  to_panels<float>(seen.data(), count, input.view(), {0, 1});
  from_panels<float>(inference_.reconstruct(std::as_const(input).view(), worker), gains, count,
                     {0, 1});
  for (Index i = 0; i < count; ++i) gains[i] = gain_of(gains[i], seen[static_cast<std::size_t>(i)]);
}

void SoundGains::add(const std::complex<float>* spectra, Index count, float* sums) {
  gains_.resize(static_cast<std::size_t>(count * patch_.features()));
  std::atomic<Index> next{0};
  pool_.run([&](int worker) {
    for (Index i = next++; i < count; i = next++) {
      one(spectra + i * step_ * patch_.bins, worker, gains_.data() + i * patch_.features());
    }
  });
  // In order, so that the sums are the same whoever made them.
  const float* gain = gains_.data();
  for (Index i = 0; i < count; ++i) {
    float* sum = sums + i * step_ * patch_.bins;
    for (const float share : shares_) {
      for (Index b = 0; b < patch_.bins; ++b) *sum++ += share * *gain++;
    }
  }
}

}  // namespace hourglass
