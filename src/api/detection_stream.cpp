#include "hourglass/detection_stream.h"

#include <algorithm>

#include "api/score_files.h"
#include "api/state.h"
#include "base/error.h"
#include "data/csv_feed.h"
#include "task/detector.h"
#include "task/p_value.h"
#include "task/stream_scorer.h"

namespace hourglass {
namespace {

ReadOptions options_for(const std::vector<Column>& expected, const DataOptions& reading) {
  ReadOptions options = read_options(reading);
  options.expected = &expected;
  return options;
}

void check(const Model& model, const DetectOptions& options) {
  if (model.state().model.saved.spec.window > 0) {
    usage_error("a model of windows is for files: a stream is scored row by row");
  }
  if (options.false_discovery_rate) {
    usage_error("a stream is never whole, which a false discovery rate needs: leave it out");
  }
  if (options.contamination) {
    usage_error(
        "a stream is never whole, so a share of it cannot be flagged: leave contamination "
        "out");
  }
  if (options.explain != 0) {
    usage_error("a row of a stream is gone once it is scored: leave explain out");
  }
}

}  // namespace

struct DetectionStream::State {
  State(const Model& with, int input, const DataOptions& reading, const DetectOptions& options,
        const RunOptions& run)
      : model(with),
        timed(!reading.time.empty()),
        expected(columns_of(with)),
        feed(input, "standard input", options_for(expected, reading)),
        pool(run.threads),
        scorer(trained(), pool) {
    check(with, options);
    judge_unseen(judged, trained(), options, pool);
  }

  const TrainedModel& trained() const { return model.state().model; }

  Model model;
  bool timed;
  std::vector<Column> expected;
  CsvFeed feed;
  ThreadPool pool;
  StreamScorer scorer;
  DetectionScores judged;  // of no row: threshold and warnings
  std::vector<double> values, p_values;
};

DetectionStream::DetectionStream(const Model& model, int input, const DataOptions& reading,
                                 const DetectOptions& options, const RunOptions& run)
    : state_(std::make_unique<State>(model, input, reading, options, run)) {}

DetectionStream::~DetectionStream() = default;

bool DetectionStream::next(std::vector<StreamedScore>& scores) {
  State& state = *state_;
  const CsvFeed::Rows rows = state.feed.next();
  const auto count = static_cast<std::size_t>(rows.count);
  scores.resize(count);
  state.values.resize(count);
  state.p_values.resize(count);
  state.scorer.score(rows.values, rows.count, state.values.data());
  p_values(state.trained().saved.calibration, state.values.data(), rows.count,
           state.p_values.data());
  for (std::size_t i = 0; i < count; ++i) {
    scores[i] = {rows.numbers[i] + 1, state.values[i], state.p_values[i],
                 state.values[i] > state.judged.threshold,
                 rows.times != nullptr ? rows.times[i] : ""};
  }
  return count > 0;
}

std::string DetectionStream::csv_header() const { return scored_row_header(state_->timed) += '\n'; }

std::string DetectionStream::csv_lines(const std::vector<StreamedScore>& scores) const {
  fmt::memory_buffer text;
  for (const StreamedScore& score : scores) {
    append({score.row, score.anomaly_score, score.p_value, score.is_anomaly,
            state_->timed ? &score.time : nullptr},
           text);
    text.push_back('\n');
  }
  return fmt::to_string(text);
}

double DetectionStream::threshold() const { return state_->judged.threshold; }
const std::vector<Warning>& DetectionStream::warnings() const { return state_->judged.warnings; }
const std::vector<std::string>& DetectionStream::reading_warnings() const {
  return state_->feed.warnings();
}

}  // namespace hourglass
