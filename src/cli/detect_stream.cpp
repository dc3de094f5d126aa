#include "cli/detect_stream.h"

#include <array>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "cli/requests.h"

namespace hourglass::cli {
namespace {

struct Refusal {
  const char* option;
  const char* reason;
};

constexpr std::array kNotOfAStream = {
    Refusal{"--output", "goes to standard output line by line: redirect that, and leave -o out"},
    Refusal{"--labels", "is never whole, so there is nothing to evaluate: leave --labels out"},
    Refusal{"--contamination",
            "is never whole, so a share of it cannot be flagged: leave --contamination out"},
    Refusal{"--fdr", "is never whole, which --fdr needs: leave it out"},
    Refusal{"--explain", "is gone once it is scored: leave --explain out"},
    Refusal{"--map", "has no images: leave --map out"},
    Refusal{"--nearest", "is gone once it is scored: leave --nearest out"},
    Refusal{"--each", "is one: leave --each out"},
    Refusal{"--json", "gives lines of CSV: leave --json out"},
};

}  // namespace

void check_stream(const Arguments& arguments) {
  if (arguments.positional("MODEL").empty()) {
    usage_error("a stream cannot be learned from: name a MODEL before -, or save the rows first");
  }
  for (const Refusal& refusal : kNotOfAStream) {
    if (arguments.has(refusal.option)) usage_error(fmt::format("a stream {}", refusal.reason));
  }
}

void detect_stream(const Arguments& arguments, const DetectOptions& options, Console& console) {
  const Settings settings = settings_from(arguments);
  const Model model = Model::load(arguments.positional("MODEL"));
  DetectionStream stream(model, STDIN_FILENO, data_options_from(arguments, settings, "", console),
                         options, run_options_from(arguments, console));
  console.warnings(stream.warnings());
  print(stream.csv_header());
  std::vector<StreamedScore> scores;
  for (bool first = true; stream.next(scores); first = false) {
    if (first) console.warnings(stream.reading_warnings());
    print(stream.csv_lines(scores));
  }
}

}  // namespace hourglass::cli
