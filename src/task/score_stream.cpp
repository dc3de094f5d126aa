#include "task/score_stream.h"

#include "task/blockwise_scorer.h"
#include "task/row_scorer.h"
#include "task/window_stream.h"

namespace hourglass {
namespace {

// A row by itself waits for no other.
class RowStreamScorer : public ScoreStream {
 public:
  RowStreamScorer(const TrainedModel& model, ThreadPool& pool) : scorer_(model, pool) {}

  void add(const CsvFeed::Rows& rows, std::vector<double>& scores) override {
    const std::size_t before = scores.size();
    scores.resize(before + static_cast<std::size_t>(rows.count));
    scorer_.score(rows.values, rows.count, scores.data() + before);
  }
  void finish(std::vector<double>&) override {}

 private:
  BlockwiseScorer scorer_;
};

}  // namespace

std::unique_ptr<ScoreStream> open_score_stream(const TrainedModel& model, ThreadPool& pool,
                                               const std::string& source) {
  if (model.saved.spec.window > 0) return std::make_unique<WindowStream>(model, pool, source);
  return std::make_unique<RowStreamScorer>(model, pool);
}

}  // namespace hourglass
