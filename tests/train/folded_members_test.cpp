// Members of an ensemble that each do without a part of the rows.

#include <algorithm>
#include <gtest/gtest.h>

#include "data/test_table.h"
#include "kernel/elementwise.h"
#include "model/settings.h"
#include "train/code_statistics.h"
#include "train/evaluate.h"
#include "train/train_model.h"

namespace hourglass {
namespace {

constexpr Index kRows = 60;
constexpr Index kCols = 4;
constexpr Index kFolds = 3;

std::vector<double> values_with(double first) {
  std::vector<double> values;
  for (Index i = 0; i < kRows * kCols; ++i) values.push_back(std::sin(0.7 * double(i)));
  values[0] = first;
  return values;
}

RowRoles roles_by_turns() {
  RowRoles roles;
  roles.training = all_rows(kRows);
  roles.folds.resize(kFolds);
  for (const Index row : roles.training) {
    roles.folds[static_cast<std::size_t>(row % kFolds)].push_back(row);
  }
  return roles;
}

// The columns' encoding is that of the first row's plain value.
TrainedModel train_with(const RowRoles& roles, double first, const Settings& more) {
  Settings settings = {{"ensemble", "5"}, {"hidden", "8"},     {"latent_dim", "2"},
                       {"epochs", "3"},   {"validation", "0"}, {"batch_size", "16"}};
  settings.insert(settings.end(), more.begin(), more.end());
  const Table plain = make_table(kCols, values_with(0));
  TrainingJob job{.spec = spec_from_settings(settings), .diagnose = true};
  job.encoding =
      std::make_shared<const Encoding>(learn_encoding(plain, all_rows(kRows), {}, nullptr));
  ThreadPool pool(2);
  return train_model(make_table(kCols, values_with(first)), roles, job, pool, {});
}

// The first row lies in the first fold.
TrainedModel trained_with(double first, const Settings& more = {}) {
  return train_with(roles_by_turns(), first, more);
}

std::vector<float> numbers(const TrainedModel& model, Index member) {
  std::vector<float> all;
  for (const NamedTensor& tensor : model.network(member).tensors()) {
    all.insert(all.end(), tensor.values.begin(), tensor.values.end());
  }
  return all;
}

TEST(FoldedMembers, LearnNothingFromTheRowsTheyDoWithout) {
  const TrainedModel before = trained_with(0);
  const TrainedModel after = trained_with(3);
  for (Index member = 0; member < 5; ++member) {
    const bool did_without = member % kFolds == 0;
    EXPECT_EQ(numbers(before, member) == numbers(after, member), did_without) << member;
  }
}

double loss_on_own_fold(const TrainedModel& model, Index member) {
  const Table table = make_table(kCols, values_with(0));
  const std::vector<std::vector<Index>> folds = roles_by_turns().folds;
  const Samples fold(table, model.saved.encoding, folds[std::size_t(member % kFolds)],
                     Index{1} << 20, false);
  ThreadPool pool(1);
  return evaluate(model.network(member), model.saved.spec.step, fold, nullptr, pool).loss;
}

TEST(FoldedMembers, MayStopByThoseRows) {
  RowRoles roles = roles_by_turns();
  const Settings restless = {{"epochs", "30"}, {"lr", "0.3"}, {"patience", "0"}};
  const TrainedModel all_steps = train_with(roles, 0, restless);
  roles.folds_validate = true;
  const TrainedModel best = train_with(roles, 0, restless);
  double gained = 0;
  for (Index member = 0; member < 5; ++member) {
    const double gain = loss_on_own_fold(all_steps, member) - loss_on_own_fold(best, member);
    EXPECT_GE(gain, 0) << member;
    gained += gain;
  }
  EXPECT_GT(gained, 0);
}

TEST(FoldedMembers, ReportTheirLossOnThoseRows) {
  const TrainedModel model = trained_with(0);
  const Table table = make_table(kCols, values_with(0));
  ThreadPool pool(1);
  double sum = 0;
  for (Index k = 0; k < kFolds; ++k) {
    const Samples fold(table, model.saved.encoding, roles_by_turns().folds[std::size_t(k)],
                       Index{1} << 20, false);
    sum += evaluate(model.network(k), model.saved.spec.step, fold, nullptr, pool).loss;
  }
  EXPECT_DOUBLE_EQ(model.saved.training.validation_loss, sum / kFolds);
}

// Two steps of seven rows: those that the member draws are all there is for it. So it comes out the
// same where there are no others, but not where it draws others.
TEST(FoldedMembers, AreGivenNoMoreRowsThanTheyHaveStepsFor) {
  const Settings two_steps = {{"steps", "2"}, {"batch_size", "7"}};
  const TrainedModel model = trained_with(0, two_steps);
  const RowRoles roles = roles_by_turns();
  const auto alone_from = [&](std::uint64_t seed) {
    RowRoles few;
    few.training = some_of(without(roles.training, roles.folds[0]), 14, seed);
    few.training.insert(few.training.end(), roles.folds[0].begin(), roles.folds[0].end());
    std::sort(few.training.begin(), few.training.end());
    few.folds.assign(kFolds, roles.folds[0]);
    return numbers(train_with(few, 0, two_steps), 0);
  };
  EXPECT_EQ(numbers(model, 0), alone_from(model.saved.spec.seed));
  EXPECT_NE(numbers(model, 0), alone_from(model.saved.spec.seed + 1));
}

// Of the 40 rows that a member learns from, and of no other.
TEST(FoldedMembers, KeepTheCodesOfRowsTheyLearnedFrom) {
  const TrainedModel model = trained_with(0, {{"reference_codes", "100"}});
  const Table table = make_table(kCols, values_with(0));
  ThreadPool pool(1);
  ASSERT_EQ(model.reference_codes.size(), 5U);
  for (Index member = 0; member < 5; ++member) {
    const NearestPoint& kept = *model.reference_codes[std::size_t(member)];
    EXPECT_EQ(kept.points()->rows(), kRows - kRows / kFolds);
    const Samples all(table, model.saved.encoding, all_rows(kRows), Index{1} << 20, false);
    const Matrix<float> codes = codes_of(model.network(member), all, pool);
    PanelMatrix<float> panels(kRows, codes.cols());
    to_panels(codes.data(), codes.cols(), panels.view(), {0, kRows});
    std::vector<double> distances(kRows);
    kept.squared_distances(panels.view(), distances.data());
    for (Index row = 0; row < kRows; ++row) {
      const bool did_without = row % kFolds == member % kFolds;
      EXPECT_EQ(distances[std::size_t(row)] > 0, did_without) << member << ", " << row;
    }
  }
}

TEST(FoldedMembers, KeepTheCodesOfAsManyRowsAsAreWanted) {
  const TrainedModel model = trained_with(0, {{"reference_codes", "7"}});
  for (const auto& kept : model.reference_codes) EXPECT_EQ(kept->points()->rows(), 7);
  const auto first = [&](std::size_t member) {
    const Matrix<float>& codes = *model.reference_codes[member]->points();
    return std::vector<float>(codes.data(), codes.data() + 7 * codes.cols());
  };
  EXPECT_NE(first(0), first(3));
}

TEST(FoldedMembers, ComeApartByFold) {
  const TrainedModel model = trained_with(0, {{"reference_codes", "7"}});
  const TrainedModel second = every_nth_member(model, 1, kFolds);
  ASSERT_EQ(second.members(), 2);
  EXPECT_EQ(second.networks[0], model.networks[1]);
  EXPECT_EQ(second.networks[1], model.networks[4]);
  ASSERT_EQ(second.reference_codes.size(), 2U);
  EXPECT_EQ(second.reference_codes[0], model.reference_codes[1]);
  EXPECT_EQ(second.reference_codes[1], model.reference_codes[4]);
}

}  // namespace
}  // namespace hourglass
