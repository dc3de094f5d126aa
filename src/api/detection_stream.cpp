#include "hourglass/detection_stream.h"

#include <exception>
#include <iterator>

#include "api/score_files.h"
#include "api/state.h"
#include "base/error.h"
#include "data/csv_feed.h"
#include "task/detector.h"
#include "task/p_value.h"
#include "task/score_stream.h"

namespace hourglass {
namespace {

constexpr const char* kSource = "standard input";

ReadOptions options_for(const std::vector<Column>& expected, const DataOptions& reading) {
  ReadOptions options = read_options(reading);
  options.expected = &expected;
  return options;
}

void check(const DetectOptions& options) {
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
        feed(input, kSource, options_for(expected, reading)),
        pool(run.threads),
        scorer(open_score_stream(trained(), pool, kSource)) {
    check(options);
    judge_unseen(judged, trained(), options, pool);
  }

  const TrainedModel& trained() const { return model.state().model; }
  void take();
  void hand_out(std::vector<StreamedScore>& scores);

  Model model;
  bool timed;
  std::vector<Column> expected;
  CsvFeed feed;
  ThreadPool pool;
  std::unique_ptr<ScoreStream> scorer;
  DetectionScores judged;              // of no row: threshold and warnings
  std::vector<StreamedScore> waiting;  // rows without a score
  std::vector<double> settled;         // scores of the first of them
  std::vector<double> p_values;
  bool over = false;
  std::exception_ptr wrong;  // behind the last row that has a score

 private:
  template <class Work>
  void keep_error(const Work& work);
};

// Scores what comes next, once that is there.
void DetectionStream::State::take() {
  keep_error([&] {
    const CsvFeed::Rows rows = feed.next();
    over = rows.count == 0;
    for (Index i = 0; i < rows.count; ++i) {
      StreamedScore& row = waiting.emplace_back();
      row.row = rows.numbers[i] + 1;
      if (rows.times != nullptr) row.time = rows.times[i];
    }
    scorer->add(rows, settled);
  });
  if (over) keep_error([&] { scorer->finish(settled); });
}

// What is wrong with the data ends the stream, and is told when the scores before it are given.
template <class Work>
void DetectionStream::State::keep_error(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kData) throw;
    if (!wrong) wrong = std::current_exception();
    over = true;
  }
}

void DetectionStream::State::hand_out(std::vector<StreamedScore>& scores) {
  const std::size_t count = settled.size();
  p_values.resize(count);
  hourglass::p_values(trained().saved.calibration, settled.data(), std::ssize(settled),
                      p_values.data());
  const auto last = waiting.begin() + std::ssize(settled);
  scores.assign(std::make_move_iterator(waiting.begin()), std::make_move_iterator(last));
  waiting.erase(waiting.begin(), last);
  for (std::size_t i = 0; i < count; ++i) {
    scores[i].anomaly_score = settled[i];
    scores[i].p_value = p_values[i];
    scores[i].is_anomaly = settled[i] > judged.threshold;
  }
  settled.clear();
}

DetectionStream::DetectionStream(const Model& model, int input, const DataOptions& reading,
                                 const DetectOptions& options, const RunOptions& run)
    : state_(std::make_unique<State>(model, input, reading, options, run)) {}

DetectionStream::~DetectionStream() = default;

bool DetectionStream::next(std::vector<StreamedScore>& scores) {
  State& state = *state_;
  while (state.settled.empty() && !state.over) state.take();
  if (state.settled.empty() && state.wrong) std::rethrow_exception(state.wrong);
  state.hand_out(scores);
  return !scores.empty();
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
