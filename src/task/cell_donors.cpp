#include "task/cell_donors.h"

#include <algorithm>
#include <utility>

#include "base/interrupt.h"
#include "data/corruptor.h"
#include "data/samples.h"
#include "kernel/elementwise.h"
#include "train/row_roles.h"

namespace hourglass {
namespace {

// Some ten times as many cells as are kept, so that these are spread as all are.
constexpr Index kMostRows = 2000;  // of all folds
constexpr Index kPasses = 4;       // through each row, with other cells taken away
constexpr Index kMemory = Index{1} << 28;

struct Pair {
  double expected, value;
};

class DonorSearch {
 public:
  DonorSearch(const TrainedModel& model, const Table& table, ThreadPool& pool)
      : model_(model), table_(table), pool_(pool), found_(encoding().columns.size()) {}

  /// By the members of `model`, which did without these rows.
  void look_through(const TrainedModel& judges, const std::vector<Index>& rows) {
    const SavedModel& saved = model_.saved;
    const Samples samples(table_, encoding(), rows, kMemory, true);
    const Corruptor corruptor(saved.spec.corruptions, encoding(), saved.spec.seed, nullptr,
                              saved.spec.holes_alone);
    EnsembleInference inference(judges.networks, saved.spec.step, pool_);
    BlockCorruptor corruption(corruptor, encoding().features, pool_);
    const Index most = inference.block_rows(), features = encoding().features;
    Matrix<float> clean(most, features), shown(most, features), taken(most, features);
    PanelMatrix<float> panels(most, features);
    Matrix<double> cells(most, table_.cols());
    for (Index pass = 0; pass < kPasses; ++pass) {
      for (Index begin = 0; begin < samples.rows(); begin += most) {
        throw_if_interrupted();
        const Index count = std::min(most, samples.rows() - begin);
        samples.read(begin, begin + count, clean.data(), taken.data());
        table_.store->gather(rows.data() + begin, count, cells.data());
        corruption.corrupt(MatrixView<const float>{clean.data(), count, features},
                           MatrixView<float>{shown.data(), count, features}, {pass, begin},
                           MatrixView<float>{taken.data(), count, features});
        const Panels<float> input = panels.view().first_rows(count);
        to_panels<float>(shown.data(), features, input, {0, count});
        from_panels<float>(inference.reconstruct(input, 0), shown.data(), features, {0, count});
        for (Index row = 0; row < count; ++row) {
          add(cells.row(row), shown.row(row), taken.row(row));
        }
      }
    }
  }

  Donors result() {
    Donors donors;
    for (std::vector<Pair>& pairs : found_) donors.push_back(thinned(pairs));
    return donors;
  }

 private:
  const Encoding& encoding() const { return model_.saved.encoding; }

  void add(const double* cells, const float* expected, const float* taken) {
    for (std::size_t c = 0; c < found_.size(); ++c) {
      const ColumnEncoding& column = encoding().columns[c];
      if (column.dropped || column.column.kind != ColumnKind::kNumeric) continue;
      const Index f = column.first_feature;
      if (taken[f] == 0) continue;
      const auto feature = static_cast<double>(expected[f]);
      found_[c].push_back({value_of(encoding(), column, feature), cells[c]});
    }
  }

  static ColumnDonors thinned(std::vector<Pair>& pairs) {
    std::ranges::sort(pairs, [](const Pair& a, const Pair& b) {
      return std::pair(a.expected, a.value) < std::pair(b.expected, b.value);
    });
    ColumnDonors donors;
    const Index count = std::min<Index>(std::ssize(pairs), kMostDonors);
    for (Index i = 0; i < count; ++i) {
      const Pair& pair = pairs[static_cast<std::size_t>(i * std::ssize(pairs) / count)];
      donors.expected.push_back(pair.expected);
      donors.values.push_back(pair.value);
    }
    return donors;
  }

  const TrainedModel& model_;
  const Table& table_;
  ThreadPool& pool_;
  std::vector<std::vector<Pair>> found_;  // by column
};

}  // namespace

Donors find_donors(const TrainedModel& model, const Table& table,
                   const std::vector<std::vector<Index>>& folds, ThreadPool& pool) {
  DonorSearch search(model, table, pool);
  const std::uint64_t seed = model.saved.spec.seed;
  if (folds.empty()) {
    search.look_through(model, some_of(all_rows(table.rows()), kMostRows, seed));
    return search.result();
  }
  const Index parts = std::ssize(folds);
  for (Index k = 0; k < parts; ++k) {
    search.look_through(every_nth_member(model, k, parts),
                        some_of(folds[static_cast<std::size_t>(k)], kMostRows / parts, seed));
  }
  return search.result();
}

}  // namespace hourglass
