#include "cli/inpaint_cells.h"

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <vector>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

// More columns than this are told by --json alone.
constexpr std::size_t kMostColumnsTold = 40;
constexpr std::int64_t kMostSamples = 1000;

void refuse_for_cells(const Arguments& arguments) {
  for (const char* option : {"--mask", "--iterations"}) {
    if (!arguments.has(option)) continue;
    usage_error(
        fmt::format("{} is for pictures, and this model is of rows of a table, which lack the "
                    "cells that are empty: leave it out",
                    option));
  }
}

Json report_json(const CellsReport& report, const std::string& output, double seconds) {
  Json columns = Json::array();
  for (const FilledColumn& column : report.columns) {
    columns.push_back({{"name", column.name},
                       {"missing", column.missing},
                       {"filled", column.filled},
                       {"rmse", column.rmse},
                       {"accuracy", column.accuracy}});
  }
  return {{"rows", report.rows},
          {"missing_cells", report.missing},
          {"filled_cells", report.filled},
          {"rmse", report.rmse},
          {"accuracy", report.accuracy},
          {"output", output},
          {"seconds", seconds},
          {"columns", columns}};
}

std::string figures_text(double rmse, double accuracy) {
  std::string text;
  if (!std::isnan(rmse)) text = fmt::format("error {:.4f} standard deviations", rmse);
  if (std::isnan(accuracy)) return text;
  return fmt::format("{}{}{:.1f} % of categories right", text, text.empty() ? "" : ", ",
                     100 * accuracy);
}

std::string report_text(const CellsReport& report, const std::string& output, double seconds) {
  std::string text =
      fmt::format("{} of {} missing filled in, in {}, in {}\n", grouped(report.filled),
                  counted(report.missing, "cell"), counted(report.rows, "row"), duration(seconds));
  FactList facts;
  for (const FilledColumn& column : report.columns) {
    const std::string figures = figures_text(column.rmse, column.accuracy);
    if (report.columns.size() <= kMostColumnsTold && !figures.empty()) {
      facts.add(column.name, figures);
    }
  }
  const std::string all = figures_text(report.rmse, report.accuracy);
  if (!all.empty()) facts.add("all", all);
  text += facts.text();
  return output.empty() ? text : text + "written to " + output + "\n";
}

// full.csv → full.1.csv
std::string numbered(const std::string& output, std::int64_t sample) {
  const std::filesystem::path path(output);
  return path.parent_path() /
         fmt::format("{}.{}{}", path.stem().string(), sample, path.extension().string());
}

void draw_samples(const Model& model, const Arguments& arguments, CellsOptions options,
                  Console& console) {
  if (!options.clean.empty()) {
    usage_error("--clean measures the likeliest values, which --samples are not: leave one out");
  }
  const std::string output = arguments.text("--output");
  const std::int64_t samples = arguments.integer("--samples", 1, 1, kMostSamples);
  options.seed = static_cast<std::uint64_t>(
      arguments.integer("--seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  const RunOptions running = run_options_from(arguments, console);
  const Stopwatch watch;
  CellsReport report;
  std::vector<std::string> outputs;
  for (options.sample = 1; options.sample <= samples; ++options.sample) {
    outputs.push_back(numbered(output, options.sample));
    report = fill_cells(model, arguments.positional("INPUT"), outputs.back(), options, running);
  }
  const double seconds = watch.seconds();
  console.end_progress();
  console.warnings(report.warnings);
  if (console.json()) {
    console.result(printed({{"rows", report.rows},
                            {"missing_cells", report.missing},
                            {"filled_cells", report.filled},
                            {"outputs", outputs},
                            {"seconds", seconds}}));
  }
  console.summary(fmt::format("{} of {} missing filled in, {}, in {}\nwritten to {}{}\n",
                              grouped(report.filled), counted(report.missing, "cell"),
                              samples == 1 ? "once" : fmt::format("{} times", samples),
                              duration(seconds), outputs.front(),
                              samples == 1 ? "" : fmt::format(" … {}", outputs.back())));
}

}  // namespace

void inpaint_cells(const Model& model, const Arguments& arguments, Console& console) {
  refuse_for_cells(arguments);
  const std::string output = arguments.text("--output");
  CellsOptions options;
  options.clean = arguments.text("--clean");
  options.key = arguments.text("--key", options.key);
  if (arguments.has("--samples")) return draw_samples(model, arguments, options, console);
  const Stopwatch watch;
  const CellsReport report = fill_cells(model, arguments.positional("INPUT"), output, options,
                                        run_options_from(arguments, console));
  const double seconds = watch.seconds();
  console.end_progress();
  console.warnings(report.warnings);
  if (console.json()) console.result(printed(report_json(report, output, seconds)));
  console.summary(report_text(report, output, seconds));
}

}  // namespace hourglass::cli
