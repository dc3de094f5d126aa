#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/inpaint_cells.h"
#include "cli/json.h"
#include "cli/picture_report.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr std::int64_t kMostIterations = 1000;

std::int64_t missing_pixels(const InpaintReport& report) {
  std::int64_t sum = 0;
  for (const InpaintedPicture& picture : report.pictures) sum += picture.missing;
  return sum;
}

Json report_json(const InpaintReport& report, double seconds) {
  Json each = Json::array();
  for (const InpaintedPicture& picture : report.pictures) {
    each.push_back({{"name", picture.name},
                    {"missing_pixels", picture.missing},
                    {"psnr", picture.psnr},
                    {"ssim", picture.ssim}});
  }
  return {{"pictures", report.pictures.size()},
          {"missing_pixels", missing_pixels(report)},
          {"psnr", mean_of(report.pictures, &InpaintedPicture::psnr)},
          {"psnr_of_all", report.psnr_of_all},
          {"ssim", mean_of(report.pictures, &InpaintedPicture::ssim)},
          {"seconds", seconds},
          {"of_each", each}};
}

std::string report_text(const InpaintReport& report, const std::string& output, bool measured,
                        double seconds) {
  std::string text =
      fmt::format("{} missing of {} filled in, in {}\n", counted(missing_pixels(report), "pixel"),
                  counted(std::ssize(report.pictures), "picture"), duration(seconds));
  if (measured) {
    const auto quality_text = [](const InpaintedPicture& picture) {
      return fmt::format("{:.2f} dB, similarity {:.4f}", picture.psnr, picture.ssim);
    };
    text += quality_lines(
        report.pictures, quality_text,
        fmt::format("{:.2f} dB, similarity {:.4f}; all pixels together {:.2f} dB",
                    mean_of(report.pictures, &InpaintedPicture::psnr),
                    mean_of(report.pictures, &InpaintedPicture::ssim), report.psnr_of_all));
  }
  return output.empty() ? text : text + "written to " + output + "\n";
}

void run(const Arguments& arguments, Console& console) {
  const std::string input = arguments.positional("INPUT");
  const std::string output = arguments.text("--output");
  InpaintOptions options;
  options.mask = arguments.text("--mask");
  options.clean = arguments.text("--clean");
  options.passes = arguments.integer("--iterations", options.passes, 1, kMostIterations);
  options.key = arguments.text("--key", options.key);
  if (output.empty() && options.clean.empty()) required_output(arguments);
  const Model model = Model::load(arguments.positional("MODEL"));
  if (fills_cells(model)) return inpaint_cells(model, arguments, console);
  if (arguments.has("--samples")) {
    usage_error("--samples is for tables, and this model is of pictures: leave it out");
  }
  const Stopwatch watch;
  const InpaintReport report =
      inpaint(model, input, output, options, run_options_from(arguments, console));
  const double seconds = watch.seconds();
  console.end_progress();
  console.warnings(report.warnings);
  if (console.json()) console.result(printed(report_json(report, seconds)));
  console.summary(report_text(report, output, !options.clean.empty(), seconds));
}

}  // namespace

Verb inpaint_verb() {
  return {
      .name = "inpaint",
      .summary = "fill in what is missing of pictures, or the empty cells of a table",
      .description =
          {"INPUT is a picture (PNG, JPEG, TIFF), a folder of them, or an array of height x width "
           "numbers, n x height x width, or either with three colours behind, in the units that "
           "the model learned. Known pixels come out as they were; pictures are written with the "
           "bits they came with and under their names (JPEG becomes PNG), arrays as float32.",
           "MODEL is best one that train --for inpaint made: of a folder of pictures, for pictures "
           "of any size; of an array or IDX file of small images, for images of that size.",
           "With a model of rows of a table, INPUT is a table like it (CSV, TSV, .npy, .npz): its "
           "empty cells, or NaN, are filled in, and all else of a text table stays as it is, byte "
           "for byte. The table that the model learned from may be the one that has them."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote."},
                    {.name = "INPUT", .description = "What has holes."}},
      .options = {{.name = "--mask",
                   .value = "MASK",
                   .description = "What is missing, not zero where it is: a picture, an array, or "
                                  "a folder with one of the same name for each. A single one goes "
                                  "with all pictures. Of an array that holds NaN where something "
                                  "is missing it may be left out.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--output",
                   .short_name = "-o",
                   .value = "OUT",
                   .description = "The file to write or, for a folder, the folder; may be left out "
                                  "with --clean.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--clean",
                   .value = "FILE-or-FOLDER",
                   .description =
                       "The same without holes, to measure by: tells PSNR and structural "
                       "similarity in the holes of each picture, their means, and the "
                       "PSNR of all missing pixels together; of a table the error of filled "
                       "cells in standard deviations, and the share of categories that are right.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--iterations",
                   .value = "N",
                   .description = "How often pictures pass through the model; after the first time "
                                  "it sees what it filled in before.",
                   .group = "Output",
                   .default_text = "1",
                   .range = "[1, 1000]"},
                  {.name = "--samples",
                   .value = "N",
                   .description = "Of a table: instead of the likeliest values, N tables with "
                                  "values drawn from those that each cell may have, by --seed, "
                                  "named OUT.1, OUT.2, ... before the ending.",
                   .group = "Output",
                   .range = "[1, 1000]"}},
      .uses = kReadsData | kComputes,
      .examples = {{"Scratches of a photograph, with a model that train photographs/ --for inpaint "
                    "made",
                    "hourglass inpaint photo.model old.png --mask scratches.png -o mended.png"},
                   {"A table with empty cells, by what its other cells show",
                    "hourglass train table.csv --for inpaint -o table.model && hourglass inpaint "
                    "table.model table.csv -o full.csv"},
                   {"Faces of which a part is covered, with a model of such faces",
                    "hourglass inpaint faces.model covered.npy --mask masks.npy -o faces.npy"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
