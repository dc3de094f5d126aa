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
  const std::string path = arguments.positional("CODES");
  const RunOptions running = run_options_from(arguments, console);
  const Model model = member_from(arguments);
  const Data codes = Data::read(path, data_options_from(arguments, {}, output, console));
  console.warnings(codes.warnings());
  const Stopwatch watch;
  model.decode_to(codes, output, running);
  const double seconds = watch.seconds();
  console.end_progress();
  if (console.json()) {
    console.result(printed({{"rows", codes.rows()}, {"output", output}, {"seconds", seconds}}));
  }
  console.summary(counted(codes.rows(), "decoded row") + " written to " + output + " in " +
                  duration(seconds) + "\n");
}

}  // namespace

Verb decode_verb() {
  return {
      .name = "decode",
      .summary = "turn codes back into samples",
      .description = {"Writes the sample that the model's decoder makes of every row of CODES, in "
                      "the units and the shape of the data the model learned."},
      .arguments = {{.name = "MODEL", .description = "A file that train wrote."},
                    {.name = "CODES", .description = "Codes as encode writes them."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "OUT",
                   .description = "The file to write, .npy (float32) or .csv.",
                   .group = "Output",
                   .completes = Completes::kFile}},
      .uses = kReadsData | kComputes | kHasCodes,
      .examples = {{"Back from codes to images (n x 28 x 28 stays n x 28 x 28)",
                    "hourglass decode digits.model codes.npy -o images.npy"},
                   {"Back from codes to a table with the columns' names",
                    "hourglass decode patients.model codes.csv -o table.csv"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
