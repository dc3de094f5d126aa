#include <hourglass/hourglass.h>

#include "base/stopwatch.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

void run(const Arguments& arguments, Console& console) {
  const std::string output = required_output(arguments);
  check_output(output, {".npy", ".csv"});
  const std::string path = arguments.positional("DATA");
  const RunOptions running = run_options_from(arguments, console);
  const Model model = member_from(arguments);
  DataOptions reading = data_options_from(arguments, {}, output, console);
  reading.once = true;
  const Data data = Data::read_for(model, path, reading);
  console.warnings(data.warnings());
  const Stopwatch watch;
  model.encode_to(data, output, running);
  const double seconds = watch.seconds();
  console.end_progress();
  if (console.json()) {
    console.result(printed({{"rows", data.rows()},
                            {"latent_dim", model.latent_dim()},
                            {"output", output},
                            {"left_out_rows", data.left_out_rows()},
                            {"seconds", seconds}}));
  }
  console.summary("codes of " + counted(data.rows(), "row") + ", " +
                  counted(model.latent_dim(), "number") + " each, written to " + output + " in " +
                  duration(seconds) + "\n");
}

}  // namespace

Verb encode_verb() {
  return {
      .name = "encode",
      .summary = "turn samples into codes",
      .description = {"Writes the code of every row of DATA: latent_dim numbers a row. Columns are "
                      "matched to the model's by name where DATA names them.",
                      "Rows that --missing drop leaves out are missing from what is written; a "
                      "warning names them, --json lists all."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote."},
                    {.name = "DATA", .description = "Samples of the kind the model learned."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "CODES",
                   .description = "The file to write, .npy (float32) or .csv.",
                   .group = "Output",
                   .completes = Completes::kFile}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kComputes | kHasCodes,
      .examples = {{"Codes of images as an array",
                    "hourglass encode digits.model t10k-images-idx3-ubyte.gz -o codes.npy"},
                   {"Codes of a table as a table, its label column left out",
                    "hourglass encode patients.model patients.csv --drop diagnosis -o codes.csv"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
