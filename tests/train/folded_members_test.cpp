// Members of an ensemble that each do without a part of the rows.

#include <algorithm>
#include <gtest/gtest.h>

#include "data/test_table.h"
#include "model/settings.h"
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

// The first row lies in the first fold. The columns' encoding is that of its plain value.
TrainedModel trained_with(double first, const Settings& more = {}) {
  Settings settings = {{"ensemble", "5"}, {"hidden", "8"},     {"latent_dim", "2"},
                       {"epochs", "3"},   {"validation", "0"}, {"batch_size", "16"}};
  settings.insert(settings.end(), more.begin(), more.end());
  const Table plain = make_table(kCols, values_with(0));
  TrainingJob job{.spec = spec_from_settings(settings), .diagnose = true};
  job.encoding =
      std::make_shared<const Encoding>(learn_encoding(plain, all_rows(kRows), {}, nullptr));
  RowRoles roles;
  roles.training = all_rows(kRows);
  roles.folds.resize(kFolds);
  for (const Index row : roles.training) {
    roles.folds[static_cast<std::size_t>(row % kFolds)].push_back(row);
  }
  ThreadPool pool(2);
  return train_model(make_table(kCols, values_with(first)), roles, job, pool, {});
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

TEST(FoldedMembers, ReportTheirLossOnThoseRows) {
  const double before = trained_with(0).saved.training.validation_loss;
  const double after = trained_with(3).saved.training.validation_loss;
  EXPECT_GT(before, 0);
  EXPECT_GT(after, before);
}

TEST(FoldedMembers, AreGivenNoMoreRowsThanTheyHaveStepsFor) {
  const TrainedModel model = trained_with(0, {{"steps", "2"}, {"batch_size", "7"}});
  EXPECT_EQ(model.saved.training.epochs, 1);  // 14 of the 40 rows are two batches
}

TEST(FoldedMembers, ComeApartByFold) {
  const TrainedModel model = trained_with(0);
  const TrainedModel second = every_nth_member(model, 1, kFolds);
  ASSERT_EQ(second.members(), 2);
  EXPECT_EQ(second.networks[0], model.networks[1]);
  EXPECT_EQ(second.networks[1], model.networks[4]);
}

}  // namespace
}  // namespace hourglass
