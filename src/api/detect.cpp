#include "hourglass/detect.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "data/writer.h"
#include "task/detector.h"
#include "task/explainer.h"
#include "task/metrics.h"

namespace hourglass {
namespace {

constexpr std::size_t kWriteAtOnce = std::size_t{1} << 20;
// Rows whose explanations are in memory at a time.
constexpr std::size_t kExplainAtOnce = 8192;

std::string header_of(const DetectionScores& scores) {
  std::string header = "row,anomaly_score,p_value,is_anomaly";
  for (std::int64_t k = 1; k <= scores.explained(); ++k) {
    header += fmt::format(",top_{0}_feature,top_{0}_error,top_{0}_observed,top_{0}_expected", k);
  }
  return header + (scores.row_name.empty() ? "\n" : ",name\n");
}

void append_row(fmt::memory_buffer& text, const DetectionScores& scores, std::size_t row,
                const std::vector<Contribution>& explanation) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{},{:.9g},{:.6g},{}", scores.row_number(row), scores.anomaly_score[row],
                 scores.p_value[row], scores.is_anomaly[row]);
  for (const Contribution& part : explanation) {
    fmt::format_to(out, ",{},{:.6g},{},{}", csv_cell(part.feature), part.error,
                   csv_cell(part.observed), csv_cell(part.expected));
  }
  if (!scores.row_name.empty()) fmt::format_to(out, ",{}", csv_cell(scores.row_name[row]));
  text.push_back('\n');
}

}  // namespace

DetectionScores detect(const Model& model, const Data& data, const DetectOptions& options,
                       const RunOptions& run) {
  ThreadPool pool(run.threads);
  return detect_with(model.state().model, data.state().table, options, pool, run.progress);
}

DetectionScores detect(const Data& data, const Settings& settings, const DetectOptions& options,
                       const RunOptions& run) {
  TrainingJob job;
  Settings for_detection = {{"job", "detect"}};
  for_detection.insert(for_detection.end(), settings.begin(), settings.end());
  job.spec = spec_for(data, for_detection);
  ThreadPool pool(run.threads);
  return detect_out_of_fold(data.state().table, job, options, pool, run.progress);
}

DetectionQuality evaluate_detection(const std::vector<double>& scores,
                                    const std::vector<std::string>& labels) {
  if (scores.size() != labels.size()) {
    data_error(fmt::format("there are {} labels for {} rows: give one a row", labels.size(),
                           scores.size()));
  }
  const std::vector<bool> positive = anomalous(labels);
  DetectionQuality quality;
  quality.auroc = auroc(scores, positive);
  quality.average_precision = average_precision(scores, positive);
  for (const bool anomaly : positive) quality.anomalies += anomaly ? 1 : 0;
  return quality;
}

std::vector<std::vector<Contribution>> DetectionScores::explain(std::size_t begin,
                                                                std::size_t end) const {
  if (begin > end || end > anomaly_score.size()) {
    usage_error(
        fmt::format("cannot explain scores {} to {} of {}: count from 0, and end at most "
                    "at their number",
                    begin, end, anomaly_score.size()));
  }
  if (!explainer) return std::vector<std::vector<Contribution>>(end - begin);
  return explainer->explain(static_cast<Index>(begin), static_cast<Index>(end));
}

std::vector<Contribution> DetectionScores::explain(std::size_t position) const {
  return std::move(explain(position, position + 1).front());
}

std::int64_t DetectionScores::explained() const { return explainer ? explainer->columns() : 0; }

void write_scores(const DetectionScores& scores, const std::string& path,
                  const ProgressCallback& progress) {
  AtomicFile file(path);
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{}", header_of(scores));
  Progress moment;
  moment.stage = "writing";
  const std::size_t rows = scores.anomaly_score.size();
  for (std::size_t begin = 0; begin < rows; begin += kExplainAtOnce) {
    const std::size_t end = std::min(begin + kExplainAtOnce, rows);
    const auto explanations = scores.explain(begin, end);
    for (std::size_t row = begin; row < end; ++row) {
      append_row(text, scores, row, explanations[row - begin]);
      if (text.size() > kWriteAtOnce) {
        file.write(text.data(), text.size());
        text.clear();
      }
    }
    moment.fraction = static_cast<double>(end) / static_cast<double>(rows);
    if (progress) progress(moment);
  }
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace hourglass
