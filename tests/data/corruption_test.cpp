#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

#include "base/error.h"
#include "data/corruptor.h"
#include "test_table.h"

namespace hourglass {
namespace {

constexpr Index kSide = 20;
constexpr Index kPixels = kSide * kSide;

// Images whose numbers lie in [0, 1] and are taken as they are.
Encoding image_encoding() {
  Encoding encoding;
  encoding.scaling = Scaling::kNone;
  encoding.unit_interval = true;
  encoding.sample_shape = {kSide, kSide};
  encoding.columns.resize(kPixels);
  encoding.lay_out_features();
  return encoding;
}

// A number scaled by half, seen from −3 to 5; a category of three levels and "other"; a number.
Encoding mixed_encoding() {
  Encoding encoding;
  encoding.sample_shape = {3};
  encoding.columns.resize(3);
  encoding.columns[0].shift = 1;
  encoding.columns[0].scale = 2;
  encoding.columns[0].observed_min = -3;
  encoding.columns[0].observed_max = 5;
  encoding.columns[1].column = categorical("colour", {"red", "green", "blue"});
  encoding.columns[2].observed_max = 1;
  encoding.lay_out_features();
  return encoding;
}

std::shared_ptr<const Recording> ramp_recording() {
  auto recording = std::make_shared<Recording>();
  for (int i = 0; i < 5000; ++i)
    recording->series.push_back(std::sin(0.37f * float(i)) + 0.001f * float(i % 7));
  return recording;
}

Corruptor corruptor_of(std::vector<std::string> list, const Encoding& encoding,
                       std::uint64_t seed = 1) {
  std::vector<CorruptionSpec> specs;
  for (const std::string& entry : list) specs.push_back(parse_corruption("corrupt", entry));
  return Corruptor(specs, encoding, seed, ramp_recording());
}

// Corrupted copies of `rows` samples whose features are all `value`.
Matrix<float> corrupted(const Corruptor& corruptor, Index features, float value, Index rows,
                        int threads = 1, const SamplePlace& first = {1, 0}) {
  Matrix<float> clean(rows, features);
  std::fill_n(clean.data(), rows * features, value);
  Matrix<float> result(rows, features);
  ThreadPool pool(threads);
  BlockCorruptor(corruptor, features, pool).corrupt(clean.view(), result.view(), first);
  return result;
}

Matrix<float> corrupted_images(const std::string& entry, float value, Index rows = 500) {
  return corrupted(corruptor_of({entry}, image_encoding()), kPixels, value, rows);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};
Moments moments(const Matrix<float>& values) {
  const double n = double(values.rows() * values.cols());
  Moments m;
  for (Index i = 0; i < values.rows() * values.cols(); ++i) m.mean += double(values.data()[i]) / n;
  for (Index i = 0; i < values.rows() * values.cols(); ++i) {
    m.variance += std::pow(double(values.data()[i]) - m.mean, 2) / n;
  }
  return m;
}

double share_of_value(const Matrix<float>& values, float value) {
  return double(std::count(values.data(), values.data() + values.rows() * values.cols(), value)) /
         double(values.rows() * values.cols());
}

// Five standard errors of a share measured on the 200,000 pixels of 500 images.
double share_error(double share) { return 5 * std::sqrt(share * (1 - share) / (500.0 * kPixels)); }

TEST(Corruption, EveryRowIsCompleteAndComesBackFromItsText) {
  int position = 0;
  for (const CorruptionInfo& row : corruptions()) {
    EXPECT_EQ(static_cast<int>(row.corruption), position++);
    EXPECT_LT(row.lowest, row.highest);
    for (const std::string level : {"0.25", "0-0.5", "0.001-1"}) {
      const std::string text = std::string(row.name) + ":" + level;
      EXPECT_EQ(print_corruption(parse_corruption("corrupt", text)), text);
    }
  }
  for (const std::string text : {"recording:-5", "recording:-10--5", "recording:-5-10"}) {
    EXPECT_EQ(print_corruption(parse_corruption("corrupt", text)), text);
  }
}

std::string refused(const std::string& entry) {
  try {
    parse_corruption("corrupt", entry);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(Corruption, RefusesWithWhatToGive) {
  EXPECT_EQ(
      refused("gausian:1"),
      "corrupt = gausian:1 is unknown: did you mean gaussian? give one of gaussian, masking, "
      "salt-pepper, ones, cauchy, uniform, rectangles, strokes, pixels, holes, recording, white, "
      "warp, "
      "each with a level, e.g. "
      "gaussian:0.3");
  const std::string wanted =
      ": give masking:LEVEL or masking:LOW-HIGH, the level being the share of columns, from 0 to 1";
  EXPECT_EQ(refused("masking"), "corrupt = masking has no level" + wanted);
  for (const std::string level : {"", "x", "0.5x", "0.1-", "0.1-x", "0.1-0.2-0.3", "nan", "inf"}) {
    EXPECT_EQ(refused("masking:" + level), "corrupt = masking:" + level +
                                               " has a level that is neither a number nor a range" +
                                               wanted);
  }
  EXPECT_EQ(refused("masking:0.5-0.2"),
            "corrupt = masking:0.5-0.2 has a range from high to low" + wanted);
  for (const std::string level : {"1.5", "-0.1", "0.5-2"}) {
    EXPECT_EQ(refused("masking:" + level),
              "corrupt = masking:" + level + " is out of range" + wanted);
  }
}

TEST(Corruption, GaussianNoiseHasItsStandardDeviation) {
  const Moments m = moments(corrupted_images("gaussian:0.3", 0.5f));
  EXPECT_NEAR(m.mean, 0.5, 5 * 0.3 / std::sqrt(500.0 * kPixels));
  EXPECT_NEAR(std::sqrt(m.variance), 0.3, 0.3 * 5 / std::sqrt(2 * 500.0 * kPixels));
}

TEST(Corruption, UniformNoiseFillsItsWidth) {
  const Matrix<float> values = corrupted_images("uniform:0.4", 0.5f);
  const Moments m = moments(values);
  EXPECT_NEAR(m.mean, 0.5, 5 * 0.4 / std::sqrt(3 * 500.0 * kPixels));
  EXPECT_NEAR(m.variance, 0.4 * 0.4 / 3, 0.001);
  const auto [low, high] = std::minmax_element(values.data(), values.data() + 500 * kPixels);
  EXPECT_NEAR(*low, 0.1, 1e-4);
  EXPECT_NEAR(*high, 0.9, 1e-4);
}

TEST(Corruption, CauchyNoiseHasItsQuartilesAndItsCut) {
  const Matrix<float> values = corrupted_images("cauchy:0.2", 0);
  const Index n = 500 * kPixels;
  double within = 0;
  double at_cut = 0;
  for (Index i = 0; i < n; ++i) {
    within += std::abs(values.data()[i]) < 0.2f ? 1 : 0;
    at_cut += std::abs(values.data()[i]) == 20.0f ? 1 : 0;
    ASSERT_LE(std::abs(values.data()[i]), 20.0f);
  }
  EXPECT_NEAR(within / double(n), 0.5, share_error(0.5));
  const double cut_off = 1 - 2 / std::numbers::pi * std::atan(100.0);
  EXPECT_NEAR(at_cut / double(n), cut_off, share_error(cut_off));
}

TEST(Corruption, MaskingBlanksItsShare) {
  const Matrix<float> values = corrupted_images("masking:0.3", 0.5f);
  EXPECT_NEAR(share_of_value(values, 0), 0.3, share_error(0.3));
  EXPECT_NEAR(share_of_value(values, 0.5f), 0.7, share_error(0.3));
}

TEST(Corruption, SaltAndPepperAreHalfAndHalf) {
  const Matrix<float> values = corrupted_images("salt-pepper:0.4", 0.5f);
  EXPECT_NEAR(share_of_value(values, 0), 0.2, share_error(0.2));
  EXPECT_NEAR(share_of_value(values, 1), 0.2, share_error(0.2));
  EXPECT_NEAR(share_of_value(values, 0.5f), 0.6, share_error(0.4));
}

TEST(Corruption, OnesSetsItsShareToTheHighest) {
  const Matrix<float> values = corrupted_images("ones:0.25", 0.5f);
  EXPECT_NEAR(share_of_value(values, 1), 0.25, share_error(0.25));
  EXPECT_NEAR(share_of_value(values, 0.5f), 0.75, share_error(0.25));
}

TEST(Corruption, ExtremesAreThoseOfTheTrainingRowsAsScaled) {
  const Corruptor corruptor = corruptor_of({"salt-pepper:1"}, mixed_encoding());
  const Matrix<float> values = corrupted(corruptor, 6, 0.5f, 200);
  Index low = 0;
  for (Index r = 0; r < 200; ++r) {
    EXPECT_TRUE(values.at(r, 0) == -2 || values.at(r, 0) == 2) << values.at(r, 0);
    EXPECT_TRUE(values.at(r, 5) == 0 || values.at(r, 5) == 1) << values.at(r, 5);
    low += values.at(r, 0) == -2 ? 1 : 0;
  }
  EXPECT_NEAR(double(low), 100, 5 * std::sqrt(50.0));
}

// Of the missing pixels of images that were 0.25 everywhere, the share with a missing one to the
// left or the right. Holes in images that are taken as they are become 0.5.
double share_beside_others(const Matrix<float>& holes) {
  double all = 0;
  double beside = 0;
  for (Index r = 0; r < holes.rows(); ++r) {
    for (Index p = 0; p < kPixels; ++p) {
      if (holes.at(r, p) != 0.5f) continue;
      const Index x = p % kSide;
      all += 1;
      beside +=
          (x > 0 && holes.at(r, p - 1) == 0.5f) || (x + 1 < kSide && holes.at(r, p + 1) == 0.5f);
    }
  }
  return beside / all;
}

TEST(Corruption, RectanglesCoverAboutTheirShareWithRectangles) {
  for (const double share : {0.05, 0.25, 0.6}) {
    const auto values = corrupted_images("rectangles:" + std::to_string(share), 0.25f);
    EXPECT_NEAR(share_of_value(values, 0.5f), share, 0.1 * share) << share;
  }
  // A single hole: every row of it is the same stretch.
  const Matrix<float> tiny = corrupted_images("rectangles:0.0025", 0.25f, 50);
  for (Index r = 0; r < 50; ++r) {
    EXPECT_EQ(std::count(tiny.row(r), tiny.row(r) + kPixels, 0.5f), 1);
  }
  EXPECT_GT(share_beside_others(corrupted_images("rectangles:0.25", 0.25f, 100)), 0.95);
}

TEST(Corruption, WarpMovesWhatIsThereAndNothingElse) {
  const auto warped = [](const std::string& entry) {
    Matrix<float> clean(50, kPixels), result(50, kPixels);
    for (Index r = 0; r < 50; ++r) {
      for (Index y = 8; y < 12; ++y) {
        for (Index x = 8; x < 12; ++x) clean.at(r, y * kSide + x) = 1;
      }
    }
    ThreadPool pool(1);
    const Corruptor corruptor = corruptor_of({entry}, image_encoding());
    BlockCorruptor(corruptor, kPixels, pool).corrupt(clean.view(), result.view(), {1, 0});
    return result;
  };
  const Matrix<float> same = warped("warp:0"), moved = warped("warp:1");
  double left_of_middle = 0, all = 0;
  for (Index r = 0; r < 50; ++r) {
    double sum = 0;
    for (Index p = 0; p < kPixels; ++p) {
      const bool inside = p / kSide >= 8 && p / kSide < 12 && p % kSide >= 8 && p % kSide < 12;
      EXPECT_NEAR(same.at(r, p), inside ? 1 : 0, 1e-6);
      EXPECT_GE(moved.at(r, p), 0);
      EXPECT_LE(moved.at(r, p), 1);
      sum += double(moved.at(r, p));
      if (p % kSide < 8) left_of_middle += double(moved.at(r, p));
    }
    EXPECT_GT(sum, 8);
    EXPECT_LT(sum, 34);
    all += sum;
  }
  EXPECT_GT(left_of_middle / all, 0.02);
}

TEST(Corruption, StrokesWipeOutTheirShareInLines) {
  for (const double share : {0.05, 0.25, 0.6}) {
    const auto values = corrupted_images("strokes:" + std::to_string(share), 0.25f);
    EXPECT_NEAR(share_of_value(values, 0.5f), share, 0.05 * share) << share;
  }
  const Matrix<float> strokes = corrupted_images("strokes:0.1", 0.25f, 100);
  EXPECT_GT(share_beside_others(strokes), 0.7);
  // Long for what they cover: they reach across more rows or columns than a square would.
  double reach = 0;
  for (Index r = 0; r < 100; ++r) {
    Index first = kPixels, last = 0, left = kSide, right = 0;
    for (Index p = 0; p < kPixels; ++p) {
      if (strokes.at(r, p) != 0.5f) continue;
      first = std::min(first, p / kSide);
      last = std::max(last, p / kSide);
      left = std::min(left, p % kSide);
      right = std::max(right, p % kSide);
    }
    reach += double(std::max(last - first, right - left) + 1);
  }
  EXPECT_GT(reach / 100, 1.5 * std::sqrt(0.1 * kPixels));
}

TEST(Corruption, PixelsAreScattered) {
  const Matrix<float> pixels = corrupted_images("pixels:0.2", 0.25f);
  EXPECT_NEAR(share_of_value(pixels, 0.5f), 0.2, share_error(0.2));
  // One of two neighbours is missing as often as chance has it (19 of 20 have two).
  EXPECT_NEAR(share_beside_others(pixels), 0.36, 0.03);
}

TEST(Corruption, HolesAreOfAllKinds) {
  const Matrix<float> holes = corrupted_images("holes:0.2", 0.25f);
  EXPECT_NEAR(share_of_value(holes, 0.5f), 0.2, 0.02);
  // Scattered pixels have neighbours in no more than about a third of the cases.
  Index scattered = 0;
  for (Index r = 0; r < 500; ++r) {
    Matrix<float> one(1, kPixels);
    std::copy_n(holes.row(r), kPixels, one.data());
    if (share_beside_others(one) < 0.6) ++scattered;
  }
  EXPECT_NEAR(double(scattered), 125, 5 * std::sqrt(500 * 0.25 * 0.75));
}

TEST(Corruption, HolesOfScaledImagesAreTheMean) {
  Encoding encoding = image_encoding();
  encoding.scaling = Scaling::kCentred;
  const auto values = corrupted(corruptor_of({"rectangles:0.25"}, encoding), kPixels, 1, 100);
  EXPECT_NEAR(share_of_value(values, 0), 0.25, 0.03);
  EXPECT_EQ(share_of_value(values, 0.5f), 0);
}

TEST(Corruption, TheMaskKeepsWhatIsCutOutAndWasThere) {
  const Corruptor corruptor = corruptor_of({"gaussian:0.1", "rectangles:0.25"}, image_encoding());
  Matrix<float> clean(20, kPixels), result(20, kPixels), mask(20, kPixels);
  std::fill_n(clean.data(), 20 * kPixels, 0.25f);
  // A tenth was missing before.
  for (Index i = 0; i < 20 * kPixels; ++i) mask.data()[i] = i % 10 == 3 ? 0.0f : 1.0f;
  ThreadPool pool(2);
  BlockCorruptor(corruptor, kPixels, pool)
      .corrupt(clean.view(), result.view(), {1, 0}, mask.view());
  double counted = 0;
  for (Index i = 0; i < 20 * kPixels; ++i) {
    const bool hole = result.data()[i] == 0.5f;
    EXPECT_EQ(mask.data()[i], hole && i % 10 != 3 ? 1.0f : 0.0f);
    counted += double(mask.data()[i]);
  }
  EXPECT_NEAR(counted / (20 * kPixels), 0.25 * 0.9, 0.03);
}

TEST(Corruption, ARecordingIsAddedAtItsSignalToNoiseRatio) {
  for (const double db : {-6.0, 0.0, 20.0}) {
    const auto values = corrupted_images("recording:" + std::to_string(db), 0.5f, 50);
    const auto recording = ramp_recording();
    const std::vector<float>& series = recording->series;
    std::vector<float> first_noise;
    for (Index r = 0; r < 50; ++r) {
      double power = 0;
      for (Index p = 0; p < kPixels; ++p) power += std::pow(double(values.at(r, p)) - 0.5, 2);
      EXPECT_NEAR(10 * std::log10(kPixels * 0.25 / power), db, 1e-3);
      first_noise.push_back(values.at(r, 0));
    }
    std::ranges::sort(first_noise);
    const auto distinct = std::unique(first_noise.begin(), first_noise.end());
    EXPECT_GT(distinct - first_noise.begin(), 40) << "every sample at another place";
    // What was added is a stretch of the series: the shape of some place of it.
    const double ratio = (double(values.at(0, 1)) - 0.5) / (double(values.at(0, 0)) - 0.5);
    double nearest = 1e9;
    for (std::size_t i = 0; i + 1 < series.size(); ++i) {
      nearest = std::min(nearest, std::abs(double(series[i + 1]) / double(series[i]) - ratio));
    }
    EXPECT_LT(nearest, 1e-2 * std::max(1.0, std::abs(ratio)));
  }
}

TEST(Corruption, NoiseLeavesCategoriesAlone) {
  for (const char* entry :
       {"gaussian:1", "cauchy:1", "uniform:1", "salt-pepper:1", "ones:1", "recording:0"}) {
    const Matrix<float> values = corrupted(corruptor_of({entry}, mixed_encoding()), 6, 0.5f, 100);
    for (Index r = 0; r < 100; ++r) {
      EXPECT_NE(values.at(r, 0), 0.5f) << entry;
      for (Index f = 1; f < 5; ++f) EXPECT_EQ(values.at(r, f), 0.5f) << entry;
      EXPECT_NE(values.at(r, 5), 0.5f) << entry;
    }
  }
}

TEST(Corruption, MaskingTakesACategoryWhole) {
  const Matrix<float> values =
      corrupted(corruptor_of({"masking:0.5"}, mixed_encoding()), 6, 0.5f, 2000);
  double masked = 0;
  for (Index r = 0; r < 2000; ++r) {
    for (Index f = 2; f < 5; ++f) ASSERT_EQ(values.at(r, f), values.at(r, 1));
    masked += values.at(r, 1) == 0 ? 1 : 0;
  }
  EXPECT_NEAR(masked, 1000, 5 * std::sqrt(500.0));
}

TEST(Corruption, ARangeOfLevelsIsDrawnForEachSample) {
  const Matrix<float> values = corrupted_images("gaussian:0-0.5", 0.5f);
  std::vector<double> deviation;
  for (Index r = 0; r < 500; ++r) {
    double squared = 0;
    for (Index p = 0; p < kPixels; ++p) squared += std::pow(double(values.at(r, p)) - 0.5, 2);
    deviation.push_back(std::sqrt(squared / kPixels));
  }
  EXPECT_NEAR(std::accumulate(deviation.begin(), deviation.end(), 0.0) / 500, 0.25, 0.04);
  EXPECT_LT(*std::ranges::min_element(deviation), 0.02);
  EXPECT_GT(*std::ranges::max_element(deviation), 0.47);
}

TEST(Corruption, SeveralAreAppliedInOrder) {
  const Encoding encoding = image_encoding();
  EXPECT_EQ(share_of_value(
                corrupted(corruptor_of({"gaussian:0.1", "masking:1"}, encoding), kPixels, 1, 5), 0),
            1);
  EXPECT_EQ(share_of_value(
                corrupted(corruptor_of({"masking:1", "gaussian:0.1"}, encoding), kPixels, 1, 5), 0),
            0);
  // The second of two like ones has numbers of its own.
  const Moments twice =
      moments(corrupted(corruptor_of({"gaussian:0.3", "gaussian:0.4"}, encoding), kPixels, 0, 500));
  EXPECT_NEAR(twice.variance, 0.25, 0.003);
}

TEST(Corruption, IsTheSameForAnyNumberOfThreadsAndHoweverRowsAreCut) {
  for (const CorruptionInfo& row : corruptions()) {
    const Corruptor corruptor =
        corruptor_of({std::string(row.name) + ":0.2-0.4"}, image_encoding());
    const Matrix<float> one = corrupted(corruptor, kPixels, 0.5f, 100);
    const auto bytes = static_cast<std::size_t>(100 * kPixels) * sizeof(float);
    for (const int threads : {2, 5}) {
      const Matrix<float> more = corrupted(corruptor, kPixels, 0.5f, 100, threads);
      EXPECT_EQ(std::memcmp(one.data(), more.data(), bytes), 0) << row.name << " " << threads;
    }
    const Matrix<float> tail = corrupted(corruptor, kPixels, 0.5f, 10, 1, {1, 90});
    EXPECT_EQ(std::memcmp(one.row(90), tail.data(), bytes / 10), 0) << row.name;
  }
}

TEST(Corruption, IsTheSameInPanelsAndLeavesTheCleanOnesAlone) {
  const Corruptor corruptor = corruptor_of({"gaussian:0.3", "masking:0.2"}, mixed_encoding());
  PanelMatrix<float> clean(50, 6), result(64, 6);
  for (Index r = 0; r < 50; ++r) {
    for (Index c = 0; c < 6; ++c) clean.view().at(r, c) = 0.5f;
  }
  ThreadPool pool(2);
  const Panels<const float> input = clean.view();
  BlockCorruptor(corruptor, 6, pool).corrupt(input, result.view(), {3, 7});
  const Matrix<float> expected = corrupted(corruptor, 6, 0.5f, 50, 1, {3, 7});
  for (Index r = 0; r < 50; ++r) {
    for (Index c = 0; c < 6; ++c) {
      EXPECT_EQ(result.view().at(r, c), expected.at(r, c));
      EXPECT_EQ(clean.view().at(r, c), 0.5f);
    }
    for (Index c = 6; c < kPanelWidth; ++c) EXPECT_EQ(result.view().at(r, c), 0);
  }
}

TEST(Corruption, SeedEpochAndPlaceEachDecide) {
  const Encoding encoding = image_encoding();
  const Corruptor corruptor = corruptor_of({"gaussian:0.3"}, encoding);
  const Matrix<float> first = corrupted(corruptor, kPixels, 0, 2);
  const auto bytes = static_cast<std::size_t>(kPixels) * sizeof(float);
  const auto differs = [&](const Matrix<float>& other) {
    return std::memcmp(first.data(), other.data(), bytes) != 0;
  };
  EXPECT_TRUE(std::memcmp(first.row(0), first.row(1), bytes) != 0);
  EXPECT_TRUE(differs(corrupted(corruptor, kPixels, 0, 2, 1, {2, 0})));
  EXPECT_TRUE(differs(corrupted(corruptor, kPixels, 0, 2, 1, {0, 0})));
  EXPECT_TRUE(differs(corrupted(corruptor_of({"gaussian:0.3"}, encoding, 2), kPixels, 0, 2)));
  EXPECT_FALSE(differs(corrupted(corruptor, kPixels, 0, 2)));
}

}  // namespace
}  // namespace hourglass
