#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/comparison_table.h"
#include "cli/console.h"
#include "cli/requests.h"

namespace hourglass::cli {
namespace {

constexpr std::int64_t kMostSeeds = 1000;
constexpr std::int64_t kWidestCode = 1'000'000;

// Settings of several entries whose flags take several weights here: a row for each.
constexpr const char* kExpandedKeys[] = {"penalty", "corrupt"};

// As a person sees it on a terminal that wants colour (https://no-color.org).
bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || no_colour[0] == '\0');
}

std::int64_t latent_dim_of(const std::string& text) {
  if (!text.empty() && text.size() < 9 &&
      text.find_first_not_of("0123456789") == std::string::npos) {
    const std::int64_t number = std::stoll(text);
    if (number >= 1 && number <= kWidestCode) return number;
  }
  usage_error(
      fmt::format("--latent-dims takes whole numbers from 1 to {}, not '{}'", kWidestCode, text));
}

// Takes the last value of a setting out of the list: `compare` has an option of its own for it.
std::string take_setting(Settings& settings, const std::string& key) {
  std::string value;
  for (const auto& setting : settings) {
    if (setting.first == key) value = setting.second;
  }
  std::erase_if(settings, [&](const auto& setting) { return setting.first == key; });
  return value;
}

// --sweep key=v,v
Sweep sweep_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    usage_error(fmt::format(
        "'{}' is no sweep: write key=value,value, e.g. --sweep weight_decay=0,1e-4,1e-3", text));
  }
  const std::string key = text.substr(0, equals);
  Sweep sweep{key, expand_values(text.substr(equals + 1))};
  for (const std::string& value : sweep.values) parse_setting(fmt::format("{}={}", key, value));
  return sweep;
}

// --penalty l1=1e-4,1e-3 --penalty kl=1: each combination is one value of the setting, its entries
// parted by commas.
Sweep sweep_of_entries(const std::string& key, const std::vector<std::string>& options) {
  std::vector<std::string> combined = {""};
  for (const std::string& option : options) {
    std::vector<std::string> longer;
    for (const std::string& begun : combined) {
      for (const std::string& entry : expand_values(option)) {
        longer.push_back(begun.empty() ? entry : fmt::format("{},{}", begun, entry));
      }
    }
    combined = std::move(longer);
  }
  for (const std::string& value : combined) parse_setting(fmt::format("{}={}", key, value));
  return {key, combined};
}

// The flags of kExpandedKeys that there are, taken as they stand instead of as one setting.
std::vector<Option> expanding_options() {
  std::vector<Option> options;
  for (const SettingInfo& setting : setting_table()) {
    const bool expands = std::ranges::find(kExpandedKeys, setting.key) != std::end(kExpandedKeys);
    if (!expands || setting.flag.empty()) continue;
    options.push_back({.name = setting.flag,
                       .value = "NAME,...",
                       .description = setting.description +
                                      " Several weights, parted by commas, make a row each.",
                       .group = "What to compare",
                       .repeatable = true});
  }
  return options;
}

CompareOptions compare_options(const Arguments& arguments, Settings& settings) {
  CompareOptions options;
  options.families = arguments.list("--families");
  const std::string family = take_setting(settings, "family");
  if (options.families.empty() && !family.empty()) options.families = {family};
  for (const std::string& text : arguments.list("--latent-dims")) {
    options.latent_dims.push_back(latent_dim_of(text));
  }
  const std::string latent_dim = take_setting(settings, "latent_dim");
  if (options.latent_dims.empty() && !latent_dim.empty() && latent_dim != "auto") {
    options.latent_dims = {latent_dim_of(latent_dim)};
  }
  for (const std::string& text : arguments.all("--sweep")) {
    options.sweeps.push_back(sweep_of(text));
  }
  for (const Option& option : expanding_options()) {
    if (!arguments.has(option.name)) continue;
    const std::string key = option.name.substr(2);
    options.sweeps.push_back(sweep_of_entries(key, arguments.all(option.name)));
  }
  options.pca = !arguments.has("--no-pca");
  options.seeds = arguments.integer("--seeds", options.seeds, 1, kMostSeeds);
  options.test_share = arguments.number("--test", options.test_share);
  options.noise = arguments.number("--test-noise", options.noise);
  return options;
}

void run(const Arguments& arguments, Console& console) {
  const std::string output = arguments.text("--output");
  const std::string path = arguments.positional("DATA");
  if (!output.empty()) check_output(output, {".csv"});
  Settings settings = settings_from(arguments);
  CompareOptions options = compare_options(arguments, settings);
  const RunOptions running = run_options_from(arguments, console);
  const DataOptions reading = data_options_from(arguments, settings, output, console);
  if (arguments.has("--labels")) {
    options.labels = read_labels(arguments.text("--labels"), path, reading);
  }
  const Data data = Data::read(path, reading);
  console.warnings(data.warnings());
  const Comparison comparison = compare(data, settings, options, running);
  if (!output.empty()) write_comparison(comparison, output);
  console.end_progress();
  console.notes(comparison.notes);
  if (console.json()) {
    console.result(printed(comparison_json(comparison)));
    return;
  }
  const std::string table = comparison_table(comparison, colour_wanted());
  if (output.empty()) {
    console.result(table);
  } else {
    console.summary(fmt::format("{}table written to {}\n", table, output));
  }
}

}  // namespace

Verb compare_verb() {
  Verb verb = {
      .name = "compare",
      .summary = "train several models on the same rows and show them side by side",
      .description =
          {"Trains every family at every size, and PCA, on the same rows of DATA, and judges all "
           "by "
           "the same test rows, which neither training nor early stopping saw: how well they "
           "reconstruct, how much worse than on rows they learned from, how they bear noise, how "
           "many directions their codes use, how far a code moves with its row, and, with labels, "
           "how well classes are told apart by a linear classifier and by the 5 nearest codes.",
           "All contenders share one scaling, so that their errors can be compared. The best of "
           "each column is marked. A setting given with --sweep adds a row for each of its "
           "values."},
      .arguments = {{.name = "DATA", .description = "The rows to train and to test on."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "TABLE.csv",
                   .description = "The file to write the table to, a line for each contender.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--latent-dims",
                   .value = "K,K,...",
                   .description = "Sizes of the code to compare.",
                   .group = "What to compare",
                   .default_text = "one, chosen for the data",
                   .range = "[1, 1000000] each",
                   .repeatable = true},
                  {.name = "--families",
                   .value = "A,B,...",
                   .description = "Families to compare.",
                   .group = "What to compare",
                   .default_text = "all that fit the data",
                   .repeatable = true},
                  {.name = "--latent-dim",
                   .value = "K",
                   .description = "One size: as --latent-dims with one number.",
                   .group = "What to compare",
                   .setting = "latent_dim"},
                  {.name = "--family",
                   .value = "NAME",
                   .description = "One family: as --families with one name.",
                   .group = "What to compare",
                   .setting = "family"},
                  {.name = "--sweep",
                   .value = "KEY=V,V,...",
                   .description = "Try each of these values of a setting; values that have commas "
                                  "in them are parted by semicolons.",
                   .group = "What to compare",
                   .repeatable = true},
                  {.name = "--no-pca", .description = "Leave PCA out.", .group = "What to compare"},
                  {.name = "--seeds",
                   .value = "N",
                   .description = "Train each contender this many times, from the seed on, and "
                                  "show mean and standard deviation.",
                   .group = "What to compare",
                   .default_text = "1",
                   .range = "[1, 1000]"},
                  {.name = "--test",
                   .value = "F",
                   .description = "Share of the rows to test on.",
                   .group = "What to compare",
                   .default_text = "0.2",
                   .range = "(0, 1)"},
                  {.name = "--test-noise",
                   .value = "X",
                   .description = "Standard deviation, in scaled units, of the gaussian noise that "
                                  "test rows are tried with.",
                   .group = "What to compare",
                   .default_text = "0.3",
                   .range = "[0, infinity)"}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kLearns | kComputes,
      .examples = {{"Which family and size suits a table, and do its codes tell a label apart",
                    "hourglass compare patients.csv --labels diagnosis --latent-dims 2,4,8 "
                    "-o table.csv"},
                   {"See what keeps a large network from memorising few rows",
                    "hourglass compare few.csv --families deep --hidden 512,256 --latent-dims 8 "
                    "--sweep weight_decay=0,1e-4,1e-3 --sweep dropout=0,0.2"}},
      .run = run,
  };
  const std::vector<Option> expanding = expanding_options();
  verb.options.insert(verb.options.end(), expanding.begin(), expanding.end());
  return verb;
}

}  // namespace hourglass::cli
