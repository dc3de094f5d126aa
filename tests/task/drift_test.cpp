#include "task/drift.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <memory>

#include "base/random.h"
#include "data/encoded_rows.h"
#include "data/row_store.h"

namespace hourglass {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

class Rows final : public RowStore {
 public:
  explicit Rows(std::vector<std::vector<double>> values) : values_(std::move(values)) {}
  Index rows() const override { return std::ssize(values_); }
  Index cols() const override { return std::ssize(values_[0]); }
  void read(Index begin, Index end, double* out) const override {
    for (Index r = begin; r < end; ++r) out = copy(r, out);
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) out = copy(rows[i], out);
  }
  bool in_memory() const override { return true; }

 private:
  double* copy(Index row, double* out) const {
    const std::vector<double>& from = values_[static_cast<std::size_t>(row)];
    return std::copy(from.begin(), from.end(), out);
  }
  std::vector<std::vector<double>> values_;
};

using DrawRow = std::function<std::vector<double>(RandomStream&)>;

// A normal number, one that is mostly 0, a category of four, a number that is often missing.
std::vector<double> usual_row(RandomStream& random) {
  const double u = random.uniform();
  return {random.normal(), u < 0.8 ? 0 : u, static_cast<double>(random.below(4)),
          random.uniform() < 0.1 ? kMissing : random.normal()};
}

Table table_of(const DrawRow& draw, Index rows, std::uint64_t seed) {
  RandomStream random(1, RandomPurpose::kProbe, seed);
  std::vector<std::vector<double>> values;
  for (Index i = 0; i < rows; ++i) values.push_back(draw(random));
  Table table;
  table.store = std::make_shared<Rows>(std::move(values));
  table.columns = {{"x", ColumnKind::kNumeric, {}},
                   {"count", ColumnKind::kNumeric, {}},
                   {"colour", ColumnKind::kCategorical, {"red", "green", "blue", "grey"}},
                   {"y", ColumnKind::kNumeric, {}}};
  table.sample_shape = {4};
  return table;
}

SavedModel model_of(const Table& table) {
  ThreadPool pool(1);
  SavedModel saved;
  std::vector<Index> rows;
  for (Index i = 0; i < table.rows(); ++i) rows.push_back(i);
  saved.encoding = learn_encoding(table, rows, {}, nullptr);
  saved.columns = summarise_columns(table, pool);
  return saved;
}

std::vector<ColumnCounts> counts_of(const SavedModel& saved, const Table& table, Index piece_rows,
                                    int threads) {
  ThreadPool pool(threads);
  const auto rows = stream_rows(table, nullptr, piece_rows);
  ColumnCounter counter(saved.columns, *rows);
  run(RowPass{.encoding = saved.encoding, .block_rows = 8, .visit = [](const EncodedRows&) {}},
      counter, pool);
  return counter.counts();
}

std::vector<ColumnDrift> drift_of(const SavedModel& saved, const DrawRow& draw, Index rows,
                                  std::uint64_t seed) {
  return find_drift(saved, counts_of(saved, table_of(draw, rows, seed), 100, 1));
}

TEST(Drift, OfTheTrainingDataItselfThereIsNone) {
  const Table table = table_of(usual_row, 3000, 0);
  const SavedModel saved = model_of(table);
  const auto counts = counts_of(saved, table, 100, 1);
  for (std::size_t c = 0; c < 4; ++c) {
    double there = 0;
    for (const double count : counts[c].cells) there += count;
    EXPECT_EQ(there + counts[c].missing, 3000);
    for (std::size_t cell = 0; cell < counts[c].cells.size(); ++cell) {
      EXPECT_NEAR(counts[c].cells[cell] / there, saved.columns.columns[c].shares[cell], 1e-9);
    }
  }
  EXPECT_TRUE(find_drift(saved, counts).empty());
}

TEST(Drift, IsNotSeenInRowsDrawnLikeTheTrainingData) {
  for (const Index training_rows : {200, 3000}) {
    const SavedModel saved = model_of(table_of(usual_row, training_rows, 0));
    int warned = 0;
    for (int batch = 0; batch < 100; ++batch) {
      const Index rows = 50 + batch * 1950 / 99;
      warned +=
          drift_of(saved, usual_row, rows, static_cast<std::uint64_t>(batch) + 1).empty() ? 0 : 1;
    }
    EXPECT_LE(warned, 1) << training_rows;
  }
}

TEST(Drift, NamesColumnsAndWhatChangedInThem) {
  const SavedModel saved = model_of(table_of(usual_row, 3000, 0));
  const auto changed = [&](const DrawRow& draw) { return drift_of(saved, draw, 1000, 9); };
  const auto only = [&](const DrawRow& draw, const std::string& column, const std::string& says) {
    const std::vector<ColumnDrift> drift = changed(draw);
    ASSERT_EQ(drift.size(), 1U) << column;
    EXPECT_EQ(drift[0].column, column);
    EXPECT_NE(drift[0].change.find(says), std::string::npos) << drift[0].change;
  };
  const auto with = [](std::size_t column, const std::function<double(double)>& change) {
    return [=](RandomStream& random) {
      std::vector<double> row = usual_row(random);
      row[column] = change(row[column]);
      return row;
    };
  };
  only(with(0, [](double x) { return x + 1; }), "x", "median ");
  only(with(0, [](double x) { return x + 100; }), "x", "median above 3");
  only(with(0, [](double x) { return 3 * x; }), "x", " %");
  only(with(1, [](double x) { return x == 0 ? -1 : x; }), "count", "median below 0, was 0");
  only(with(2, [](double level) { return level == 2 ? -1.0 : level; }), "colour", " %, was ");
  only(with(2, [](double level) { return level == 2 ? 0.0 : level; }), "colour", ", was 2");
  only(with(3, [](double y) { return std::fmod(std::abs(y) * 1000, 1) < 0.5 ? kMissing : y; }), "y",
       "missing 5");
}

TEST(Drift, ATenthOfAnomaliesIsNone) {
  const SavedModel saved = model_of(table_of(usual_row, 3000, 0));
  int row = 0;
  const auto mixed = [&](RandomStream& random) {
    std::vector<double> values = usual_row(random);
    if (row++ % 11 == 0) values[0] += 50;
    return values;
  };
  EXPECT_TRUE(drift_of(saved, mixed, 20000, 3).empty());
}

// Of a long stream a part is counted, spread evenly over it, and the same by any number of threads.
TEST(Drift, LongStreamsAreSampledEvenly) {
  int row = 0;
  const auto rising = [&](RandomStream& random) {
    std::vector<double> values = usual_row(random);
    values[0] = row++;
    return values;
  };
  constexpr Index kRows = 20000;
  const Table table = table_of(rising, kRows, 0);
  const SavedModel saved = model_of(table);
  const auto one = counts_of(saved, table, 10, 1);
  const auto three = counts_of(saved, table, 10, 3);
  double counted = 0;
  double below = 0;
  for (std::size_t cell = 0; cell < one[0].cells.size(); ++cell) {
    EXPECT_EQ(one[0].cells[cell], three[0].cells[cell]);
    counted += one[0].cells[cell];
    if (cell <= one[0].cells.size() / 2) below += one[0].cells[cell];
  }
  EXPECT_GE(counted, 160);
  EXPECT_LE(counted, 320);
  EXPECT_NEAR(below / counted, 0.5, 0.04);
}

TEST(Drift, ScoresThatAreShiftedAreToldThoughNoColumnIs) {
  SavedModel saved;
  saved.calibration.rows = 1000;
  std::vector<double> uniform, small;
  for (int i = 1; i <= 500; ++i) {
    uniform.push_back(i / 500.0);
    small.push_back(i / 500.0 * i / 500.0);
  }
  EXPECT_TRUE(drift_warning({}, saved, uniform, true).empty());
  EXPECT_EQ(drift_warning({}, saved, small, true).size(), 1U);
  EXPECT_TRUE(drift_warning({}, saved, small, false).empty());
}

TEST(Drift, ModelsWithoutASummarySayNothing) {
  const Table table = table_of(usual_row, 300, 0);
  SavedModel saved = model_of(table);
  saved.columns = {};
  EXPECT_TRUE(find_drift(saved, counts_of(saved, table, 100, 1)).empty());
}

}  // namespace
}  // namespace hourglass
