#include "task/sound_training.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "data/sound_patches.h"
#include "model/corruption_fit.h"

namespace hourglass {
namespace {

constexpr Index kUsualFrames = 32;
// Patches that tell the range of what is seen, which is all that their encoding holds.
constexpr Index kEnoughToMeasure = 1000;

void check_settings(const ModelSpec& spec) {
  if (spec.scaling != Scaling::kAuto && spec.scaling != Scaling::kNone) {
    usage_error(
        "sound is learned in units of its own loudness: leave scaling out, or give scaling none");
  }
  if (spec.window > 0) usage_error("--window is for series, and this is sound: leave it out");
  if (!spec.noisy_from.empty()) {
    usage_error(
        "--noisy is for pictures: give --noise-from, a folder of recordings of the noise alone");
  }
  for (const CorruptionSpec& corruption : spec.corruptions) {
    if (info(corruption.corruption).level_is_a_ratio) continue;
    usage_error(
        fmt::format("corrupt = {} is not for sound: give --noise white or --noise-from FOLDER, "
                    "and how strong with --snr LOW:HIGH",
                    print_corruption(corruption)));
  }
  if (spec.corruptions.empty()) {
    usage_error("no noise is left to be learned: give --noise white or --noise-from FOLDER");
  }
}

SoundNoise noise_of(const ModelSpec& spec, Index rate) {
  SoundNoise noise{.kinds = spec.corruptions, .recordings = nullptr};
  if (spec.noise_from.empty()) return noise;
  ReadOptions options;
  options.rate = rate;
  noise.recordings = read_sounds(spec.noise_from, options).sounds;
  return noise;
}

}  // namespace

TrainedModel train_on_sound(const Table& table, const TrainingJob& job, ThreadPool& pool,
                            const ProgressCallback& progress) {
  TrainingJob by_patches = job;
  ModelSpec& spec = by_patches.spec;
  fit_corruptions(spec, {});
  check_settings(spec);
  spec.rate = table.sounds->rate();
  spec.scaling = Scaling::kNone;
  if (spec.patch == 0) spec.patch = kUsualFrames;
  by_patches.diagnose = false;
  by_patches.drawn_damaged = true;

  const RowRoles sounds = assign_roles(all_rows(table.rows()), spec.validation, 0, 0, spec.seed);
  const SoundNoise noise = noise_of(spec, spec.rate);
  const auto patches_of = [&](const std::vector<Index>& chosen, std::uint64_t seed) {
    return std::make_shared<const SoundPatches>(table.sounds, chosen, noise, spec.patch, seed);
  };
  std::vector<std::shared_ptr<const SoundPatches>> sources = {
      patches_of(sounds.training, spec.seed)};
  RowRoles roles;
  roles.training = all_rows(sources.front()->count());
  if (!sounds.validation.empty()) {
    sources.push_back(patches_of(sounds.validation, spec.seed));
    for (const Index row : all_rows(sources.back()->count())) {
      roles.validation.push_back(std::ssize(roles.training) + row);
    }
  }
  Table clean = table_of_sound(sources, DrawnSound::Side::kClean);
  clean.source = table.source;
  const Table noisy = table_of_sound(sources, DrawnSound::Side::kNoisy);
  by_patches.shown = &noisy;
  by_patches.encoding = std::make_shared<const Encoding>(
      learn_encoding(clean, evenly_spaced(roles.training, kEnoughToMeasure),
                     {.scaling = Scaling::kNone, .keep_shape = true}, nullptr));
  by_patches.drawn = [&](std::uint64_t seed) {
    const auto patches = patches_of(sounds.training, seed);
    const auto side = [&](DrawnSound::Side which) {
      return Samples(std::make_shared<DrawnSound>(patches, which));
    };
    Samples drawn = side(DrawnSound::Side::kClean);
    drawn.show(std::make_shared<const Samples>(side(DrawnSound::Side::kNoisy)));
    return drawn;
  };
  return train_model(clean, roles, by_patches, pool, progress);
}

}  // namespace hourglass
