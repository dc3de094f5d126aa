#include "hourglass/denoise.h"

#include <limits>
#include <utility>

#include "api/picture_walk.h"
#include "api/state.h"
#include "base/error.h"
#include "task/image_quality.h"
#include "task/part_of.h"
#include "task/picture_cleaning.h"

namespace hourglass {
namespace {

// Of numbers between black (0) and white (1), and noise: what 8 bits hold is far beyond.
constexpr double kLargestNumber = 16;

}  // namespace

bool denoises_pictures(const Model& model) {
  const SavedModel& saved = model.state().model.saved;
  return saved.spec.window == 0 && saved.encoding.scaling == Scaling::kNone &&
         saved.encoding.sample_shape.size() > 1 && saved.encoding.unit_interval &&
         saved.spec.architecture != Architecture::kConv1d;
}

DenoiseReport denoise(const Model& model, const std::string& input, const std::string& output,
                      const DenoiseOptions& options, const RunOptions& run_options) {
  if (!denoises_pictures(model)) {
    usage_error(
        "this model was not trained on images in their own unit: train one with --for denoise on a "
        "folder of pictures");
  }
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (options.turns && !PictureDenoiser::can_turn(model.state().model)) {
    usage_error("pictures can be turned only where the model's own are square: leave --turns out");
  }
  ThreadPool pool(run_options.threads);
  PictureDenoiser denoiser(model.state().model, pool, options.turns);
  const auto progress = share_of_stage(run_options.progress, "denoising");
  DenoiseReport report;
  const auto work = [&](Image& image, const std::vector<const Image*>& companions,
                        const std::string& name) {
    const Image* const clean = companions.front();
    DenoisedPicture told{name, image.height * image.width, kNone, kNone, kNone};
    if (clean != nullptr) told.noisy_psnr = psnr(image, *clean);
    clean_image(image, name, options.luminance_alone ? ColourBy::kLuminance : ColourBy::kChannel,
                denoiser, progress);
    round_to_levels(image);
    if (clean != nullptr) {
      told.psnr = psnr(image, *clean);
      told.ssim = ssim(image, *clean);
    }
    report.pictures.push_back(std::move(told));
  };
  report.warnings = run({.input = input,
                         .output = output,
                         .companions = {{.path = options.clean, .what = "clean pictures"}},
                         .key = options.key,
                         .largest = kLargestNumber,
                         .work = work});
  return report;
}

}  // namespace hourglass
