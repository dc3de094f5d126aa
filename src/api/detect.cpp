#include "hourglass/detect.h"

#include <fmt/format.h>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "data/writer.h"
#include "task/detector.h"
#include "task/metrics.h"

namespace hourglass {
namespace {

constexpr std::size_t kWriteAtOnce = std::size_t{1} << 20;

std::string header_of(const DetectionScores& scores) {
  std::string header = "row,anomaly_score,p_value,is_anomaly";
  const std::size_t explained = scores.explanations.empty() ? 0 : scores.explanations[0].size();
  for (std::size_t k = 1; k <= explained; ++k) {
    header += fmt::format(",top_{0}_feature,top_{0}_error,top_{0}_observed,top_{0}_expected", k);
  }
  return header + (scores.row_name.empty() ? "\n" : ",name\n");
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

void write_scores(const DetectionScores& scores, const std::string& path) {
  AtomicFile file(path);
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{}", header_of(scores));
  for (std::size_t row = 0; row < scores.anomaly_score.size(); ++row) {
    fmt::format_to(out, "{},{:.9g},{:.6g},{}", scores.row_number(row), scores.anomaly_score[row],
                   scores.p_value[row], scores.is_anomaly[row]);
    if (!scores.explanations.empty()) {
      for (const Contribution& part : scores.explanations[row]) {
        fmt::format_to(out, ",{},{:.6g},{},{}", csv_cell(part.feature), part.error,
                       csv_cell(part.observed), csv_cell(part.expected));
      }
    }
    if (!scores.row_name.empty()) fmt::format_to(out, ",{}", csv_cell(scores.row_name[row]));
    text.push_back('\n');
    if (text.size() > kWriteAtOnce) {
      file.write(text.data(), text.size());
      text.clear();
    }
  }
  file.write(text.data(), text.size());
  file.commit();
}

}  // namespace hourglass
