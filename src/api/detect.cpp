#include "hourglass/detect.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "api/score_files.h"
#include "api/state.h"
#include "base/error.h"
#include "base/paths.h"
#include "data/series_folder.h"
#include "report/error_maps.h"
#include "task/detection_quality.h"
#include "task/detector.h"
#include "task/explainer.h"
#include "task/metrics.h"
#include "task/nearest_rows.h"
#include "task/range_metrics.h"
#include "task/table_explainer.h"

namespace hourglass {

DetectionScores detect(const Model& model, const Data& data, const DetectOptions& options,
                       const RunOptions& run) {
  if (options.maps) check_maps(data.state().table, model.state().model.saved.spec.window);
  ThreadPool pool(threads_worth_waking(data.rows(), run.threads));
  return detect_with(model.state().model, data.state().table, options, pool, run.progress);
}

DetectionScores detect_file(const Model& model, const std::string& path, const DataOptions& reading,
                            const DetectOptions& options, const RunOptions& run,
                            std::vector<std::string>* reading_warnings) {
  if (options.explain != 0 || options.maps) {
    usage_error(
        "detect_file() goes through the rows once and can neither explain nor draw them: use "
        "detect() on Data::read_for()");
  }
  if (model.state().model.saved.spec.window > 0) {
    // A step is seen in several windows.
    const Data data = Data::read_for(model, path, reading);
    if (reading_warnings != nullptr) *reading_warnings = data.warnings();
    return detect(model, data, options, run);
  }
  const std::vector<Column> expected = columns_of(model);
  ReadOptions read = feature_options(path, reading);
  read.expected = &expected;
  FileRows file(path, read);
  ThreadPool pool(run.threads);
  DetectionScores scores = detect_in_file(model.state().model, file, options, pool, run.progress);
  if (reading_warnings != nullptr) *reading_warnings = file.table().warnings;
  return scores;
}

DetectionScores detect(const Data& data, const Settings& settings, const DetectOptions& options,
                       const RunOptions& run) {
  TrainingJob job;
  Settings for_detection = {{"job", "detect-contaminated"}};
  for_detection.insert(for_detection.end(), settings.begin(), settings.end());
  job.spec = spec_for(data, for_detection);
  if (options.maps) check_maps(data.state().table, job.spec.window);
  ThreadPool pool(run.threads);
  return detect_out_of_fold(data.state().table, job, options, pool, run.progress);
}

DetectionScores detect_each(const std::string& folder, const DataOptions& reading,
                            const Settings& settings, const DetectOptions& options,
                            const RunOptions& run) {
  if (!is_folder(folder) || !holds_tables(folder)) {
    data_error(fmt::format("{} is no folder of tables: name one, or leave --each out", folder));
  }
  if (options.explain != 0) {
    usage_error(
        "detect_each() goes through one file after another and keeps none to explain: leave "
        "explain out");
  }
  DetectionScores all;
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const std::string& path : tables_in(folder)) {
    const DetectionScores one = detect(Data::read(path, reading), settings, options, run);
    const auto rows = one.anomaly_score.size();
    for (std::size_t row = 0; row < rows; ++row) all.source_row.push_back(one.row_number(row));
    all.series.push_back(
        {std::filesystem::path(path).filename().string(), static_cast<std::int64_t>(rows)});
    append(all.time, one.time);
    append(all.anomaly_score, one.anomaly_score);
    append(all.p_value, one.p_value);
    append(all.is_anomaly, one.is_anomaly);
    append(all.warnings, one.warnings);
    all.window = one.window;
    all.flagged += one.flagged;
    all.train_seconds += one.train_seconds;
    all.score_seconds += one.score_seconds;
  }
  all.threshold = std::numeric_limits<double>::quiet_NaN();
  return all;
}

DetectionQuality evaluate_detection(const DetectionScores& scores,
                                    const std::vector<std::string>& labels, const RunOptions& run) {
  const std::vector<double>& values = scores.anomaly_score;
  if (values.size() != labels.size()) {
    data_error(fmt::format("there are {} labels for {} rows: give one a row", labels.size(),
                           values.size()));
  }
  ThreadPool pool(threads_worth_waking(std::ssize(values), run.threads));
  return detection_quality(values, anomalous(labels), scores.is_anomaly, pool);
}

DetectionQuality evaluate_detection(const std::vector<double>& scores,
                                    const std::vector<std::string>& labels, const RunOptions& run) {
  DetectionScores unflagged;
  unflagged.anomaly_score = scores;
  DetectionQuality quality = evaluate_detection(unflagged, labels, run);
  for (DetectionFigures* figures :
       {static_cast<DetectionFigures*>(&quality), &quality.low, &quality.high}) {
    figures->precision = figures->recall = std::numeric_limits<double>::quiet_NaN();
  }
  return quality;
}

namespace {

void check_nearest(std::int64_t count) {
  if (count < 1) usage_error(fmt::format("cannot look for {} nearest rows: give 1 or more", count));
}

}  // namespace

NearestRows nearest_rows(const Model& model, const Data& data, const Data& among,
                         std::int64_t count, const RunOptions& run) {
  check_nearest(count);
  ThreadPool pool(run.threads);
  return nearest_rows(model.state().model.saved.encoding, data.state().table, &among.state().table,
                      count, pool, run.progress);
}

NearestRows nearest_rows(const Data& data, const Settings& settings, std::int64_t count,
                         const RunOptions& run) {
  check_nearest(count);
  EncodingOptions options;
  options.scaling = spec_for(data, settings).scaling;
  const Table& table = data.state().table;
  const Encoding encoding = learn_encoding(table, all_rows(table.rows()), options, nullptr);
  ThreadPool pool(run.threads);
  return nearest_rows(encoding, table, nullptr, count, pool, run.progress);
}

RangeQuality evaluate_ranges(const std::vector<double>& scores,
                             const std::vector<std::string>& labels,
                             const std::vector<SeriesRows>& series) {
  if (scores.size() != labels.size()) {
    data_error(fmt::format("there are {} labels for {} rows: give one a row", labels.size(),
                           scores.size()));
  }
  std::vector<std::size_t> ends;
  for (const SeriesRows& each : series) {
    ends.push_back((ends.empty() ? 0 : ends.back()) + static_cast<std::size_t>(each.rows));
  }
  return range_quality(scores, anomalous(labels), ends);
}

std::vector<std::vector<Contribution>> DetectionScores::explain(std::size_t begin,
                                                                std::size_t end) const {
  if (begin > end || end > anomaly_score.size()) {
    usage_error(
        fmt::format("cannot explain scores {} to {} of {}: count from 0, and end at most "
                    "at their number",
                    begin, end, anomaly_score.size()));
  }
  if (explained() == 0) return std::vector<std::vector<Contribution>>(end - begin);
  return explainer->explain(static_cast<Index>(begin), static_cast<Index>(end));
}

std::vector<Contribution> DetectionScores::explain(std::size_t position) const {
  return std::move(explain(position, position + 1).front());
}

std::size_t DetectionScores::series_of(std::size_t position) const {
  auto left = static_cast<std::int64_t>(position);
  std::size_t which = 0;
  while (which + 1 < series.size() && left >= series[which].rows) left -= series[which++].rows;
  return which;
}

std::int64_t DetectionScores::explained() const { return explainer ? explainer->columns() : 0; }

void write_scores(const DetectionScores& scores, const std::string& path, const RunOptions& run) {
  const ScoreFormat* format = find_score_format(path);
  if (format == nullptr) {
    usage_error(
        fmt::format("cannot write scores to {}: name a file that ends in .csv or .npy", path));
  }
  if (scores.explained() > 0 && !format->holds_text) {
    usage_error(
        fmt::format("cannot write explanations to {}: they are text, and an array holds "
                    "numbers; name a .csv, or leave --explain out",
                    path));
  }
  if (scores.nearest.count > 0 && !format->holds_text) {
    usage_error(
        fmt::format("cannot write nearest rows to {}: name a .csv, or leave --nearest out", path));
  }
  format->write(scores, path, run);
}

void write_maps(const DetectionScores& scores, const std::string& folder, const RunOptions& run) {
  const auto* images = dynamic_cast<const TableExplainer*>(scores.explainer.get());
  if (images == nullptr) {
    usage_error("cannot draw maps of these scores: detect with DetectOptions::maps set");
  }
  ThreadPool pool(threads_worth_waking(images->table().rows(), run.threads));
  write_error_maps(*images, folder, pool, run.progress);
}

}  // namespace hourglass
