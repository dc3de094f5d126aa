#include "task/label_probe.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

// Codes around (±3, 0) by class, the second unit noise a thousand times as large.
struct TwoClasses {
  Matrix<float> codes;
  std::vector<Index> classes;

  TwoClasses(Index rows, std::uint64_t seed) : codes(rows, 2) {
    RandomStream random(seed, RandomPurpose::kSample);
    for (Index r = 0; r < rows; ++r) {
      const Index of_row = random.below(2);
      classes.push_back(of_row);
      codes.at(r, 0) = static_cast<float>((of_row == 1 ? 3 : -3) + random.normal());
      codes.at(r, 1) = static_cast<float>(1000 * random.normal());
    }
  }
  LabelledCodes labelled() const { return {codes, classes}; }
};

TEST(Classes, AreNumberedByName) {
  const Classes classes = classes_of({"b", "a", "b", "c", "a", "a"}, 6);
  EXPECT_EQ(classes.count, 3);
  EXPECT_EQ(classes.of_row, (std::vector<Index>{1, 0, 1, 2, 0, 0}));
}

TEST(Classes, RefuseWhatCannotBeToldApart) {
  EXPECT_THROW(classes_of({"a", "a", "a"}, 3), Error);
  EXPECT_THROW(classes_of({"a", "b"}, 3), Error);
  EXPECT_THROW(classes_of({"1.5", "2.5", "3.5", "1.5"}, 4), Error);
}

TEST(Classes, AreAThousandAtMost) {
  std::vector<std::string> labels;
  for (Index row = 0; row < 4000; ++row) labels.push_back(std::to_string(row % 1000));
  EXPECT_EQ(classes_of(labels, 4000).count, 1000);
  labels.back() = "another";
  EXPECT_THROW(classes_of(labels, 4000), Error);
}

TEST(Probe, StandardisesAndTellsClassesApart) {
  const TwoClasses training(400, 1), validation(100, 2), test(300, 3);
  ThreadPool pool(1);
  EXPECT_GT(probe_accuracy(training.labelled(), validation.labelled(), test.labelled(), 2, pool),
            0.98);
  const Matrix<float> none(0, 2);
  EXPECT_GT(probe_accuracy(training.labelled(), {none, {}}, test.labelled(), 2, pool), 0.98);
  // Distances are those of the codes as they are: the noise drowns the classes.
  EXPECT_LT(neighbour_accuracy(training.labelled(), test.labelled(), 2, 5, pool), 0.75);
}

TEST(Probe, OfLabelsWithoutMeaningIsChance) {
  TwoClasses training(400, 1), validation(100, 2), test(300, 3);
  RandomStream random(9, RandomPurpose::kSample);
  for (TwoClasses* part : {&training, &validation, &test}) {
    for (Index& of_row : part->classes) of_row = random.below(2);
  }
  ThreadPool pool(1);
  EXPECT_NEAR(probe_accuracy(training.labelled(), validation.labelled(), test.labelled(), 2, pool),
              0.5, 0.1);
}

TEST(NeighbourAccuracy, IsByVoteAndOfEqualVotesByTheNearest) {
  Matrix<float> codes(4, 1);
  for (Index r = 0; r < 4; ++r) codes.at(r, 0) = static_cast<float>(r);  // 0, 1, 2, 3
  const LabelledCodes training{codes, {0, 1, 1, 0}};
  Matrix<float> at(1, 1);
  at.at(0, 0) = 0.1F;
  ThreadPool pool(1);
  EXPECT_EQ(neighbour_accuracy(training, {at, {0}}, 2, 1, pool), 1);
  EXPECT_EQ(neighbour_accuracy(training, {at, {1}}, 2, 3, pool), 1);  // 0, 1, 1
  EXPECT_EQ(neighbour_accuracy(training, {at, {0}}, 2, 2, pool), 1);  // one vote each
  EXPECT_EQ(neighbour_accuracy(training, {at, {0}}, 2, 9, pool), 1);  // two votes each
}

}  // namespace
}  // namespace hourglass
