#include <limits>

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
  const std::int64_t count = arguments.integer("--count", 64, 1, 1'000'000'000);
  const RunOptions running = run_options_from(arguments, console);
  const auto seed = static_cast<std::uint64_t>(
      arguments.integer("--seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  const Model model = member_from(arguments);
  const Stopwatch watch;
  model.sample_to(count, seed, output, running);
  const double seconds = watch.seconds();
  console.end_progress();
  if (console.json()) {
    console.result(printed({{"rows", count}, {"output", output}, {"seconds", seconds}}));
  }
  console.summary(counted(count, "sample") + " written to " + output + " in " + duration(seconds) +
                  "\n");
}

}  // namespace

Verb sample_verb() {
  return {
      .name = "sample",
      .summary = "draw new samples from a variational model",
      .description = {"Draws codes from the standard Gaussian, which a variational model's codes "
                      "are kept near, and writes the samples that the decoder makes of them, in "
                      "the units and the shape of the data the model learned."},
      .arguments = {{.name = "MODEL", .description = "A variational model that train wrote."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "OUT",
                   .description = "The file to write, .npy (float32) or .csv.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--count",
                   .short_name = "-n",
                   .value = "N",
                   .description = "How many samples to draw.",
                   .group = "Output",
                   .default_text = "64",
                   .range = "[1, 1000000000]"}},
      .uses = kDraws | kComputes | kHasCodes,
      .examples = {{"64 new digits (n x 28 x 28)",
                    "hourglass sample digits.model -n 64 -o new.npy"},
                   {"Other ones", "hourglass sample digits.model -n 64 --seed 7 -o new.npy"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
