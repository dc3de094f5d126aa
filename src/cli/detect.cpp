#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/detect_stream.h"
#include "cli/evaluation.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/strangest.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr std::int64_t kShownFeatures = 3;
constexpr const char* kFlagging = "Which rows to flag";

// Settings that say how to learn are of no use to a model that has learned.
void refuse_learning_settings(const Arguments& arguments) {
  const auto refuse = [](const std::string& what) {
    usage_error(fmt::format(
        "{} says how to learn, but MODEL has learned already: leave one of them out", what));
  };
  if (arguments.has("--config")) refuse("--config");
  for (const auto& [key, value] : arguments.settings()) {
    const bool harmless = key == "seed" || key == "missing" || (key == "job" && value == "detect");
    if (!harmless) refuse("the setting " + key);
  }
}

// A share that an option gives, above 0 and below `end` or, where that is `included`, at most it.
std::optional<double> share_from(const Arguments& arguments, const char* option, double end,
                                 bool included) {
  if (!arguments.has(option)) return std::nullopt;
  const double share = arguments.number(option, 0);
  if (share > 0 && (share < end || (included && share == end))) return share;
  usage_error(fmt::format("{} takes a share above 0 and {} {:g}", option,
                          included ? "at most" : "below", end));
}

// Which rows to flag is said once.
void refuse_two_rates(const Arguments& arguments) {
  std::string first;
  for (const char* option : {"--false-alarm-rate", "--fdr", "--contamination"}) {
    if (!arguments.has(option)) continue;
    if (!first.empty()) {
      usage_error(
          fmt::format("{} and {} both say which rows to flag: give one of them", first, option));
    }
    first = option;
  }
}

DetectOptions detect_options(const Arguments& arguments, bool show_table) {
  refuse_two_rates(arguments);
  DetectOptions options;
  if (const auto rate = share_from(arguments, "--false-alarm-rate", 1, false)) {
    options.false_alarm_rate = *rate;
  }
  options.false_discovery_rate = share_from(arguments, "--fdr", 1, false);
  options.contamination = share_from(arguments, "--contamination", 0.5, true);
  if (options.false_discovery_rate && arguments.positional("MODEL").empty()) {
    usage_error(
        "--fdr needs a MODEL that was trained on other rows, best with --for detect on normal "
        "ones: among themselves rows can only be ranked; or give --contamination");
  }
  options.maps = arguments.has("--map");
  options.explain = arguments.integer("--explain", show_table ? kShownFeatures : 0, 0,
                                      std::numeric_limits<std::int32_t>::max());
  return options;
}

// Rows to be shown beside each row, 0: none; and among which they are looked for.
std::int64_t nearest_from(const Arguments& arguments) {
  const bool with_model = !arguments.positional("MODEL").empty();
  const bool among = arguments.has("--among");
  if (!arguments.has("--nearest")) {
    if (among) usage_error("--among says where --nearest looks: give --nearest N as well");
    return 0;
  }
  if (with_model && !among) {
    usage_error("--nearest needs --among TRAIN, the rows to look for them in: MODEL keeps none");
  }
  if (!with_model && among) {
    usage_error("--among needs a MODEL: without one --nearest looks among the other rows of DATA");
  }
  if (arguments.text("--output").ends_with(".npy")) {
    usage_error("an .npy cannot hold nearest rows: name a .csv, or leave --nearest out");
  }
  return arguments.integer("--nearest", 0, 1, 1000);
}

// An array has no columns for what is text; better said before than after the work.
void check_holds_explanations(const std::string& output, const DetectOptions& options) {
  if (options.explain == 0 || !output.ends_with(".npy")) return;
  usage_error(
      fmt::format("{} cannot hold explanations, which are text: name a .csv, or leave "
                  "--explain out",
                  output));
}

struct Outcome {
  std::int64_t rows = 0;
  DetectionScores scores;
  std::optional<DetectionQuality> quality;
  std::optional<RangeQuality> ranges;  // of series
};

Json result_json(const Outcome& outcome, const std::string& output) {
  const DetectionScores& scores = outcome.scores;
  Json json = {{"rows", outcome.rows}};
  if (outcome.quality) tell(*outcome.quality, json);
  if (outcome.ranges) {
    json["range_average_precision"] = outcome.ranges->average_precision;
    json["ranges"] = outcome.ranges->ranges;
  }
  json["threshold"] = scores.threshold;
  json["flagged"] = scores.flagged;
  json["seconds"] = {{"train", scores.train_seconds}, {"score", scores.score_seconds}};
  if (output.empty()) json["strangest"] = strangest_json(scores);
  json["drift"] = Json::array();
  for (const ColumnDrift& each : scores.drift) {
    json["drift"].push_back(
        {{"column", each.column}, {"distance", each.distance}, {"change", each.change}});
  }
  json["warnings"] = json_of(scores.warnings);
  json["notes"] = scores.notes;
  return json;
}

std::string summary_text(const Outcome& outcome) {
  const DetectionScores& scores = outcome.scores;
  FactList facts;
  std::string flagged =
      fmt::format("{} of {}", grouped(scores.flagged), counted(outcome.rows, "row"));
  if (!std::isnan(scores.threshold)) {
    flagged += fmt::format(", with a score above {}", significant(scores.threshold));
  }
  facts.add("flagged", flagged);
  if (outcome.quality) tell(*outcome.quality, facts);
  if (outcome.ranges) {
    facts.add("by ranges", fmt::format("average precision {} ({})",
                                       significant(outcome.ranges->average_precision),
                                       counted(outcome.ranges->ranges, "anomalous range")));
  }
  if (scores.train_seconds > 0) facts.add("learning took", duration(scores.train_seconds));
  facts.add("scoring took", duration(scores.score_seconds));
  return facts.text();
}

bool have_window(const Settings& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    return setting.first == "window" && setting.second != "0";
  });
}

void check_each(const Arguments& arguments, const Settings& settings) {
  if (arguments.has("--map")) {
    usage_error("--map draws images, and --each is for series: leave one of them out");
  }
  if (arguments.has("--explain")) {
    usage_error("--each keeps no file to explain once it is scored: leave --explain out");
  }
  if (have_window(settings) && arguments.positional("MODEL").empty()) return;
  usage_error(
      "--each is for a folder and --window without a MODEL: each file is learned by itself");
}

void run(const Arguments& arguments, Console& console) {
  const std::string output = arguments.text("--output");
  const std::string model_path = arguments.positional("MODEL");
  const std::string path = arguments.positional("DATA");
  if (!model_path.empty()) refuse_learning_settings(arguments);
  if (path == "-") {
    check_stream(arguments);
    return detect_stream(arguments, detect_options(arguments, false), console);
  }
  if (!output.empty()) check_output(output, {".csv", ".npy"});
  const std::string maps = arguments.text("--map");
  if (arguments.has("--map")) check_folder_output(maps);
  const Settings settings = settings_from(arguments);
  const RunOptions running = run_options_from(arguments, console);
  // Before anything is read, so that what makes no sense is refused at once.
  const bool each = arguments.has("--each");
  if (each) check_each(arguments, settings);
  const DetectOptions options = detect_options(arguments, output.empty() && !each);
  check_holds_explanations(output, options);
  const std::int64_t nearest = nearest_from(arguments);

  std::optional<Model> model;
  if (!model_path.empty()) model = Model::load(model_path);
  if (nearest > 0 && (model ? model->window() > 0 : have_window(settings))) {
    usage_error("--nearest is about single rows, and windows see several at once: leave it out");
  }
  const DataOptions reading = data_options_from(arguments, settings, output, console);
  std::vector<std::string> labels;
  if (arguments.has("--labels")) labels = read_labels(arguments.text("--labels"), path, reading);
  Outcome outcome;
  if (each) {
    outcome.scores = detect_each(path, reading, settings, options, running);
  } else if (model && options.explain == 0 && !options.maps && nearest == 0) {
    std::vector<std::string> warnings;
    outcome.scores = detect_file(*model, path, reading, options, running, &warnings);
    console.warnings(warnings);
  } else {
    const Data data = model ? Data::read_for(*model, path, reading) : Data::read(path, reading);
    console.warnings(data.warnings());
    outcome.scores =
        model ? detect(*model, data, options, running) : detect(data, settings, options, running);
    if (nearest > 0) {
      DataOptions known = reading;
      known.labels.clear();  // they are DATA's; columns are matched by name
      outcome.scores.nearest =
          model
              ? nearest_rows(*model, data, Data::read_for(*model, arguments.text("--among"), known),
                             nearest, running)
              : nearest_rows(data, settings, nearest, running);
    }
  }
  outcome.rows = std::ssize(outcome.scores.anomaly_score);
  if (!labels.empty()) {
    outcome.quality = evaluate_detection(outcome.scores, labels, running);
    if (outcome.scores.window > 0) {
      outcome.ranges = evaluate_ranges(outcome.scores.anomaly_score, labels, outcome.scores.series);
    }
    for (const Warning& doubt : doubts(*outcome.quality, outcome.rows)) {
      outcome.scores.warnings.push_back(doubt);
    }
  }
  if (options.maps) write_maps(outcome.scores, maps, running);
  if (!output.empty()) write_scores(outcome.scores, output, running);

  console.end_progress();
  console.notes(outcome.scores.notes);
  console.warnings(outcome.scores.warnings);
  if (console.json()) {
    console.result(printed(result_json(outcome, output)));
    return;
  }
  // Without a file the rows themselves are the result.
  if (output.empty()) {
    console.result(strangest_table(outcome.scores));
  } else {
    const std::string table = options.explain > 0 ? strangest_table(outcome.scores) : "";
    console.summary(table + "scores written to " + output + "\n");
  }
  if (options.maps) console.summary("maps written to " + maps + "\n");
  console.summary(summary_text(outcome));
}

}  // namespace

Verb detect_verb() {
  return {
      .name = "detect",
      .summary = "score every row by how badly it fits, and say why",
      .description =
          {"With MODEL, scores the rows of DATA by a model that was trained before, best on rows "
           "known to be normal. Without it, learns from DATA itself and scores each row by a "
           "model that has not seen it. Without -o the ten strangest rows are printed with the "
           "features that account for their scores.",
           "The anomaly score is the squared reconstruction error in units of a typical row's; "
           "higher is more abnormal. The p-value is the share of rows kept out of training that "
           "are at "
           "least as abnormal; rows are flagged by it at a false alarm rate, a false discovery "
           "rate or as a share of the rows, one of the three. Both rates hold for exchangeable "
           "rows: those the model was calibrated on and the normal ones among the new drawn alike "
           "and independently. Neighbours in time, or normal rows unlike those trained on, are "
           "not. Any of them may be given to a model that was saved long ago.",
           "With --window the rows are a time series, or several: DATA may be a folder of files "
           "with the same columns. A step's score is the mean over the windows that hold it; what "
           "is "
           "held out are contiguous blocks, a window away from what is learned. Steps next to each "
           "other share windows, so flags come in runs, and p-values of neighbours depend on each "
           "other.",
           "With MODEL and - for DATA, rows of CSV are read from standard input and scored as they "
           "arrive: row,anomaly_score,p_value,is_anomaly are written to standard output line by "
           "line, in bounded memory. Columns are found by name if the first line has the model's "
           "names, else by position. A bad row ends the stream once those before it are written. "
           "With a model of windows a row is a time step, and its line follows once no further "
           "window can hold it: a window of rows later at most, or at the end of the stream."},
      .arguments = {{.name = "MODEL",
                     .description = "A file that train wrote; left out, DATA is learned first.",
                     .optional = true},
                    {.name = "DATA",
                     .description = "The rows to score; - reads them from standard input."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "SCORES.csv",
                   .description = "The file to write row, anomaly_score, p_value and is_anomaly "
                                  "of every row to, with --time its time as well; one that ends "
                                  "in .npy is a structured array of the first four.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--false-alarm-rate",
                   .value = "A",
                   .description = "Flag rows with a p-value of at most A: on average this share "
                                  "of normal rows is flagged too.",
                   .group = kFlagging,
                   .default_text = "0.01",
                   .range = "(0, 1)"},
                  {.name = "--fdr",
                   .value = "Q",
                   .description = "Flag as many rows as can be while, on average over batches, at "
                                  "most the share Q of those flagged is normal (false discovery "
                                  "rate, by Benjamini and Hochberg). Needs a MODEL.",
                   .group = kFlagging,
                   .range = "(0, 1)"},
                  {.name = "--contamination",
                   .value = "F",
                   .description = "Flag this share of the rows, the strangest, whatever their "
                                  "p-values.",
                   .group = kFlagging,
                   .range = "(0, 0.5]"},
                  {.name = "--each",
                   .description = "Of a folder of series, learn and score each file by itself "
                                  "rather than all by one model.",
                   .group = "Output"},
                  {.name = "--explain",
                   .value = "N",
                   .description = "For each row or time step, name the N features that account for "
                                  "most of its score, as observed and as expected.",
                   .group = "Output"},
                  {.name = "--map",
                   .value = "DIR",
                   .description = "Of images, write a picture of each into this folder that shows "
                                  "where it does not fit: the image in grey and over it its "
                                  "pixels' parts of the score, from red to yellow, on one scale "
                                  "for all.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--nearest",
                   .value = "N",
                   .description = "For each row, name the N rows nearest to it and how far they "
                                  "are in scaled features: of --among or, without MODEL, of DATA.",
                   .group = "Output",
                   .range = "[1, 1000]"},
                  {.name = "--among",
                   .value = "TRAIN",
                   .description = "The rows to look for the nearest in, as a rule those MODEL was "
                                  "trained on; read as DATA is.",
                   .group = "Output",
                   .completes = Completes::kFile}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kLearns | kComputes,
      .examples = {{"Find what does not fit in a table, and say why",
                    "hourglass detect payments.csv --explain 3 -o scores.csv"},
                   {"Score rows as they arrive",
                    "tail -f log.csv | hourglass detect normal.model - > scores.csv"},
                   {"Score new rows by a model of normal ones, and evaluate with known labels",
                    "hourglass detect normal.model new.csv --labels is_fraud -o scores.csv"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
