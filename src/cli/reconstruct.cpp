#include <fmt/format.h>
#include <limits>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

struct Outputs {
  std::string rows;    // empty: not wanted
  std::string figure;  // empty: not wanted
};

Outputs checked_outputs(const Arguments& arguments, bool json) {
  Outputs outputs{arguments.text("--output"), arguments.text("--figure")};
  if (!outputs.rows.empty()) check_rows_output(outputs.rows, arguments.positional("DATA"));
  if (!outputs.figure.empty()) check_output(outputs.figure, {".png"});
  if (outputs.rows.empty() && outputs.figure.empty() && !json) {
    usage_error("nothing to do: give -o OUT, --figure FILE.png or --json");
  }
  return outputs;
}

void run(const Arguments& arguments, Console& console) {
  const Outputs outputs = checked_outputs(arguments, console.json());
  const std::int64_t count = arguments.integer("--figure-count", 10, 1, 1000);
  const std::string path = arguments.positional("DATA");
  const RunOptions options = run_options_from(arguments, console);
  const Model model = Model::load(arguments.positional("MODEL"));
  const std::string& beside = outputs.rows.empty() ? outputs.figure : outputs.rows;
  DataOptions reading = data_options_from(arguments, {}, beside, console);
  reading.once = true;
  const Data data = Data::read_for(model, path, reading);
  console.warnings(data.warnings());
  const Stopwatch watch;
  // Without a path it measures and writes nothing.
  const ReconstructionErrors errors = model.reconstruct_to(data, outputs.rows, options);
  const double seconds = watch.seconds();
  if (!outputs.figure.empty()) model.draw_reconstructions(data, count, outputs.figure, options);
  console.end_progress();

  if (console.json()) {
    console.result(printed({{"rows", errors.rows},
                            {"mean_squared_error", errors.mean_squared_error},
                            {"squared_error_per_sample", errors.squared_error_per_sample},
                            {"left_out_rows", data.left_out_rows()},
                            {"seconds", seconds}}));
  }
  FactList facts;
  facts.add("mean squared error", significant(errors.mean_squared_error) + " per number");
  facts.add("squared error",
            significant(errors.squared_error_per_sample) + " per sample, summed over its numbers");
  std::string text = counted(errors.rows, "row") + " reconstructed in " + duration(seconds) +
                     " (errors in the data's own units)\n" + facts.text();
  if (!outputs.rows.empty()) text += "written to " + outputs.rows + "\n";
  if (!outputs.figure.empty()) {
    text += "originals above reconstructions in " + outputs.figure + "\n";
  }
  console.summary(text);
}

}  // namespace

Verb reconstruct_verb() {
  return {
      .name = "reconstruct",
      .summary = "pass samples through the model and measure what is lost",
      .description = {"Encodes and decodes every row of DATA. Writes the reconstructions in the "
                      "data's own units and shape, draws originals above reconstructions, or only "
                      "measures the error (--json). A folder of images can become another, as in "
                      "-o reconstructed/.",
                      "Rows that --missing drop leaves out are missing from what is written; a "
                      "warning names them, --json lists all."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote."},
                    {.name = "DATA", .description = "Samples of the kind the model learned."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "OUT",
                   .description = "The file to write reconstructions to, .npy (float32) or .csv, "
                                  "or for images a folder to write images to, by the names they "
                                  "came with; may be left out with --figure or --json.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--figure",
                   .value = "FILE.png",
                   .description = "Draw images above their reconstructions.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--figure-count",
                   .value = "N",
                   .description = "How many images to draw, spread evenly over the data.",
                   .group = "Output",
                   .default_text = "10",
                   .range = "[1, 1000]"}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kComputes,
      .examples = {{"Reconstruct test images and look at ten of them",
                    "hourglass reconstruct digits.model t10k-images-idx3-ubyte.gz -o out.npy "
                    "--figure out.png"},
                   {"Only measure the error of a model on new rows, as JSON",
                    "hourglass reconstruct patients.model new.csv --json"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
