#include "hourglass/inpaint.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "api/picture_walk.h"
#include "api/state.h"
#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "task/hole_filler.h"
#include "task/image_quality.h"
#include "task/part_of.h"

namespace hourglass {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What is neither known nor to be filled in would pass for known.
void check_known(const Holes& holes, const Image& image, const std::string& name) {
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const std::size_t pixel = i / static_cast<std::size_t>(image.channels);
    if (holes[pixel] != 0 || !std::isnan(image.pixels[i])) continue;
    const auto at = static_cast<Index>(pixel);
    data_error(
        fmt::format("{}: the pixel in row {}, column {} is NaN and the mask is zero there: let it "
                    "be not zero where something is missing",
                    name, at / image.width + 1, at % image.width + 1));
  }
}

class Inpainting {
 public:
  Inpainting(const Model& model, const InpaintOptions& options, const RunOptions& run)
      : options_(options),
        white_(white_of(model.state().model.saved.encoding)),
        progress_(share_of_stage(run.progress, "inpainting")),
        pool_(run.threads),
        filler_(model.state().model, pool_) {}

  // `mask` and `clean` may be null.
  void work_on(Image& image, const Image* mask, const Image* clean, const std::string& name) {
    const Holes holes = mask != nullptr ? holes_of_mask(*mask) : holes_of_nan(image);
    check_known(holes, image, name);
    const Index missing = count_of(holes);
    InpaintedPicture told{name, std::ssize(holes), missing, kNone, kNone};
    if (missing == told.pixels) {
      data_error(fmt::format(
          "{} has no pixel that is known: let the mask be zero where the picture is good", name));
    }
    if (missing > 0) {
      filler_.fill(image, holes, name, options_.passes, progress_);
      round_to_levels(image);
      if (clean != nullptr) measure(holes, image, *clean, told);
    }
    report_.pictures.push_back(std::move(told));
  }

  bool has_copied_all() const { return std::ranges::all_of(report_.pictures, is_copy); }

  InpaintReport finish(const std::vector<std::string>& left_out) {
    report_.psnr_of_all = values_ > 0 ? psnr_of_error(squared_error_ / values_) : kNone;
    const auto copied = std::ranges::count_if(report_.pictures, is_copy);
    if (copied > 0) {
      const std::string& first = std::ranges::find_if(report_.pictures, is_copy)->name;
      report_.warnings.push_back(
          fmt::format("{}{}: nothing is missing, so it was only copied", first,
                      copied > 1 ? fmt::format(" and {} more", copied - 1) : ""));
    }
    report_.warnings.insert(report_.warnings.end(), left_out.begin(), left_out.end());
    return std::move(report_);
  }

 private:
  static bool is_copy(const InpaintedPicture& picture) { return picture.missing == 0; }

  static Image scaled_by(Image image, float factor) {
    for (float& pixel : image.pixels) pixel *= factor;
    return image;
  }

  void measure(const Holes& holes, const Image& image, const Image& clean, InpaintedPicture& told) {
    // Quality is told of pictures in [0, 1], as files are; arrays have the model's units.
    const float unit = image.bit_depth == 32 ? 1 / static_cast<float>(white_) : 1;
    const Image filled = scaled_by(image, unit), wanted = scaled_by(clean, unit);
    const double error = squared_error_in(holes, filled, wanted);
    told.psnr = psnr_of_error(error);
    told.ssim = ssim_in(holes, filled, wanted);
    const auto values = static_cast<double>(told.missing * image.channels);
    squared_error_ += error * values;
    values_ += values;
  }

  const InpaintOptions& options_;
  double white_;  // of arrays
  std::function<void(double)> progress_;
  ThreadPool pool_;
  HoleFiller filler_;
  InpaintReport report_;
  double squared_error_ = 0, values_ = 0;  // of all that was missing
};

void check_model(const Model& model) {
  const SavedModel& saved = model.state().model.saved;
  const std::vector<Index>& shape = saved.encoding.sample_shape;
  const bool of_images = saved.spec.window == 0 && !saved.encoding.has_categories() &&
                         (shape.size() == 2 || (shape.size() == 3 && shape[2] <= 3));
  if (of_images) return;
  usage_error(
      "this model is not of images: train one with --for inpaint on pictures; missing cells of "
      "tables are filled by a model of rows (fill_cells)");
}

}  // namespace

InpaintReport inpaint(const Model& model, const std::string& input, const std::string& output,
                      const InpaintOptions& options, const RunOptions& run_options) {
  check_model(model);
  const auto refuse_no_mask = [] {
    usage_error("what is missing of the pictures is not said: give --mask, not zero where it is");
  };
  const bool is_array = !is_folder(input) && !looks_like_image(InputFile(input));
  if (options.mask.empty() && !is_array) refuse_no_mask();
  if (options.passes < 1) usage_error("pictures pass through the model at least once");
  Inpainting inpainting(model, options, run_options);
  return inpainting.finish(run(
      {.input = input,
       .output = output,
       .companions =
           {{.path = options.mask, .what = "masks", .of_any_colours = true, .one_for_all = true},
            {.path = options.clean, .what = "clean pictures"}},
       .key = options.key,
       .may_lack_pixels = true,
       .work =
           [&](Image& image, const std::vector<const Image*>& companions, const std::string& name) {
             inpainting.work_on(image, companions[0], companions[1], name);
           },
       .check =
           [&] {
             if (options.mask.empty() && inpainting.has_copied_all()) refuse_no_mask();
           }}));
}

}  // namespace hourglass
