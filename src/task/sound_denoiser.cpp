#include "task/sound_denoiser.h"

#include <algorithm>
#include <numeric>

#include "base/interrupt.h"
#include "data/mirrored.h"

namespace hourglass {
namespace {

// Few, so that a short sound is not mostly the silence behind it.
constexpr Index kStretchesAtOnce = 8;

Index frame_for(const SoundGains& gains, double rate) {
  const auto own = static_cast<double>(gains.rate());
  return frame_like(2 * gains.patch().bins, own, rate);
}

}  // namespace

SoundDenoiser::SoundDenoiser(SoundGains& gains, double rate)
    : gains_(gains),
      stft_(frame_for(gains, rate)),
      group_(kStretchesAtOnce),
      margin_(stft_.frame() - stft_.hop() + (gains.patch().frames - gains.step()) * stft_.hop()),
      skipped_(margin_),
      overlap_(static_cast<std::size_t>(stft_.frame())),
      frame_(overlap_.size()) {}

void SoundDenoiser::push(const float* samples, Index count, std::vector<float>& out) {
  taken_ += count;
  last_.insert(last_.end(), samples, samples + count);
  if (begun_) {
    take(samples, count, out);
  } else if (std::ssize(last_) >= margin_) {
    begin(out);
  }
  if (begun_ && std::ssize(last_) > margin_) last_.erase(last_.begin(), last_.end() - margin_);
}

// Its mirror image goes before a sound, so that the first samples lie in as many frames, and those
// in as many stretches, as all others, with noise like theirs around them.
void SoundDenoiser::begin(std::vector<float>& out) {
  begun_ = true;
  std::vector<float> before;
  for (Index i = margin_ - 1; i >= 0; --i) {
    before.push_back(last_[static_cast<std::size_t>(mirrored(i, std::ssize(last_)))]);
  }
  take(before.data(), margin_, out);
  take(last_.data(), std::ssize(last_), out);
}

void SoundDenoiser::take(const float* samples, Index count, std::vector<float>& out) {
  samples_.insert(samples_.end(), samples, samples + count);
  analyse();
  const Index needed = (group_ - 1) * gains_.step() + gains_.patch().frames;
  while (std::ssize(spectra_) >= needed * stft_.bins()) synthesise(out);
}

// And it goes behind, until all is through.
void SoundDenoiser::finish(std::vector<float>& out) {
  if (!begun_ && taken_ > 0) begin(out);
  std::ranges::reverse(last_);
  std::vector<float> behind(static_cast<std::size_t>(stft_.hop()));
  for (Index at = 0; given_ < taken_;) {
    for (float& sample : behind) {
      sample = last_[static_cast<std::size_t>(mirrored(at++, std::ssize(last_)))];
    }
    take(behind.data(), std::ssize(behind), out);
  }
}

// Samples → frames of spectra, and those bins of them that the model knows.
void SoundDenoiser::analyse() {
  const Index bins = stft_.bins(), known = gains_.patch().bins;
  Index at = 0;
  for (; at + stft_.frame() <= std::ssize(samples_); at += stft_.hop()) {
    spectra_.resize(spectra_.size() + static_cast<std::size_t>(bins));
    std::complex<float>* const spectrum = &*(spectra_.end() - bins);
    stft_.forward(samples_.data() + at, spectrum);
    seen_.insert(seen_.end(), spectrum, spectrum + std::min(bins, known));
    seen_.insert(seen_.end(), static_cast<std::size_t>(std::max<Index>(0, known - bins)), 0.0F);
  }
  samples_.erase(samples_.begin(), samples_.begin() + at);
}

void SoundDenoiser::amplify(std::complex<float>* spectrum, const float* gains) const {
  const Index bins = stft_.bins(), known = gains_.patch().bins;
  const Index highest = std::max<Index>(1, known / 8);
  const float above =
      std::accumulate(gains + known - highest, gains + known, 0.0F) / static_cast<float>(highest);
  for (Index b = 0; b < bins; ++b) spectrum[b] *= b < known ? gains[b] : above;
}

// A group of stretches: frames that no later one will see are done.
void SoundDenoiser::synthesise(std::vector<float>& out) {
  throw_if_interrupted();
  const Index bins = stft_.bins(), known = gains_.patch().bins;
  const Index done = group_ * gains_.step();
  sums_.resize(seen_.size());
  gains_.add(seen_.data(), group_, sums_.data());
  for (Index f = 0; f < done; ++f) {
    std::complex<float>* const spectrum = spectra_.data() + f * bins;
    amplify(spectrum, sums_.data() + f * known);
    stft_.inverse(spectrum, frame_.data());
    for (std::size_t i = 0; i < frame_.size(); ++i) overlap_[i] += frame_[i];
    emit(stft_.hop(), out);
  }
  spectra_.erase(spectra_.begin(), spectra_.begin() + done * bins);
  seen_.erase(seen_.begin(), seen_.begin() + done * known);
  sums_.erase(sums_.begin(), sums_.begin() + done * known);
}

// The first samples of the overlap are complete. What nothing went in for stays here.
void SoundDenoiser::emit(Index count, std::vector<float>& out) {
  const Index skip = std::min(skipped_, count);
  const Index keep = std::min(count - skip, taken_ - given_);
  skipped_ -= skip;
  given_ += keep;
  out.insert(out.end(), overlap_.begin() + skip, overlap_.begin() + skip + keep);
  overlap_.erase(overlap_.begin(), overlap_.begin() + count);
  overlap_.resize(frame_.size());
}

}  // namespace hourglass
