#include "hourglass/denoise.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "data/image_folder.h"
#include "data/image_writer.h"
#include "data/pictures.h"
#include "data/writer.h"
#include "task/image_quality.h"
#include "task/part_of.h"
#include "task/picture_cleaning.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

// Of numbers between black (0) and white (1), and noise: what 8 bits hold is far beyond.
constexpr double kLargestNumber = 16;

class Denoising {
 public:
  Denoising(const Model& model, const DenoiseOptions& options, const RunOptions& run)
      : options_(options),
        progress_(share_of_stage(run.progress, "denoising")),
        pool_(run.threads),
        denoiser_(model.state().model, pool_) {}

  DenoiseReport denoise_folder(const std::string& input, const std::string& output);
  DenoiseReport denoise_file(const std::string& input, const std::string& output);
  DenoiseReport denoise_array(const std::string& input, const std::string& output);

 private:
  // `clean` may be null.
  void work_on(Image& image, const Image* clean, const std::string& name);
  void work_on_file(Image image, const std::string& name, const std::string& clean,
                    const std::string& output);
  void refuse_overwriting_inputs(const std::vector<std::string>& paths,
                                 const std::string& input) const;
  Image read_clean(const std::string& path, const Image& noisy, const std::string& name) const;

  const DenoiseOptions& options_;
  std::function<void(double)> progress_;
  ThreadPool pool_;
  PictureDenoiser denoiser_;
  DenoiseReport report_;
};

// Neither what is read nor what it is measured by may be lost.
void Denoising::refuse_overwriting_inputs(const std::vector<std::string>& paths,
                                          const std::string& input) const {
  refuse_overwriting(paths, input);
  if (!options_.clean.empty()) refuse_overwriting(paths, options_.clean);
}

// What could not be written is better said before the work than after it.
void check_is_writable(const std::string& path) {
  writable_format(path);
  const AtomicFile probe(path);
}

// Files hold whole levels: what is measured is what is written.
void round_to_levels(Image& image) {
  if (image.bit_depth == 32) return;
  const auto levels = levels_of_pixels(image.pixels.data(), image.values(), image.bit_depth);
  pixels_of_levels(levels.data(), image.values(), image.bit_depth, image.pixels.data());
}

void Denoising::work_on(Image& image, const Image* clean, const std::string& name) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  DenoisedPicture told{name, image.height * image.width, kNone, kNone, kNone};
  if (clean != nullptr) told.noisy_psnr = psnr(image, *clean);
  clean_image(image, name, options_.luminance_alone ? ColourBy::kLuminance : ColourBy::kChannel,
              denoiser_, progress_);
  round_to_levels(image);
  if (clean != nullptr) {
    told.psnr = psnr(image, *clean);
    told.ssim = ssim(image, *clean);
  }
  report_.pictures.push_back(std::move(told));
}

Image Denoising::read_clean(const std::string& path, const Image& noisy,
                            const std::string& name) const {
  Image clean = read_image(InputFile(path), kMostPictureValues);
  if (clean.height != noisy.height || clean.width != noisy.width ||
      clean.channels != noisy.channels) {
    data_error(
        fmt::format("{} is {} x {} x {}, and the clean {} is {} x {} x {}: give clean "
                    "pictures of the same size and colours",
                    name, noisy.height, noisy.width, noisy.channels, path, clean.height,
                    clean.width, clean.channels));
  }
  return clean;
}

void Denoising::work_on_file(Image image, const std::string& name, const std::string& clean,
                             const std::string& output) {
  if (!image.alpha.empty() && !output.empty() && writable_format(output).largest_bit_depth == 8) {
    report_.warnings.push_back(name + ": its opacity was left out, which JPEG does not hold");
  }
  if (image.had_more_pages) report_.warnings.push_back(name + ": only its first page was read");
  if (image.is_turned) {
    report_.warnings.push_back(
        name + ": its orientation tag was ignored, pixels are written as they are stored");
  }
  refuse_holes(image, name);
  std::optional<Image> wanted;
  if (!clean.empty()) wanted = read_clean(clean, image, name);
  work_on(image, wanted ? &*wanted : nullptr, name);
  if (!output.empty()) write_image(output, image);
}

DenoiseReport Denoising::denoise_folder(const std::string& input, const std::string& output) {
  if (!output.empty()) refuse_overwriting_inputs({(fs::path(output) / "x").string()}, input);
  if (!options_.clean.empty() && !is_folder(options_.clean)) {
    data_error(fmt::format("{} is a folder and {} is none: give the folder of the clean pictures",
                           input, options_.clean));
  }
  std::vector<std::string> left_out =
      visit_images(input, kMostPictureValues, {}, [&](Image&& image, const std::string& name) {
        const std::string clean =
            options_.clean.empty() ? "" : (fs::path(options_.clean) / name).string();
        std::string to;
        if (!output.empty()) {
          make_folder(output);
          to = (fs::path(output) / image_name_beside(input, name, image.bit_depth)).string();
        }
        work_on_file(std::move(image), name, clean, to);
      });
  report_.warnings.insert(report_.warnings.end(), left_out.begin(), left_out.end());
  return std::move(report_);
}

DenoiseReport Denoising::denoise_file(const std::string& input, const std::string& output) {
  const std::string name = fs::path(input).filename().string();
  Image image = read_image(InputFile(input), kMostPictureValues);
  std::string to = output;
  if (!output.empty()) {
    if (output.ends_with('/') || is_folder(output)) {
      make_folder(output);
      to = (fs::path(output) / image_name_for(name, image.bit_depth)).string();
    }
    refuse_overwriting_inputs({to}, input);
    check_is_writable(to);
  }
  std::string clean = options_.clean;
  if (!clean.empty() && is_folder(clean)) clean = (fs::path(clean) / name).string();
  work_on_file(std::move(image), name, clean, to);
  return std::move(report_);
}

// Height, width and channels of the pictures that an array of this shape holds, how many there are,
// and how many of the table's rows make one.
struct ArrayOfPictures {
  Index count, rows_each;
  Image blank;
};

ArrayOfPictures pictures_in(const Table& table) {
  std::vector<Index> shape = {table.rows()};
  shape.insert(shape.end(), table.sample_shape.begin(), table.sample_shape.end());
  const bool colour = shape.size() > 2 && (shape.back() == 1 || shape.back() == 3);
  const std::size_t sides = colour ? shape.size() - 1 : shape.size();
  if (sides < 2 || sides > 3 || !table.columns.empty()) {
    data_error(
        fmt::format("{} holds no pictures: give an array of height x width, height x width "
                    "x 3, or several of them behind each other",
                    table.source));
  }
  ArrayOfPictures found;
  found.count = sides == 3 ? shape[0] : 1;
  found.rows_each = table.rows() / found.count;
  found.blank.height = shape[sides - 2];
  found.blank.width = shape[sides - 1];
  found.blank.channels = colour ? shape.back() : 1;
  found.blank.bit_depth = 32;
  return found;
}

Image picture_of(const Table& table, const ArrayOfPictures& array, Index number) {
  Image image = array.blank;
  const Index block = std::max<Index>(1, (Index{1} << 17) / table.cols());
  std::vector<double> rows(
      static_cast<std::size_t>(std::min(block, array.rows_each) * table.cols()));
  const Index end = (number + 1) * array.rows_each;
  for (Index row = number * array.rows_each; row < end; row += block) {
    const Index last = std::min(row + block, end);
    table.store->read(row, last, rows.data());
    for (Index i = 0; i < (last - row) * table.cols(); ++i) {
      const double value = rows[static_cast<std::size_t>(i)];
      if (!(std::abs(value) <= kLargestNumber)) {
        data_error(
            fmt::format("{} holds {} in row {}: black is taken to be 0 and white 1; divide "
                        "levels of 8 bits by 255",
                        table.source, value, row + i / table.cols() + 1));
      }
      image.pixels.push_back(static_cast<float>(value));
    }
  }
  return image;
}

DenoiseReport Denoising::denoise_array(const std::string& input, const std::string& output) {
  ReadOptions reading;
  reading.key = options_.key;
  reading.once = true;
  const std::string folder = fs::path(output).parent_path().string();
  reading.scratch_folder = folder.empty() ? std::string(".") : folder;
  const Table noisy = read_table(input, reading);
  const ArrayOfPictures array = pictures_in(noisy);
  std::optional<Table> clean;
  if (!options_.clean.empty()) {
    clean = read_table(options_.clean, reading);
    if (clean->rows() != noisy.rows() || clean->sample_shape != noisy.sample_shape) {
      data_error(fmt::format("{} and {} differ in shape: give the clean array of the noisy one",
                             input, options_.clean));
    }
  }
  std::unique_ptr<RowWriter> writer;
  if (!output.empty()) {
    refuse_overwriting_inputs({output}, input);
    if (!output.ends_with(".npy")) {
      usage_error(
          fmt::format("{} is an array, and so is what is made of it: name a file that ends "
                      "in .npy, not {}",
                      input, output));
    }
    writer = open_row_writer(output, noisy.rows(), noisy.sample_shape, {});
  }
  for (Index i = 0; i < array.count; ++i) {
    Image image = picture_of(noisy, array, i);
    std::optional<Image> wanted;
    if (clean) wanted = picture_of(*clean, array, i);
    work_on(image, wanted ? &*wanted : nullptr, std::to_string(i + 1));
    if (writer) writer->write(image.pixels.data(), array.rows_each);
  }
  if (writer) writer->finish();
  report_.warnings = noisy.warnings;
  return std::move(report_);
}

}  // namespace

bool denoises_pictures(const Model& model) {
  const SavedModel& saved = model.state().model.saved;
  return saved.spec.window == 0 && saved.encoding.scaling == Scaling::kNone &&
         saved.encoding.sample_shape.size() > 1 && saved.encoding.unit_interval &&
         saved.spec.architecture != Architecture::kConv1d;
}

DenoiseReport denoise(const Model& model, const std::string& input, const std::string& output,
                      const DenoiseOptions& options, const RunOptions& run) {
  if (!denoises_pictures(model)) {
    usage_error(
        "this model was not trained on images in their own unit: train one with --for denoise on a "
        "folder of pictures");
  }
  Denoising denoising(model, options, run);
  if (is_folder(input)) return denoising.denoise_folder(input, output);
  if (looks_like_image(InputFile(input))) return denoising.denoise_file(input, output);
  return denoising.denoise_array(input, output);
}

}  // namespace hourglass
