#include "train/run_folder.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/test_table.h"
#include "model/settings.h"
#include "train/fit_keeper.h"
#include "train/train_model.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

constexpr Index kRows = 90;
constexpr Index kCols = 4;

Table some_table(bool on_disk) {
  std::vector<double> values;
  for (Index i = 0; i < kRows * kCols; ++i) values.push_back(std::sin(0.7 * double(i)));
  return make_table(kCols, values, on_disk);
}

TrainedModel trained(const Settings& settings, bool on_disk, const RunPart& part, int threads,
                     const ProgressCallback& progress = {}) {
  TrainingJob job{.spec = spec_from_settings(settings)};
  // Below the width of one row: everything is read when it is needed.
  if (on_disk) job.memory_limit_bytes = 1;
  job.part = part;
  const Table table = some_table(on_disk);
  ThreadPool pool(threads);
  return train_model(table, assign_roles(all_rows(kRows), 0.2, 0, 0, 1), job, pool, progress);
}

class RunFolderTest : public testing::Test {
 protected:
  RunFolderTest() {
    std::string name = (fs::temp_directory_path() / "hourglass-run-XXXXXX").string();
    scratch_ = mkdtemp(name.data());
    path_ = (scratch_ / "run").string();
  }
  ~RunFolderTest() override {
    clear_interrupt();
    fs::remove_all(scratch_);
  }

  std::unique_ptr<RunFolder> folder(const char* every = "") const {
    return fs::exists(path_) ? RunFolder::open(path_, 0)
                             : RunFolder::create(path_, {.checkpoint_every = every});
  }

  // Trains until it is interrupted, one step after it has begun or gone on; true if it was.
  bool trains_a_step(const Settings& settings, bool on_disk, int threads, std::string& model) {
    const auto run = folder();
    try {
      model = format_model(pack(trained(settings, on_disk, run->whole(), threads,
                                        [](const Progress&) { request_interrupt(SIGINT); })));
    } catch (const Error& error) {
      clear_interrupt();
      if (error.kind() != ErrorKind::kInterrupted) throw;
      EXPECT_TRUE(run->save());
      return true;
    }
    clear_interrupt();
    return false;
  }

  fs::path scratch_;
  std::string path_;
};

const Settings kSettings = {{"hidden", "6"},      {"latent_dim", "2"}, {"epochs", "3"},
                            {"batch_size", "16"}, {"ensemble", "2"},   {"corrupt", "gaussian:0.2"}};

// Samples on disk are read ahead, and their members train one after the other.
TEST_F(RunFolderTest, SamplesOnDiskComeToTheSameToo) {
  const std::string straight = format_model(pack(trained(kSettings, true, {}, 2)));
  std::string resumed;
  int interruptions = 0;
  while (trains_a_step(kSettings, true, 1 + interruptions % 2, resumed)) {
    ASSERT_LT(++interruptions, 200);
  }
  EXPECT_GE(interruptions, 2 * 3 * 4);
  EXPECT_EQ(resumed, straight);
}

// What a process that is lost has written goes on to the same, from whichever of its checkpoints.
TEST_F(RunFolderTest, AnyCheckpointLeadsToTheSame) {
  const std::string straight = format_model(pack(trained(kSettings, false, {}, 2)));
  std::vector<fs::path> checkpoints;
  {
    const auto run = folder("1");
    const RunPart whole = run->whole();
    TrainingJob job{.spec = spec_from_settings(kSettings), .part = whole};
    // Called after each.
    job.calibrate_so_far = [&](TrainedModel&) {
      checkpoints.push_back(scratch_ / ("lost." + std::to_string(checkpoints.size())));
      fs::copy(path_, checkpoints.back());
    };
    ThreadPool pool(2);
    train_model(some_table(false), assign_roles(all_rows(kRows), 0.2, 0, 0, 1), job, pool, {});
  }
  ASSERT_GE(checkpoints.size(), 2U);
  for (const fs::path& lost : checkpoints) {
    const auto run = RunFolder::open(lost.string(), 0);
    EXPECT_EQ(format_model(pack(trained(kSettings, false, run->whole(), 1))), straight) << lost;
  }
}

// The state of another training must not be taken for this one's.
TEST_F(RunFolderTest, RefusesTheCheckpointOfAnotherTraining) {
  std::string model;
  ASSERT_TRUE(trains_a_step(kSettings, false, 1, model));
  for (const auto& [key, value] :
       Settings{{"hidden", "7"}, {"optimizer", "sgd"}, {"norm", "batch"}}) {
    Settings other = kSettings;
    other.emplace_back(key, value);
    const auto run = RunFolder::open(path_, 0);
    try {
      trained(other, false, run->whole(), 1);
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel) << error.what();
    }
  }
}

TEST_F(RunFolderTest, NothingIsLeftOfARunThatDoesNotBegin) {
  const auto run = folder();
  Settings impossible = kSettings;
  impossible.emplace_back("penalty", "top-k=99");
  EXPECT_THROW(trained(impossible, false, run->whole(), 1), Error);
  EXPECT_FALSE(run->save());
  EXPECT_TRUE(fs::is_empty(scratch_));
}

TEST_F(RunFolderTest, LeftoversOfAKillAreCleared) {
  std::string model;
  ASSERT_TRUE(trains_a_step(kSettings, false, 1, model));
  const fs::path leftover = path_ + "/checkpoint.safetensors.abcdef.part";
  fs::copy(path_ + "/checkpoint.safetensors", leftover);
  RunFolder::open(path_, 0);
  EXPECT_FALSE(fs::exists(leftover));
}

// What has come to its end must not wait for epochs that it does not have.
TEST_F(RunFolderTest, KeepsPartsThatEndBeforeTheirEpochsAreDue) {
  const auto run = folder("100");
  run->begin({});
  {
    FitKeeper going_on(run->whole() / "member.0");
    going_on.keep([] { return FitState{}; });
  }
  EXPECT_FALSE(fs::exists(path_ + "/checkpoint.safetensors"));
  FitKeeper ending(run->whole() / "member.1");
  ending.keep([] { return FitState{.finished = true}; });
  EXPECT_TRUE(fs::exists(path_ + "/checkpoint.safetensors"));
}

}  // namespace
}  // namespace hourglass
