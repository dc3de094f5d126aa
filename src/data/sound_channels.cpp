#include "data/sound_channels.h"

#include <memory>

#include "base/interrupt.h"
#include "data/resampler.h"
#include "data/sound_reader.h"

namespace hourglass {

void for_each_sound_block(const std::string& path, Index rate,
                          const std::function<void(std::vector<std::vector<float>>&)>& visit) {
  SoundReader reader{InputFile(path)};
  const SoundFormat& format = reader.format();
  const auto channels = static_cast<std::size_t>(format.channels);
  std::vector<std::unique_ptr<Resampler>> resamplers(channels);
  for (auto& resampler : resamplers) {
    if (format.rate == rate) continue;
    resampler =
        std::make_unique<Resampler>(static_cast<double>(format.rate), static_cast<double>(rate));
  }
  std::vector<float> block(static_cast<std::size_t>(kSoundBlock) * channels);
  std::vector<std::vector<float>> apart(channels);
  for (Index count = kSoundBlock; count == kSoundBlock;) {
    throw_if_interrupted();
    count = reader.read(block.data(), kSoundBlock);
    for (std::size_t c = 0; c < channels; ++c) {
      std::vector<float> one(static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < one.size(); ++i) one[i] = block[i * channels + c];
      apart[c].clear();
      if (resamplers[c]) {
        resamplers[c]->convert(one.data(), count, count < kSoundBlock, apart[c]);
      } else {
        apart[c] = std::move(one);
      }
    }
    visit(apart);
  }
}

}  // namespace hourglass
