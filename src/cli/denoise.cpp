#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/denoise_sound.h"
#include "cli/json.h"
#include "cli/picture_report.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

// A file of this name is ./default.
constexpr const char* kShipped = "default";

std::string model_path(const std::string& name) {
  return name == kShipped ? shipped_model_path("denoise-default") : name;
}

double megapixels(const DenoiseReport& report) {
  double pixels = 0;
  for (const DenoisedPicture& picture : report.pictures) {
    pixels += static_cast<double>(picture.pixels);
  }
  return pixels / 1e6;
}

Json report_json(const DenoiseReport& report, double seconds) {
  Json each = Json::array();
  for (const DenoisedPicture& picture : report.pictures) {
    each.push_back({{"name", picture.name},
                    {"noisy_psnr", picture.noisy_psnr},
                    {"psnr", picture.psnr},
                    {"ssim", picture.ssim}});
  }
  return {{"pictures", report.pictures.size()},
          {"noisy_psnr", mean_of(report.pictures, &DenoisedPicture::noisy_psnr)},
          {"psnr", mean_of(report.pictures, &DenoisedPicture::psnr)},
          {"ssim", mean_of(report.pictures, &DenoisedPicture::ssim)},
          {"megapixels", megapixels(report)},
          {"seconds", seconds},
          {"of_each", each}};
}

std::string quality_text(const DenoisedPicture& picture) {
  return fmt::format("{:.2f} dB, before {:.2f} dB; similarity {:.4f}", picture.psnr,
                     picture.noisy_psnr, picture.ssim);
}

std::string report_text(const DenoiseReport& report, const std::string& output, bool measured,
                        double seconds) {
  std::string text = fmt::format("{} of {:.2f} megapixels denoised in {}\n",
                                 counted(std::ssize(report.pictures), "picture"),
                                 megapixels(report), duration(seconds));
  if (measured) {
    text +=
        quality_lines(report.pictures, quality_text,
                      quality_text({"", 0, mean_of(report.pictures, &DenoisedPicture::noisy_psnr),
                                    mean_of(report.pictures, &DenoisedPicture::psnr),
                                    mean_of(report.pictures, &DenoisedPicture::ssim)}));
  }
  return output.empty() ? text : text + "written to " + output + "\n";
}

// Rows of a table, or images in units that the model learned to scale.
void denoise_rows(const Model& model, const Arguments& arguments, Console& console,
                  const std::string& input, const std::string& output) {
  if (arguments.has("--clean") || arguments.has("--colour") || arguments.has("--turns")) {
    usage_error(
        "--clean, --colour and --turns are for models of pictures, and this one is of other "
        "samples: leave them out");
  }
  check_rows_output(output, input);
  DataOptions reading = data_options_from(arguments, {}, output, console);
  reading.once = true;
  const Data data = Data::read_for(model, input, reading);
  console.warnings(data.warnings());
  const Stopwatch watch;
  const ReconstructionErrors errors =
      model.reconstruct_to(data, output, run_options_from(arguments, console));
  const double seconds = watch.seconds();
  console.end_progress();
  if (console.json()) {
    console.result(printed({{"rows", errors.rows},
                            {"mean_squared_change", errors.mean_squared_error},
                            {"seconds", seconds}}));
  }
  console.summary(
      fmt::format("{} denoised in {}, changed by {} (mean square, in the data's own "
                  "units)\nwritten to {}\n",
                  counted(errors.rows, "row"), duration(seconds),
                  significant(errors.mean_squared_error), output));
}

void run(const Arguments& arguments, Console& console) {
  const std::string input = arguments.positional("INPUT");
  const std::string output = arguments.text("--output");
  DenoiseOptions options;
  options.clean = arguments.text("--clean");
  options.luminance_alone = arguments.text("--colour", "channels") == "luminance";
  options.turns = arguments.has("--turns");
  options.key = arguments.text("--key", options.key);
  if (output.empty() && options.clean.empty()) required_output(arguments);
  const Model model = Model::load(model_path(arguments.positional("MODEL")));
  if (denoises_sound(model)) return denoise_sounds(model, arguments, console);
  if (!denoises_pictures(model)) return denoise_rows(model, arguments, console, input, output);
  const Stopwatch watch;
  const DenoiseReport report =
      denoise(model, input, output, options, run_options_from(arguments, console));
  const double seconds = watch.seconds();
  console.end_progress();
  console.warnings(report.warnings);
  if (console.json()) console.result(printed(report_json(report, seconds)));
  console.summary(report_text(report, output, !options.clean.empty(), seconds));
}

}  // namespace

Verb denoise_verb() {
  return {
      .name = "denoise",
      .summary = "take the noise out of pictures, of sound, or of rows",
      .description =
          {"INPUT is a picture of any size (PNG, JPEG, TIFF), a folder of them, or an array of "
           "height x width numbers, n x height x width, or either with three colours behind, in "
           "which 0 is black and 1 is white. Pictures are written with the bits they came with "
           "and under their names (JPEG becomes PNG); arrays as float32, not clipped.",
           "With a model of sound, INPUT is a WAV, FLAC or Ogg file at any rate and of any length "
           "and number of channels, or a folder of them. Length, rate, channels and format are "
           "kept.",
           "MODEL is best one that train --for denoise made of pictures, or sounds, like these. "
           "The word "
           "default stands for one that comes with Hourglass, of photographs with Gaussian noise "
           "of any strength up to 55 of 255 levels. A model of other samples gives their "
           "reconstructions, as reconstruct does."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote, or default."},
                    {.name = "INPUT", .description = "What to take the noise out of."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "OUT",
                   .description = "The file to write or, for a folder, the folder; may be left out "
                                  "with --clean.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--clean",
                   .value = "FILE-or-FOLDER",
                   .description =
                       "The same without noise, to measure by: tells PSNR and structural "
                       "similarity of each picture, or SI-SDR of each sound, and their means. A "
                       "folder holds files of the same names.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--colour",
                   .value = "HOW",
                   .description = "What a model of grey pictures does to those in colour: cleans "
                                  "each of the three colours, or their brightness alone, which is "
                                  "three times as fast and leaves coloured noise.",
                   .group = "Output",
                   .default_text = "channels",
                   .choices = {"channels", "luminance"}},
                  {.name = "--turns",
                   .description = "Give the mean of what is made of a picture turned and mirrored "
                                  "in all eight ways: a little better, in eight times the time.",
                   .group = "Output"}},
      .uses = kReadsData | kReadsColumns | kComputes,
      .examples = {{"A photograph, with the model that comes with Hourglass",
                    "hourglass denoise default night.jpg -o night.png"},
                   {"A folder of them into another, with a model that train photographs/ --for "
                    "denoise made, and how well that goes",
                    "hourglass denoise photo.model noisy/ -o denoised/ --clean originals/"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
