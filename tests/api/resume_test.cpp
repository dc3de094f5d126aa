// A training that is interrupted again and again comes to the same file as one that is not.

#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>

#include "api/synthetic.h"
#include "data/image_file.h"
#include "hourglass/hourglass.h"
#include "kernel/bf16.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of the test's own.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "hourglass-resume-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string saved(const Model& model, const Scratch& scratch) {
  model.save(scratch / "saved");
  return bytes_of(scratch / "saved");
}

// Stops a training one step after it has begun or gone on: that is when it first tells of itself.
RunOptions one_step(int threads) {
  return {.threads = threads, .progress = [](const Progress& moment) {
            if (moment.epoch > 0) interrupt(SIGINT);
          }};
}

bool is_interrupted(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInterrupted) throw;
    interrupt(0);
    return true;
  }
  interrupt(0);
  return false;
}

struct Kind {
  const char* name;
  Settings settings;
  int least_steps;  // that it is interrupted after
  Data (*data)();
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

Data rows() { return curved_data(70); }
Data series() { return curved_data(120); }

// 20 images of 8 × 8, as an .npy.
Data images() {
  const Scratch scratch;
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 8, 8), }";
  header.resize(117, ' ');
  header += '\n';
  std::ofstream file(scratch / "images.npy", std::ios::binary);
  file << std::string("\x93NUMPY\x01\x00\x76\x00", 10) << header;
  for (int i = 0; i < 20 * 64; ++i) {
    const auto pixel = static_cast<float>(std::sin(0.37 * i) * std::sin(0.11 * i));
    file.write(reinterpret_cast<const char*>(&pixel), sizeof pixel);
  }
  file.close();
  return Data::read(scratch / "images.npy");
}

// Six photographs, as it were, of three sizes, other ones for another `shift`.
Data pictures_in(const std::string& folder, double shift) {
  fs::create_directories(folder);
  for (int i = 0; i < 6; ++i) {
    Image image;
    image.height = 20 + i % 3;
    image.width = 24;
    image.channels = 1;
    image.bit_depth = 8;
    for (Index pixel = 0; pixel < image.values(); ++pixel) {
      image.pixels.push_back(
          static_cast<float>(0.5 + 0.4 * std::sin(shift + 0.05 * double(pixel) * double(i + 1))));
    }
    write_image(folder + "/" + std::to_string(i) + ".png", image);
  }
  DataOptions options;
  options.pictures = true;
  return Data::read(folder, options);
}

Data pictures() {
  const Scratch scratch;
  return pictures_in(scratch / "pictures", 0);
}

const Settings kPlain = {{"hidden", "8"},      {"latent_dim", "3"}, {"epochs", "4"},
                         {"batch_size", "16"}, {"lr", "0.01"},      {"seed", "5"}};

Settings plain_and(const Settings& more) {
  Settings settings = kPlain;
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

std::vector<Kind> kinds() {
  return {
      {"dense", kPlain, 12, rows},
      {"rmsprop", plain_and({{"optimizer", "rmsprop"}}), 12, rows},
      {"momentum_tied_clipped",
       plain_and({{"optimizer", "sgd"}, {"momentum", "0.9"}, {"tied", "true"}, {"clip_norm", "1"}}),
       12, rows},
      {"dropout_and_batch_norm", plain_and({{"dropout", "0.2"}, {"norm", "batch"}}), 12, rows},
      {"denoising", plain_and({{"corrupt", "gaussian:0.3,masking:0.2"}}), 12, rows},
      {"kl", plain_and({{"family", "sparse-kl"}, {"sparsity_memory", "0.9"}}), 12, rows},
      {"contractive_estimate",
       plain_and({{"penalty", "contractive=0.1"}, {"hidden", "8,6"}, {"contractive_probes", "2"}}),
       12, rows},
      {"variational", plain_and({{"family", "variational"}}), 12, rows},
      {"batch_top_k", plain_and({{"penalty", "batch-top-k=2"}, {"latent_dim", "16"}}), 12, rows},
      // Units that no sample has kept for 200 steps are helped up: the count of them goes on.
      {"top_k",
       plain_and(
           {{"penalty", "top-k=1"}, {"latent_dim", "32"}, {"epochs", "60"}, {"patience", "0"}}),
       230, rows},
      // Judged by the running loss of each epoch, so that its sums matter, too.
      {"plateau",
       plain_and({{"schedule", "plateau"},
                  {"schedule_patience", "1"},
                  {"lr", "1"},
                  {"epochs", "9"},
                  {"validation", "0"}}),
       20, rows},
      {"stopped_early", plain_and({{"lr", "0.5"}, {"patience", "1"}, {"epochs", "20"}}), 8, rows},
      {"limited_by_steps", plain_and({{"steps", "10"}, {"validation", "0"}}), 9, rows},
      {"pretrained", plain_and({{"pretrain_epochs", "2"}, {"hidden", "8,6"}}), 30, rows},
      {"trimmed", plain_and({{"trim", "0.5"}}), 12, rows},
      {"ensemble", plain_and({{"ensemble", "3"}, {"ensemble_widths", "1,0.5"}}), 10, rows},
      {"pretrained_ensemble", plain_and({{"ensemble", "2"}, {"pretrain_epochs", "1"}}), 10, rows},
      {"cross_fitted_by_members", plain_and({{"job", "detect"}, {"steps", "6"}}), 10, rows},
      {"cross_fitted_by_models", plain_and({{"job", "detect"}, {"ensemble", "1"}, {"steps", "6"}}),
       20, rows},
      {"contaminated", plain_and({{"job", "detect-contaminated"}, {"steps", "4"}}), 10, rows},
      {"windows", plain_and({{"window", "5"}, {"job", "detect"}, {"steps", "4"}}), 15, series},
      {"convolutional",
       {{"family", "convolutional"}, {"latent_dim", "4"}, {"epochs", "3"}, {"batch_size", "8"}},
       6,
       images},
      {"pictures",
       {{"job", "denoise"},
        {"channels", "3,4"},
        {"blocks", "0,0"},
        {"patch", "8"},
        {"epochs", "2"},
        {"batch_size", "8"}},
       6,
       pictures},
      {"bf16", plain_and({{"precision", "bf16"}, {"norm", "batch"}}), 12, rows},
  };
}

class EveryKind : public testing::TestWithParam<Kind> {};

TEST_P(EveryKind, ComesToTheSameHoweverOftenItIsInterrupted) {
  const Kind& kind = GetParam();
  if (std::string(kind.name) == "bf16" && !bf16_misfit().empty()) GTEST_SKIP() << bf16_misfit();
  const Scratch scratch;
  const Data data = kind.data();
  const std::string straight = saved(Model::train(data, kind.settings, {.threads = 2}), scratch);

  const std::string run = scratch / "run";
  std::string resumed;
  int interruptions = 0;
  const auto begin = [&] {
    resumed = saved(Model::train(data, kind.settings, one_step(1), {.folder = run}), scratch);
  };
  const auto go_on = [&] {
    // With several threads, members that do not tell of themselves may come to their end.
    const int threads = interruptions < 10 ? 1 : 1 + interruptions % 3;
    resumed = saved(Model::resume(run, data, one_step(threads)), scratch);
  };
  ASSERT_TRUE(is_interrupted(begin));
  do {
    ++interruptions;
    ASSERT_LT(interruptions, 1000);
  } while (is_interrupted(go_on));

  EXPECT_GE(interruptions, kind.least_steps);
  EXPECT_EQ(resumed, straight);
  EXPECT_EQ(bytes_of(run + "/model.safetensors"), straight);
}

INSTANTIATE_TEST_SUITE_P(Resume, EveryKind, testing::ValuesIn(kinds()),
                         [](const auto& each) { return std::string(each.param.name); });

Model interrupted_run(const Data& data, const Settings& settings, const std::string& run) {
  EXPECT_TRUE(is_interrupted([&] { Model::train(data, settings, one_step(1), {.folder = run}); }));
  return Model::load(run + "/model.safetensors");
}

TEST(Resume, AModelIsUsableFromTheFirstCheckpointOn) {
  const Scratch scratch;
  const Data data = curved_data(300);
  for (const Settings& settings :
       {kPlain, plain_and({{"job", "detect"}}), plain_and({{"window", "4"}}),
        plain_and({{"ensemble", "3"}, {"ensemble_widths", "0.5,1"}})}) {
    const std::string run = scratch / "run";
    const Model model = interrupted_run(data, settings, run);
    EXPECT_EQ(detect(model, data).anomaly_score.size(), 300U);
    ASSERT_FALSE(model.notes().empty());
    EXPECT_NE(model.notes().back().find("still going on"), std::string::npos);
    fs::remove_all(run);
  }
}

ErrorKind kind_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  return {};
}

TEST(Resume, RefusesOtherDataAndFoldersInUse) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const Data data = rows();
  interrupted_run(data, kPlain, run);
  EXPECT_EQ(kind_of([&] { Model::train(data, kPlain, {}, {.folder = run}); }), ErrorKind::kUsage);
  EXPECT_EQ(kind_of([&] { check({.folder = run}); }), ErrorKind::kUsage);
  std::vector<float> values = curved_rows(70, 1);
  values[200] = std::nextafter(values[200], 0.0F);
  const Data other = Data::from_rows(values.data(), 70, 6);
  EXPECT_EQ(kind_of([&] { Model::resume(run, other); }), ErrorKind::kData);
  EXPECT_EQ(kind_of([&] { Model::resume(scratch / "none", data); }), ErrorKind::kModel);
  for (const char* every : {"0", "x", "-5s", "1.5", "s"}) {
    EXPECT_EQ(kind_of([&] { check({.folder = scratch / "new", .checkpoint_every = every}); }),
              ErrorKind::kUsage);
  }
  EXPECT_EQ(kind_of([&] { check({.folder = scratch / "none/new"}); }), ErrorKind::kFailed);
}

// What noise is taken from is learned from as well.
TEST(Resume, RefusesAnotherRecording) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const auto record = [&](double first) {
    std::ofstream file(scratch / "noise.csv");
    for (int i = 0; i < 40; ++i) file << (i == 0 ? first : std::sin(i)) << "\n";
  };
  const Data data = rows();
  record(0);
  const Settings settings =
      plain_and({{"corrupt", "recording:6"}, {"noise_from", scratch / "noise.csv"}});
  const std::string straight = saved(Model::train(data, settings), scratch);
  interrupted_run(data, settings, run);
  record(1);
  EXPECT_EQ(kind_of([&] { Model::resume(run, data); }), ErrorKind::kData);
  record(0);
  EXPECT_EQ(saved(Model::resume(run, data), scratch), straight);
}

TEST(Resume, RefusesOtherPicturesWithNoise) {
  const Scratch scratch;
  const std::string run = scratch / "run", noisy = scratch / "noisy";
  const Data data = pictures_in(scratch / "clean", 0);
  pictures_in(noisy, 1);
  const Settings settings = {{"job", "denoise"},   {"channels", "4,6"}, {"blocks", "0,1"},
                             {"patch", "16"},      {"epochs", "3"},     {"batch_size", "2"},
                             {"noisy_from", noisy}};
  const std::string straight = saved(Model::train(data, settings), scratch);
  interrupted_run(data, settings, run);
  pictures_in(noisy, 2);
  EXPECT_EQ(kind_of([&] { Model::resume(run, data); }), ErrorKind::kData);
  pictures_in(noisy, 1);
  EXPECT_EQ(saved(Model::resume(run, data), scratch), straight);
}

TEST(Resume, RefusesABrokenCheckpoint) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const Data data = rows();
  interrupted_run(data, kPlain, run);
  const std::string whole = bytes_of(run + "/checkpoint.safetensors");
  for (const std::size_t at : {std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    std::ofstream(run + "/checkpoint.safetensors", std::ios::binary) << broken;
    EXPECT_EQ(kind_of([&] { Model::resume(run, data); }), ErrorKind::kModel) << at;
  }
  fs::remove(run + "/checkpoint.safetensors");
  EXPECT_EQ(saved(Model::resume(run, data), scratch), saved(Model::train(data, kPlain), scratch));
}

TEST(Resume, OneTrainingAtATime) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const Data data = rows();
  interrupted_run(data, kPlain, run);
  ErrorKind second{};
  const RunOptions meanwhile = {.threads = 1, .progress = [&](const Progress&) {
                                  second = kind_of([&] { Model::resume(run, data); });
                                }};
  Model::resume(run, data, meanwhile);
  EXPECT_EQ(second, ErrorKind::kFailed);
}

TEST(Resume, AFinishedRunGivesItsModelAgain) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const Data data = rows();
  const Model model =
      Model::train(data, kPlain, {}, {.folder = run, .notes = {"here", "\xff and there"}});
  const KeptRun kept = kept_run(run);
  EXPECT_TRUE(kept.finished);
  EXPECT_EQ(kept.settings, kPlain);
  EXPECT_EQ(kept.notes, (std::vector<std::string>{"here", "\xff and there"}));
  EXPECT_EQ(saved(Model::resume(run, data), scratch), saved(model, scratch));
  EXPECT_FALSE(fs::exists(run + "/checkpoint.safetensors"));
}

// A line an epoch, none of them twice or missing, whatever was lost in between.
TEST(Resume, MetricsTellEachEpochOnce) {
  const Scratch scratch;
  const std::string run = scratch / "run";
  const Data data = rows();
  ASSERT_TRUE(is_interrupted([&] { Model::train(data, kPlain, one_step(1), {.folder = run}); }));
  while (is_interrupted([&] { Model::resume(run, data, one_step(1)); })) {
    // What a kill in the middle of a line, behind the last checkpoint, leaves.
    std::ofstream(run + "/metrics.jsonl", std::ios::app) << R"({"part": "member.0", "epo)";
  }
  std::ifstream metrics(run + "/metrics.jsonl");
  std::vector<Index> epochs;
  for (std::string line; std::getline(metrics, line);) {
    epochs.push_back(nlohmann::json::parse(line).at("epoch").get<Index>());
  }
  EXPECT_EQ(epochs, (std::vector<Index>{1, 2, 3, 4}));
  EXPECT_EQ(read_config(run + "/config.toml").size(), setting_table().size());
}

}  // namespace
}  // namespace hourglass
