#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <vector>

#include "data/corruption.h"
#include "data/drawn_samples.h"
#include "data/sounds.h"
#include "data/spectra.h"

namespace hourglass {

class RandomStream;

/// The noise that is mixed into stretches of sound.
struct SoundNoise {
  /// White noise or recordings, each with the range of its signal-to-noise ratio in dB: of a
  /// recording's mean power to the noise's. A stretch gets one of them.
  std::vector<CorruptionSpec> kinds;
  std::shared_ptr<const Sounds> recordings;  ///< at the rate of what they are mixed with, or null
};

/// Stretches of recordings with noise mixed in, and what is to be given back of them, as
/// SpectrumPatch says. Places, noise and its strength are drawn anew for each; so is the pitch,
/// which is raised or lowered by up to a fifth of an octave, for voices that are not among them.
class SoundPatches {
 public:
  /// Of the `chosen` recordings, at least one. A patch's frames are those of frame_at() the rate.
  SoundPatches(std::shared_ptr<const Sounds> sounds, std::vector<Index> chosen, SoundNoise noise,
               Index frames, std::uint64_t seed);

  const SpectrumPatch& patch() const { return patch_; }
  /// As many as lie side by side, half over each other.
  Index count() const;
  /// Either may be null; patch().features() numbers. Thread-safe.
  void draw(Index epoch, Index position, float* noisy, float* clean) const;

 private:
  struct Draft;

  void draw_clean(RandomStream& stream, Draft& draft) const;
  void add_noise(RandomStream& stream, Draft& draft) const;
  void add_recordings(RandomStream& stream, Draft& draft, double deviation) const;

  std::shared_ptr<const Sounds> sounds_;
  std::vector<Index> chosen_;
  std::vector<Index> samples_before_;  // of each chosen recording: of those before it together
  Index samples_ = 0;                  // of all
  SoundNoise noise_;
  Index frame_;
  SpectrumPatch patch_;
  Index span_;  // samples that a patch is made from
  std::uint64_t seed_;
};

/// One side of such patches, as a training draws them.
class DrawnSound : public DrawnSamples {
 public:
  enum class Side { kNoisy, kClean };
  DrawnSound(std::shared_ptr<const SoundPatches> patches, Side side)
      : patches_(std::move(patches)), side_(side) {}

  Index rows() const override { return patches_->count(); }
  Index features() const override { return patches_->patch().features(); }
  void draw(Index epoch, Index position, float* sample, float*) const override {
    const bool is_noisy = side_ == Side::kNoisy;
    patches_->draw(epoch, position, is_noisy ? sample : nullptr, is_noisy ? nullptr : sample);
  }

 private:
  std::shared_ptr<const SoundPatches> patches_;
  Side side_;
};

/// The patches of epoch 0 of one source after the other, as the rows of a table.
Table table_of_sound(const std::vector<std::shared_ptr<const SoundPatches>>& sources,
                     DrawnSound::Side side);

}  // namespace hourglass
