#include "data/encoding.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "base/random.h"
#include "data/scaling.h"
#include "hourglass/error.h"
#include "test_table.h"

namespace hourglass {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr Scaling kEveryScaling[] = {Scaling::kStandard, Scaling::kMinMax,  Scaling::kRobust,
                                     Scaling::kNone,     Scaling::kCentred, Scaling::kLog,
                                     Scaling::kTfIdf};

Encoding learn(const Table& table, Scaling scaling, std::vector<std::string>* notes = nullptr) {
  EncodingOptions options;
  options.scaling = scaling;
  return learn_encoding(table, all_rows(table), options, notes);
}

std::vector<float> encode_all(const Encoding& encoding, const Table& table,
                              std::vector<float>* mask = nullptr) {
  const auto size = static_cast<std::size_t>(table.rows() * encoding.features);
  std::vector<float> features(size, 99);
  if (mask != nullptr) mask->assign(size, 99);
  encode_rows(encoding, raw_values(table).data(), table.rows(), features.data(),
              mask != nullptr ? mask->data() : nullptr);
  return features;
}

std::vector<double> decode_all(const Encoding& encoding, const std::vector<float>& features,
                               Index rows) {
  std::vector<double> raw(static_cast<std::size_t>(rows * encoding.table_columns()), 99);
  decode_rows(encoding, features.data(), rows, raw.data());
  return raw;
}

ErrorKind kind_of_error(const std::function<void()>& work, std::string* message = nullptr) {
  try {
    work();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kFailed;
}

TEST(Scaling, ShiftAndScaleAreTheTextbooks) {
  // One column 1, 2, 3, 4, 10: mean 4, variance 10, median 3, quartiles 2 and 4.
  const Table table = make_table(1, {1, 2, 3, 4, 10});
  const auto check = [&](Scaling scaling, double shift, double scale) {
    const Encoding encoding = learn(table, scaling);
    EXPECT_DOUBLE_EQ(encoding.columns[0].shift, shift) << info(scaling).name;
    EXPECT_DOUBLE_EQ(encoding.columns[0].scale, scale) << info(scaling).name;
    EXPECT_EQ(encoding.columns[0].observed_min, 1);
    EXPECT_EQ(encoding.columns[0].observed_max, 10);
  };
  check(Scaling::kStandard, 4, std::sqrt(10));
  check(Scaling::kMinMax, 1, 9);
  check(Scaling::kRobust, 3, 2 / 1.349);
  check(Scaling::kNone, 0, 1);
  check(Scaling::kCentred, 4, std::sqrt(10));
}

TEST(Scaling, CentredDividesAllColumnsByOneScale) {
  // Variances 1 and 25: their mean is 13.
  const Encoding encoding = learn(make_table(2, {1, 10, 3, 20}), Scaling::kCentred);
  EXPECT_DOUBLE_EQ(encoding.columns[0].scale, std::sqrt(13));
  EXPECT_DOUBLE_EQ(encoding.columns[1].scale, std::sqrt(13));
  EXPECT_DOUBLE_EQ(encoding.columns[0].shift, 2);
  EXPECT_DOUBLE_EQ(encoding.columns[1].shift, 15);
}

TEST(Scaling, LogKeepsZerosAndGivesAllOneScale) {
  const Table table = make_table(2, {0, 3, 1, 0, 0, 7, 4, 0});
  const Encoding encoding = learn(table, Scaling::kLog);
  double squares = 0;
  for (const double count : {3, 1, 7, 4}) squares += std::pow(std::log1p(count), 2);
  EXPECT_EQ(encoding.columns[0].shift, 0);
  EXPECT_NEAR(encoding.columns[0].scale, std::sqrt(squares / 8), 1e-12);
  EXPECT_EQ(encoding.columns[0].scale, encoding.columns[1].scale);
  const std::vector<float> features = encode_all(encoding, table);
  EXPECT_EQ(features[0], 0);
  EXPECT_NEAR(features[1], std::log(4) / encoding.columns[1].scale, 1e-6);
}

TEST(Scaling, TfIdfWeighsRareColumnsMore) {
  // In 3 and in 1 of 4 rows.
  const Table table = make_table(2, {1, 0, 1, 5, 2, 0, 0, 0});
  const Encoding encoding = learn(table, Scaling::kTfIdf);
  const double often = std::log(5.0 / 4) + 1, rare = std::log(5.0 / 2) + 1;
  EXPECT_NEAR(encoding.columns[0].scale / encoding.columns[1].scale, rare / often, 1e-12);
  double mean = 0;
  for (const float feature : encode_all(encoding, table)) mean += feature * feature / 8;
  EXPECT_NEAR(mean, 1, 1e-6);
}

TEST(Scaling, CountsAreTakenByALossOfCounts) {
  EncodingOptions options;
  options.needs_counts = true;
  const Table counts = make_table(1, {0, 2, 5});
  EXPECT_EQ(learn_encoding(counts, all_rows(counts), options, nullptr).scaling, Scaling::kLog);
  const Table others = make_table(1, {0, -2, 5});
  EXPECT_EQ(kind_of_error([&] { learn_encoding(others, all_rows(others), options, nullptr); }),
            ErrorKind::kData);
}

TEST(Scaling, RobustWithoutQuartileRangeFallsBackToDeviation) {
  const Encoding encoding = learn(make_table(1, {5, 5, 5, 5, 5, 5, 5, 13}), Scaling::kRobust);
  EXPECT_EQ(encoding.columns[0].shift, 5);
  EXPECT_DOUBLE_EQ(encoding.columns[0].scale, std::sqrt(7));
}

TEST(Scaling, MissingCellsCountNowhere) {
  for (const Scaling scaling : kEveryScaling) {
    const Encoding whole = learn(make_table(1, {1, 2, 6}), scaling);
    const Encoding holes = learn(make_table(1, {kMissing, 1, kMissing, 2, 6, INFINITY}), scaling);
    EXPECT_DOUBLE_EQ(whole.columns[0].shift, holes.columns[0].shift);
    EXPECT_DOUBLE_EQ(whole.columns[0].scale, holes.columns[0].scale);
  }
}

TEST(Scaling, KeepsItsDigitsBesideALargeOffset) {
  std::vector<double> values;
  for (int i = 0; i < 20000; ++i) values.push_back(1e9 + i % 2);
  const Encoding encoding = learn(make_table(1, values), Scaling::kStandard);
  EXPECT_NEAR(encoding.columns[0].shift, 1e9 + 0.5, 1e-6);
  EXPECT_NEAR(encoding.columns[0].scale, 0.5, 1e-9);
}

TEST(Scaling, ManyBlocksGiveTheSameAsOneSum) {
  RandomStream random(3, RandomPurpose::kProbe);
  std::vector<double> values;
  long double sum = 0;
  for (int i = 0; i < 30000; ++i) {
    values.push_back(random.normal() * 7 + i * 1e-3);  // drifts, so that blocks differ
    sum += values.back();
  }
  const long double mean = sum / 30000;
  long double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const Encoding encoding = learn(make_table(1, values, true), Scaling::kStandard);
  EXPECT_NEAR(encoding.columns[0].shift, static_cast<double>(mean), 1e-11);
  EXPECT_NEAR(encoding.columns[0].scale, static_cast<double>(std::sqrt(squares / 30000)), 1e-11);
}

TEST(Scaling, ExtremeNumbersStillGiveFiniteFeatures) {
  for (const Scaling scaling :
       {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kCentred}) {
    for (const double size : {1e308, 1e200, 1e-200, 1e-308}) {
      const Table table = make_table(1, {-size, size, 0, size / 2});
      for (const float feature : encode_all(learn(table, scaling), table)) {
        EXPECT_TRUE(std::isfinite(feature)) << info(scaling).name << " at " << size;
      }
    }
  }
}

TEST(Scaling, QuartilesBeyondAMillionRowsComeFromAnEvenSample) {
  constexpr Index kRows = 2'500'000;
  std::vector<double> values(kRows);
  for (Index i = 0; i < kRows; ++i) values[static_cast<std::size_t>(i)] = static_cast<double>(i);
  const Table table = make_table(1, std::move(values));
  const Encoding encoding = learn(table, Scaling::kRobust);
  EXPECT_NEAR(encoding.columns[0].shift, kRows / 2.0, 5);
  EXPECT_NEAR(encoding.columns[0].scale * 1.349, kRows / 2.0, 10);
}

TEST(Scaling, AutoFollowsLossAndDataAndSaysSo) {
  const auto chosen = [](bool unit_interval, bool needs) {
    Table table = make_table(1, {0, 0.5, 1});
    table.unit_interval = unit_interval;
    EncodingOptions options;
    options.needs_unit_interval = needs;
    std::vector<std::string> notes;
    const Scaling scaling = learn_encoding(table, all_rows(table), options, &notes).scaling;
    EXPECT_EQ(notes.size(), 1u);
    EXPECT_NE(notes.at(0).find(info(scaling).name), std::string::npos) << notes.at(0);
    return scaling;
  };
  EXPECT_EQ(chosen(false, false), Scaling::kStandard);
  EXPECT_EQ(chosen(false, true), Scaling::kMinMax);
  EXPECT_EQ(chosen(true, false), Scaling::kNone);
  EXPECT_EQ(chosen(true, true), Scaling::kNone);
}

TEST(Scaling, RefusesWhatTheLossCannotTake) {
  const auto learn_for_unit_interval = [](Scaling scaling, double largest) {
    EncodingOptions options;
    options.scaling = scaling;
    options.needs_unit_interval = true;
    const Table table = make_table(1, {0, 0.5, largest});
    learn_encoding(table, all_rows(table), options, nullptr);
  };
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kRobust, Scaling::kCentred}) {
    EXPECT_EQ(kind_of_error([&] { learn_for_unit_interval(scaling, 1); }), ErrorKind::kUsage);
  }
  EXPECT_EQ(kind_of_error([&] { learn_for_unit_interval(Scaling::kNone, 1.5); }),
            ErrorKind::kUsage);
  EXPECT_NO_THROW(learn_for_unit_interval(Scaling::kNone, 1));
  EXPECT_NO_THROW(learn_for_unit_interval(Scaling::kMinMax, 1.5));
}

TEST(Encoding, OneHotWithOther) {
  Table table = make_table(2, {0, 5, 1, 6, 2, 7, -1, 8, kMissing, 9});
  table.columns = {categorical("colour", {"red", "green", "blue"}), numeric("petal width")};
  const Encoding encoding = learn(table, Scaling::kNone);
  ASSERT_EQ(encoding.features, 5);
  EXPECT_TRUE(encoding.has_categories());
  EXPECT_EQ(encoding.feature_name(0), "colour=red");
  EXPECT_EQ(encoding.feature_name(2), "colour=blue");
  EXPECT_EQ(encoding.feature_name(3), "colour=(other)");
  EXPECT_EQ(encoding.feature_name(4), "petal width");
  EXPECT_EQ(encoding.feature_column(3), 0);
  EXPECT_EQ(encoding.feature_column(4), 1);

  std::vector<float> mask;
  const std::vector<float> expected = {1, 0, 0, 0, 5, 0, 1, 0, 0, 6, 0, 0, 1,
                                       0, 7, 0, 0, 0, 1, 8, 0, 0, 0, 0, 9};
  EXPECT_EQ(encode_all(encoding, table, &mask), expected);
  for (std::size_t i = 0; i < mask.size(); ++i) EXPECT_EQ(mask[i], i >= 20 && i < 24 ? 0 : 1);
  const std::vector<double> raw = decode_all(encoding, expected, 5);
  EXPECT_EQ(raw[4], 2);
  EXPECT_EQ(raw[6], -1);
}

TEST(Encoding, RareAndUnseenLevelsBecomeOther) {
  // Level 0 three times, 1 once, 2 twice, 3 only in a row not trained on.
  Table table = make_table(1, {0, 0, 0, 1, 2, 2, 3});
  table.columns = {categorical("c", {"a", "b", "c", "d"})};
  EncodingOptions options;
  options.max_levels = 2;
  const Encoding encoding = learn_encoding(table, {0, 1, 2, 3, 4, 5}, options, nullptr);
  ASSERT_EQ(encoding.features, 3);
  EXPECT_EQ(encoding.feature_name(0), "c=a");
  EXPECT_EQ(encoding.feature_name(1), "c=c");
  const std::vector<float> features = encode_all(encoding, table);
  EXPECT_EQ(std::vector<float>(features.begin() + 9, features.end()),
            (std::vector<float>{0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(decode_all(encoding, features, 7), (std::vector<double>{0, 0, 0, -1, 2, 2, -1}));
}

TEST(Encoding, ConstantColumnsAreDroppedNamedAndPutBack) {
  Table table = make_table(4, {7, 1, 0, kMissing, 7, 2, 0, kMissing});
  table.columns = {numeric("seven"), numeric("x"), categorical("c", {"only"}), numeric("empty")};
  std::vector<std::string> notes;
  const Encoding encoding = learn(table, Scaling::kNone, &notes);
  ASSERT_EQ(encoding.features, 1);
  EXPECT_EQ(encoding.feature_name(0), "x");
  EXPECT_EQ(encoding.feature_column(0), 1);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("seven, c, empty"), std::string::npos) << notes[0];
  const std::vector<double> raw = decode_all(encoding, encode_all(encoding, table), 2);
  EXPECT_EQ(raw[0], 7);
  EXPECT_EQ(raw[5], 2);
  EXPECT_EQ(raw[2], 0);
  EXPECT_TRUE(std::isnan(raw[3]));
}

TEST(Encoding, ManyDroppedColumnsAreCounted) {
  std::vector<double> row(50, 3);
  std::vector<double> values = row;
  row[20] = 4;
  values.insert(values.end(), row.begin(), row.end());
  std::vector<std::string> notes;
  const Encoding encoding = learn(make_table(50, values), Scaling::kNone, &notes);
  EXPECT_EQ(encoding.feature_name(0), "column 21");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("49 columns"), std::string::npos) << notes[0];
}

TEST(Encoding, ImagesKeepTheirConstantPixels) {
  Table table = make_table(6, {0, .1, .2, .3, 0, 1, 0, .4, .5, .6, 0, 1});
  table.sample_shape = {2, 3};
  for (const Scaling scaling : kEveryScaling) {
    const Encoding encoding = learn(table, scaling);
    EXPECT_EQ(encoding.features, 6);
    EXPECT_EQ(encoding.feature_name(5), "pixel 2,3");
    const std::vector<double> raw = decode_all(encoding, encode_all(encoding, table), 2);
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(raw[i], raw_values(table)[i], 1e-6);
  }
}

TEST(Encoding, OneRowKeepsItsColumns) {
  Table table = make_table(2, {4, 0});
  table.columns = {numeric("x"), categorical("c", {"a"})};
  const Encoding encoding = learn(table, Scaling::kStandard);
  EXPECT_EQ(encode_all(encoding, table), (std::vector<float>{0, 1, 0}));
  EXPECT_EQ(decode_all(encoding, {0, 1, 0}, 1), (std::vector<double>{4, 0}));
}

TEST(Encoding, NothingLeftIsADataError) {
  std::string message;
  const Table table = make_table(2, {1, 2, 1, 2});
  EXPECT_EQ(kind_of_error([&] { learn(table, Scaling::kNone); }, &message), ErrorKind::kData);
  EXPECT_NE(message.find("data.csv"), std::string::npos);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

// A table with every kind of column: 5 numeric of very different sizes, a category, holes.
Table random_table(std::uint64_t seed, Index rows) {
  RandomStream random(seed, RandomPurpose::kProbe);
  std::vector<double> values;
  for (Index r = 0; r < rows; ++r) {
    for (const double size : {1e-6, 1.0, 1e6}) values.push_back(size * (3 + random.normal()));
    values.push_back(random.below(12) == 0 ? kMissing : random.uniform());
    values.push_back(static_cast<double>(random.below(3)));
    values.push_back(static_cast<double>(random.below(6)) - 1);  // a level, or −1
  }
  Table table = make_table(6, values);
  table.columns = {numeric("tiny"),  numeric("one"),
                   numeric("large"), numeric("holes"),
                   numeric("count"), categorical("level", {"a", "b", "c", "d", "e"})};
  return table;
}

TEST(Encoding, DecodingUndoesEncoding) {
  for (const Scaling scaling : kEveryScaling) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Table table = random_table(seed, 40);
      const Encoding encoding = learn(table, scaling);
      std::vector<float> mask;
      const std::vector<double> raw = raw_values(table);
      const std::vector<float> features = encode_all(encoding, table, &mask);
      const std::vector<double> back = decode_all(encoding, features, table.rows());
      for (std::size_t i = 0; i < raw.size(); ++i) {
        const ColumnEncoding& column = encoding.columns[i % 6];
        if (std::isnan(raw[i])) {
          const std::size_t feature =
              i / 6 * encoding.features + static_cast<std::size_t>(column.first_feature);
          EXPECT_EQ(features[feature], 0);
          EXPECT_EQ(mask[feature], 0);
        } else {
          // A float's half unit in the last place, in the column's own unit, plus the shift's.
          const double bound = 1.2e-7 * (std::abs(raw[i] - column.shift) + 1e-7 * column.scale) +
                               1e-15 * std::abs(raw[i]);
          // Of a logarithm: what that makes of the value.
          const double level = std::log1p(std::abs(raw[i]));
          const double bent = 1.2e-7 * (1 + std::abs(raw[i])) * (level + 1e-6 * column.scale);
          EXPECT_NEAR(back[i], raw[i], is_logarithmic(scaling) ? bent : bound)
              << column.column.name << info(scaling).name;
        }
      }
    }
  }
}

TEST(Encoding, RowsNotTrainedOnChangeNothing) {
  std::vector<Index> training;
  for (Index r = 0; r < 60; ++r) {
    if (r % 4 != 0) training.push_back(r);
  }
  for (const Scaling scaling : kEveryScaling) {
    Table table = random_table(1, 60);
    EncodingOptions options;
    options.scaling = scaling;
    const Encoding before = learn_encoding(table, training, options, nullptr);
    std::vector<double> values = raw_values(table);
    for (Index r = 0; r < 60; r += 4) {
      for (Index c = 0; c < 5; ++c) values[static_cast<std::size_t>(r * 6 + c)] += 1e9;
      values[static_cast<std::size_t>(r * 6 + 5)] = 4;
    }
    table.store = std::make_shared<TestStore>(6, values);
    const Encoding after = learn_encoding(table, training, options, nullptr);
    // The order of the rows is no matter either.
    const Encoding reversed =
        learn_encoding(table, {training.rbegin(), training.rend()}, options, nullptr);
    for (std::size_t c = 0; c < 6; ++c) {
      EXPECT_EQ(before.columns[c].shift, after.columns[c].shift);
      EXPECT_EQ(before.columns[c].scale, after.columns[c].scale);
      EXPECT_EQ(before.columns[c].observed_max, after.columns[c].observed_max);
      EXPECT_EQ(before.columns[c].kept_levels, after.columns[c].kept_levels);
      EXPECT_EQ(after.columns[c].scale, reversed.columns[c].scale);
    }
  }
}

TEST(Encoding, AHundredThousandColumns) {
  constexpr Index kCols = 100'000;
  RandomStream random(0, RandomPurpose::kProbe);
  std::vector<double> values(kCols * 3);
  for (double& value : values) value = random.uniform();
  const Table table = make_table(kCols, values, true);
  const Encoding encoding = learn(table, Scaling::kRobust);
  EXPECT_EQ(encoding.features, kCols);
  EXPECT_EQ(encoding.feature_name(99'999), "column 100000");
}

TEST(CheckTableFits, NamesWhatDiffers) {
  Table trained = make_table(2, {0, 1, 1, 2});
  trained.columns = {categorical("c", {"a", "b"}), numeric("x")};
  const Encoding encoding = learn(trained, Scaling::kNone);
  EXPECT_NO_THROW(check_table_fits(encoding, trained));

  const auto message_for = [&](Table table) {
    std::string message;
    EXPECT_EQ(kind_of_error([&] { check_table_fits(encoding, table); }, &message),
              ErrorKind::kData);
    return message;
  };
  EXPECT_EQ(message_for(make_table(3, {1, 2, 3})),
            "data.csv has 3 columns, the model was trained on 2");
  Table other = trained;
  other.columns[1].name = "y";
  EXPECT_NE(message_for(other).find("column 2 is 'y'"), std::string::npos);
  other = trained;
  other.columns[0] = numeric("c");
  EXPECT_NE(message_for(other).find("holds numbers"), std::string::npos);
  other = trained;
  other.columns[0].levels = {"b", "a"};
  EXPECT_NE(message_for(other).find("categories"), std::string::npos);
  other = trained;
  other.columns.clear();
  EXPECT_NE(message_for(other).find("column 1"), std::string::npos);
}

}  // namespace
}  // namespace hourglass
