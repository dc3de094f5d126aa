#include "data/sound_patches.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "data/stft.h"
#include "kernel/noise.h"

namespace hourglass {
namespace {

// Octaves. Measured on speakers that were not learned from: recipes/README.md.
constexpr double kMostPitchChange = 0.2;
// Recordings of noise that are heard at once, at most: several of single voices make babble.
constexpr Index kMostAtOnce = 4;

// A recording between its samples, by the cubic through the four around (Catmull & Rom 1974).
float between(const float* samples, float share) {
  const float a = samples[-1], b = samples[0], c = samples[1], d = samples[2];
  return b + 0.5F * share *
                 (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
}

class PatchRows : public RowStore {
 public:
  PatchRows(std::vector<std::shared_ptr<const SoundPatches>> sources, DrawnSound::Side side)
      : sources_(std::move(sources)), side_(side) {
    for (const auto& source : sources_) rows_ += source->count();
  }
  Index rows() const override { return rows_; }
  Index cols() const override { return sources_.front()->patch().features(); }
  bool in_memory() const override { return false; }

  void read(Index begin, Index end, double* out) const override {
    std::vector<float> sample(static_cast<std::size_t>(cols()));
    for (Index row = begin; row < end; ++row) {
      Index position = row;
      std::size_t source = 0;
      while (position >= sources_[source]->count()) position -= sources_[source++]->count();
      DrawnSound(sources_[source], side_).draw(0, position, sample.data(), nullptr);
      out = std::copy(sample.begin(), sample.end(), out);
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }

 private:
  std::vector<std::shared_ptr<const SoundPatches>> sources_;
  DrawnSound::Side side_;
  Index rows_ = 0;
};

}  // namespace

// A stretch in the making.
struct SoundPatches::Draft {
  Index recording = 0;
  std::vector<float> clean, noisy;  // span
};

SoundPatches::SoundPatches(std::shared_ptr<const Sounds> sounds, std::vector<Index> chosen,
                           SoundNoise noise, Index frames, std::uint64_t seed)
    : sounds_(std::move(sounds)),
      chosen_(std::move(chosen)),
      noise_(std::move(noise)),
      frame_(frame_at(static_cast<double>(sounds_->rate()))),
      patch_{frames, frame_ / 2},
      span_(frame_ + (frames - 1) * frame_ / 4),
      seed_(seed) {
  HOURGLASS_CHECK(!chosen_.empty() && !noise_.kinds.empty() && frames > 0);
  for (const Index sound : chosen_) {
    samples_before_.push_back(samples_);
    samples_ += sounds_->samples(sound);
  }
}

Index SoundPatches::count() const {
  constexpr Index kFewest = 64;
  return std::max(kFewest, 2 * samples_ / span_);
}

// Some begin before the recording does or end after it, so that silence is learned, too.
void SoundPatches::draw_clean(RandomStream& stream, Draft& draft) const {
  const Index place = stream.below(samples_);
  const auto after = std::upper_bound(samples_before_.begin(), samples_before_.end(), place);
  const auto which = static_cast<std::size_t>(after - samples_before_.begin() - 1);
  draft.recording = chosen_[which];
  const double speed = std::exp2(stream.uniform(-kMostPitchChange, kMostPitchChange));
  const auto needed = static_cast<Index>(std::ceil(static_cast<double>(span_) * speed)) + 3;
  const Index middle = place - samples_before_[which];
  std::vector<float> original(static_cast<std::size_t>(needed));
  sounds_->read(draft.recording, middle - needed / 2, needed, original.data());
  draft.clean.resize(static_cast<std::size_t>(span_));
  for (Index i = 0; i < span_; ++i) {
    const double at = static_cast<double>(i) * speed;
    const auto whole = static_cast<Index>(at);
    draft.clean[static_cast<std::size_t>(i)] =
        between(original.data() + 1 + whole, static_cast<float>(at - static_cast<double>(whole)));
  }
}

// Each from a place of its own on, a short one over and over.
void SoundPatches::add_recordings(RandomStream& stream, Draft& draft, double deviation) const {
  const Sounds& recordings = *noise_.recordings;
  const Index at_once = 1 + stream.below(kMostAtOnce);
  std::vector<float> block(draft.noisy.size());
  for (Index n = 0; n < at_once; ++n) {
    const Index sound = stream.below(recordings.count());
    const Index length = recordings.samples(sound);
    Index at = stream.below(length);
    for (std::size_t done = 0; done < block.size();) {
      const Index count = std::min(length - at, static_cast<Index>(block.size() - done));
      recordings.read(sound, at, count, block.data() + done);
      done += static_cast<std::size_t>(count);
      at = 0;
    }
    const auto gain = static_cast<float>(
        deviation / std::sqrt(recordings.power(sound) * static_cast<double>(at_once)));
    for (std::size_t i = 0; i < block.size(); ++i) draft.noisy[i] += gain * block[i];
  }
}

void SoundPatches::add_noise(RandomStream& stream, Draft& draft) const {
  const CorruptionSpec& kind =
      noise_.kinds[static_cast<std::size_t>(stream.below(std::ssize(noise_.kinds)))];
  const double ratio = stream.uniform(kind.low, kind.high);
  const double deviation = std::sqrt(sounds_->power(draft.recording) * std::pow(10.0, -ratio / 10));
  draft.noisy = draft.clean;
  if (info(kind.corruption).needs_recording) return add_recordings(stream, draft, deviation);
  std::vector<float> normal(draft.noisy.size());
  fill_normal({{stream.next(), stream.next()}, {}}, normal.data(), std::ssize(normal));
  for (std::size_t i = 0; i < normal.size(); ++i) {
    draft.noisy[i] += static_cast<float>(deviation) * normal[i];
  }
}

void SoundPatches::draw(Index epoch, Index position, float* noisy, float* clean) const {
  RandomStream stream(seed_, RandomPurpose::kPatch, static_cast<std::uint64_t>(epoch),
                      static_cast<std::uint64_t>(position));
  Draft draft;
  draw_clean(stream, draft);
  add_noise(stream, draft);

  Stft stft(frame_);
  std::vector<std::complex<float>> whole(static_cast<std::size_t>(stft.bins()));
  const auto spectra_of = [&](const std::vector<float>& samples) {
    std::vector<std::complex<float>> spectra(static_cast<std::size_t>(patch_.features()));
    for (Index f = 0; f < patch_.frames; ++f) {
      stft.forward(samples.data() + f * stft.hop(), whole.data());
      std::copy_n(whole.begin(), patch_.bins, spectra.begin() + f * patch_.bins);
    }
    return spectra;
  };
  const auto seen = spectra_of(draft.noisy);
  const float level = level_of(seen.data(), patch_);
  if (noisy != nullptr) compress(seen.data(), level, patch_.features(), noisy);
  if (clean == nullptr) return;
  const auto wanted = spectra_of(draft.clean);
  compress_in_phase(wanted.data(), seen.data(), level, patch_.features(), clean);
}

Table table_of_sound(const std::vector<std::shared_ptr<const SoundPatches>>& sources,
                     DrawnSound::Side side) {
  Table table;
  table.store = std::make_shared<PatchRows>(sources, side);
  const SpectrumPatch& patch = sources.front()->patch();
  table.sample_shape = {patch.frames, patch.bins};
  return table;
}

}  // namespace hourglass
