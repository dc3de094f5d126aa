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
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/strangest.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr std::int64_t kShownFeatures = 3;

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

DetectOptions detect_options(const Arguments& arguments, bool show_table) {
  DetectOptions options;
  if (arguments.has("--contamination")) {
    options.contamination = arguments.number("--contamination", 0);
    if (!(*options.contamination > 0 && *options.contamination <= 0.5)) {
      usage_error("--contamination takes the share of rows to flag, above 0 and at most 0.5");
    }
  }
  options.explain = arguments.integer("--explain", show_table ? kShownFeatures : 0, 0,
                                      std::numeric_limits<std::int32_t>::max());
  return options;
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

// Without rows of both kinds there is nothing to tell apart.
void warn_of_one_kind(Outcome& outcome) {
  const std::int64_t anomalies = outcome.quality->anomalies;
  if (anomalies > 0 && anomalies < outcome.rows) return;
  outcome.scores.warnings.push_back(
      {"labels-of-one-kind",
       fmt::format("the labels call every row {}, so AUROC cannot be told{}; give labels with rows "
                   "of both kinds",
                   anomalies == 0 ? "normal" : "anomalous",
                   anomalies == 0 ? " nor average precision" : "")});
}

Json result_json(const Outcome& outcome, const std::string& output) {
  const DetectionScores& scores = outcome.scores;
  Json json = {{"rows", outcome.rows}};
  if (outcome.quality) {
    json["auroc"] = outcome.quality->auroc;
    json["average_precision"] = outcome.quality->average_precision;
    json["anomalies"] = outcome.quality->anomalies;
  }
  if (outcome.ranges) {
    json["range_average_precision"] = outcome.ranges->average_precision;
    json["ranges"] = outcome.ranges->ranges;
  }
  json["threshold"] = scores.threshold;
  json["flagged"] = scores.flagged;
  json["seconds"] = {{"train", scores.train_seconds}, {"score", scores.score_seconds}};
  if (output.empty()) json["strangest"] = strangest_json(scores);
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
  if (outcome.quality) {
    facts.add("AUROC", fmt::format("{} (labels: {})", significant(outcome.quality->auroc),
                                   counted(outcome.quality->anomalies, "anomalous row")));
    facts.add("average precision", significant(outcome.quality->average_precision));
  }
  if (outcome.ranges) {
    facts.add("by ranges", fmt::format("average precision {} ({})",
                                       significant(outcome.ranges->average_precision),
                                       counted(outcome.ranges->ranges, "anomalous range")));
  }
  if (scores.train_seconds > 0) facts.add("learning took", duration(scores.train_seconds));
  facts.add("scoring took", duration(scores.score_seconds));
  return facts.text();
}

void check_each(const Arguments& arguments, const Settings& settings) {
  const bool windows = std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    return setting.first == "window" && setting.second != "0";
  });
  if (windows && arguments.positional("MODEL").empty()) return;
  usage_error(
      "--each is for a folder and --window without a MODEL: each file is learned by itself");
}

void run(const Arguments& arguments, Console& console) {
  const std::string output = arguments.text("--output");
  const std::string model_path = arguments.positional("MODEL");
  const std::string path = arguments.positional("DATA");
  if (!model_path.empty()) refuse_learning_settings(arguments);
  if (path == "-") return detect_stream(arguments, console);
  if (!output.empty()) check_output(output, {".csv", ".npy"});
  const Settings settings = settings_from(arguments);
  const RunOptions running = run_options_from(arguments, console);
  if (arguments.has("--each")) check_each(arguments, settings);
  // Before anything is read, so that what makes no sense is refused at once.
  const DetectOptions options = detect_options(arguments, output.empty());
  check_holds_explanations(output, options);

  std::optional<Model> model;
  if (!model_path.empty()) model = Model::load(model_path);
  const DataOptions reading = data_options_from(arguments, settings, output, console);
  std::vector<std::string> labels;
  if (arguments.has("--labels")) labels = read_labels(arguments.text("--labels"), path, reading);
  Outcome outcome;
  if (arguments.has("--each")) {
    outcome.scores = detect_each(path, reading, settings, options, running);
  } else if (model && options.explain == 0) {
    std::vector<std::string> warnings;
    outcome.scores = detect_file(*model, path, reading, options, running, &warnings);
    console.warnings(warnings);
  } else {
    const Data data = model ? Data::read_for(*model, path, reading) : Data::read(path, reading);
    console.warnings(data.warnings());
    outcome.scores =
        model ? detect(*model, data, options, running) : detect(data, settings, options, running);
  }
  outcome.rows = std::ssize(outcome.scores.anomaly_score);
  if (!labels.empty()) {
    outcome.quality = evaluate_detection(outcome.scores.anomaly_score, labels);
    warn_of_one_kind(outcome);
    if (outcome.scores.window > 0) {
      outcome.ranges = evaluate_ranges(outcome.scores.anomaly_score, labels, outcome.scores.series);
    }
  }
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
           "model that has not seen it.",
           "The anomaly score is the reconstruction error standardised per feature; higher is "
           "more abnormal. The p-value is the share of rows kept out of training that are at "
           "least as abnormal. Rows with a p-value below 0.01 are flagged, or the given share of "
           "rows (--contamination).",
           "With --window the rows are a time series, or several: DATA may be a folder of files "
           "with "
           "the same columns. A step's score is the mean over the windows that hold it; what is "
           "held out are contiguous blocks, a window away from what is learned. Steps next to each "
           "other share windows, so flags come in runs, and p-values of neighbours depend on each "
           "other.",
           "With MODEL and - for DATA, rows of CSV are read from standard input and scored as they "
           "arrive: row,anomaly_score,p_value,is_anomaly are written to standard output line by "
           "line, in bounded memory. Columns are found by name if the first line has the model's "
           "names, else by position. A bad row ends the stream once those before it are written.",
           "Without -o the ten strangest rows are printed with the features that account for "
           "their scores."},
      .arguments = {{.name = "MODEL",
                     .description = "A file that train wrote; left out, DATA is learned first.",
                     .optional = true},
                    {.name = "DATA",
                     .description = "The rows to score; - reads them from standard input."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "SCORES.csv",
                   .description = "The file to write row, anomaly_score, p_value and is_anomaly "
                                  "of every row to; one that ends in .npy is a structured array "
                                  "of these four.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--contamination",
                   .value = "F",
                   .description = "Flag this share of the rows, the strangest, instead of those "
                                  "with a small p-value.",
                   .group = "Output",
                   .range = "(0, 0.5]"},
                  {.name = "--each",
                   .description = "Of a folder of series, learn and score each file by itself "
                                  "rather than all by one model.",
                   .group = "Output"},
                  {.name = "--explain",
                   .value = "N",
                   .description = "For each row, name the N features that account for most of its "
                                  "score, as observed and as expected.",
                   .group = "Output"}},
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
