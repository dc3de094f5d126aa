#include "model/saved_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "base/random.h"
#include "hourglass/error.h"
#include "model/saved_networks.h"
#include "model_bytes.h"
#include "network/penalty.h"
#include "tiny_ensemble.h"
#include "tiny_model.h"

namespace hourglass {
namespace {

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_same_encoding(const Encoding& a, const Encoding& b) {
  EXPECT_EQ(a.scaling, b.scaling);
  EXPECT_EQ(a.sample_shape, b.sample_shape);
  EXPECT_EQ(a.unit_interval, b.unit_interval);
  EXPECT_EQ(a.features, b.features);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    const ColumnEncoding &x = a.columns[c], &y = b.columns[c];
    EXPECT_EQ(x.column.name, y.column.name);
    EXPECT_EQ(x.column.kind, y.column.kind);
    EXPECT_EQ(x.column.levels, y.column.levels);
    EXPECT_EQ(x.dropped, y.dropped);
    EXPECT_TRUE(same_number(x.constant, y.constant));
    EXPECT_EQ(x.shift, y.shift);
    EXPECT_EQ(x.scale, y.scale);
    EXPECT_EQ(x.observed_min, y.observed_min);
    EXPECT_EQ(x.observed_max, y.observed_max);
    EXPECT_EQ(x.kept_levels, y.kept_levels);
    EXPECT_EQ(x.first_feature, y.first_feature);
    EXPECT_EQ(x.feature_count, y.feature_count);
  }
}

void expect_same_training(const TrainingSummary& a, const TrainingSummary& b) {
  EXPECT_EQ(a.train_loss, b.train_loss);
  EXPECT_TRUE(same_number(a.validation_loss, b.validation_loss));
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_EQ(a.training_rows, b.training_rows);
  EXPECT_EQ(a.validation_rows, b.validation_rows);
  EXPECT_EQ(a.stopped_early, b.stopped_early);
  EXPECT_TRUE(same_number(a.pca_loss, b.pca_loss));
  EXPECT_EQ(a.model_mse, b.model_mse);
  EXPECT_TRUE(same_number(a.evidence_lower_bound, b.evidence_lower_bound));
  EXPECT_EQ(a.code.rows, b.code.rows);
  EXPECT_TRUE(same_number(a.code.effective_rank, b.code.effective_rank));
  EXPECT_TRUE(same_number(a.code.zero_share, b.code.zero_share));
  EXPECT_TRUE(same_number(a.code.near_zero_share, b.code.near_zero_share));
  EXPECT_TRUE(same_number(a.code.mean_activation, b.code.mean_activation));
  EXPECT_TRUE(same_number(a.code.saturated_share, b.code.saturated_share));
  EXPECT_TRUE(same_number(a.code.jacobian_norm, b.code.jacobian_norm));
  EXPECT_TRUE(same_number(a.code.contraction, b.code.contraction));
}

void expect_same(const SavedModel& a, const SavedModel& b) {
  EXPECT_EQ(settings_from_spec(a.spec), settings_from_spec(b.spec));
  expect_same_encoding(a.encoding, b.encoding);
  ASSERT_EQ(a.networks.size(), b.networks.size());
  for (std::size_t m = 0; m < a.networks.size(); ++m) {
    ASSERT_EQ(a.networks[m].size(), b.networks[m].size());
    for (std::size_t i = 0; i < a.networks[m].size(); ++i) {
      EXPECT_EQ(a.networks[m][i].name, b.networks[m][i].name);
      EXPECT_EQ(a.networks[m][i].shape, b.networks[m][i].shape);
      EXPECT_EQ(a.networks[m][i].values, b.networks[m][i].values);
    }
  }
  ASSERT_EQ(a.reference_codes.size(), b.reference_codes.size());
  for (std::size_t m = 0; m < a.reference_codes.size(); ++m) {
    const Matrix<float>& of_a = *a.reference_codes[m];
    const Matrix<float>& of_b = *b.reference_codes[m];
    ASSERT_EQ(of_a.rows(), of_b.rows());
    ASSERT_EQ(of_a.cols(), of_b.cols());
    EXPECT_TRUE(std::equal(of_a.data(), of_a.data() + of_a.rows() * of_a.cols(), of_b.data()));
  }
  EXPECT_EQ(a.calibration.feature_scale, b.calibration.feature_scale);
  EXPECT_EQ(a.calibration.scores, b.calibration.scores);
  EXPECT_EQ(a.calibration.rows, b.calibration.rows);
  EXPECT_EQ(a.calibration.cross_fitted, b.calibration.cross_fitted);
  expect_same_training(a.training, b.training);
  ASSERT_EQ(a.warnings.size(), b.warnings.size());
  for (std::size_t i = 0; i < a.warnings.size(); ++i) {
    EXPECT_EQ(a.warnings[i].code, b.warnings[i].code);
    EXPECT_EQ(a.warnings[i].message, b.warnings[i].message);
  }
  EXPECT_EQ(a.notes, b.notes);
}

const std::string kEnsemble = HOURGLASS_TEST_DATA "/models/v1-ensemble.hourglass";
const std::string kVersion1 = HOURGLASS_TEST_DATA "/models/v1-tiny.hourglass";

TEST(SavedModel, ComesBackAsItWas) {
  const SavedModel model = tiny_model();
  expect_same(parse_model(format_model(model), "tiny"), model);
}

TEST(SavedModel, ComesBackWithWhatItsCodesAreLike) {
  SavedModel model = tiny_model();
  model.training.code.rows = 250;
  model.training.code.effective_rank = 1.5;
  model.training.code.zero_share = 0.1;
  model.training.code.near_zero_share = 0.25;
  model.training.code.mean_activation = -0.3;
  model.training.code.jacobian_norm = 1e-3;
  model.training.code.contraction = 0.7;  // and no share saturated
  expect_same(parse_model(format_model(model), "tiny"), model);
}

TEST(SavedModel, ComesBackWithAllMembers) {
  const SavedModel model = tiny_ensemble();
  const std::string bytes = format_model(model);
  expect_same(parse_model(bytes, "ensemble"), model);
  const ModelBytes file(bytes);
  EXPECT_EQ(file.header["member.0.encoder.0.weight"]["shape"], nlohmann::json({3, 5}));
  EXPECT_EQ(file.header["member.1.encoder.0.weight"]["shape"], nlohmann::json({2, 5}));
  EXPECT_FALSE(file.header.contains("encoder.0.weight"));
}

TEST(SavedModel, ComesBackWithTheCodesOfAllMembers) {
  const SavedModel model = tiny_ensemble_with_codes();
  const std::string bytes = format_model(model);
  expect_same(parse_model(bytes, "ensemble"), model);
  const ModelBytes file(bytes);
  EXPECT_EQ(file.header["member.0.reference_codes"]["shape"], nlohmann::json({2, 2}));
  EXPECT_EQ(file.header["member.1.reference_codes"]["shape"], nlohmann::json({2, 1}));
}

// Networks into which penalties have put layers, with their statistics and doubled widths.
TEST(SavedModel, ComesBackWhateverItsPenalties) {
  for (const PenaltyKind& kind : penalty_kinds()) {
    SavedModel model = tiny_model();
    Settings settings = settings_from_spec(model.spec);
    settings.emplace_back("code_activation", "sigmoid");
    settings.emplace_back("penalty", std::string(kind.name) + "=1");
    model.spec = spec_from_settings(settings);
    Network<float> network(
        network_of(model.spec, model.encoding.features, model.encoding.sample_shape));
    network.initialise(1);
    model.networks = {network.tensors()};
    if (kind.name == "batch-top-k") {
      std::vector<NamedTensor>& tensors = model.networks[0];
      const auto statistics =
          std::find_if(tensors.begin(), tensors.end(), [](const NamedTensor& tensor) {
            return tensor.name.find(".statistics") != std::string::npos;
          });
      ASSERT_NE(statistics, tensors.end());
      statistics->values = {0.375F};
    }
    if (kind.name == "variational") model.training.evidence_lower_bound = -12.5;
    expect_same(parse_model(format_model(model), "penalised"), model);
  }
}

TEST(SavedModel, ComesBackFromAFile) {
  const std::string path = testing::TempDir() + "round-trip.hourglass";
  write_model(tiny_model(), path);
  expect_same(read_model(path), tiny_model());
  std::filesystem::remove(path);
}

TEST(SavedModel, KeepsAnUncalibratedTiedModelOfImages) {
  SavedModel model = tiny_model();
  model.spec = spec_from_settings({{"hidden", "3"},
                                   {"latent_dim", "2"},
                                   {"tied", "true"},
                                   {"weight_decay", "0"},
                                   {"lr", "1"},
                                   {"epochs", "1"},
                                   {"batch_size", "1"},
                                   {"patience", "0"}});
  model.encoding = Encoding{};
  model.encoding.scaling = Scaling::kNone;
  model.encoding.unit_interval = true;
  model.encoding.sample_shape = {2, 3};
  model.encoding.columns.resize(6);
  model.encoding.lay_out_features();
  Network<float> network(network_of(model.spec, 6));
  network.initialise(1);
  model.networks = {network.tensors()};
  model.calibration = {};
  expect_same(parse_model(format_model(model), "images"), model);
}

TEST(SavedModel, LoadsWhenTensorsWereReordered) {
  // As after a rewrite by Python's safetensors, which sorts by name.
  const std::string bytes = format_model(tiny_model());
  ModelBytes file(bytes);
  std::string data;
  nlohmann::json& header = file.header;
  for (auto& [key, entry] : header.items()) {
    if (key == "__metadata__") continue;
    const auto begin = entry["data_offsets"][0].get<std::size_t>();
    const auto end = entry["data_offsets"][1].get<std::size_t>();
    entry["data_offsets"] = {data.size(), data.size() + end - begin};
    data += file.data.substr(begin, end - begin);
  }
  file.data = data;
  expect_same(parse_model(file.join(), "sorted"), tiny_model());
}

TEST(SavedModel, AlignsItsHeaderAndTensors) {
  const std::string bytes = format_model(tiny_model());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  const ModelBytes file(bytes);
  for (const auto& [key, entry] : file.header.items()) {
    if (key == "__metadata__") continue;
    const std::size_t size = entry["dtype"] == "F64" ? 8 : 4;
    EXPECT_EQ(entry["data_offsets"][0].get<std::size_t>() % size, 0U) << key;
  }
}

TEST(SavedModel, Version1StillLoads) { expect_same(read_model(kVersion1), tiny_model()); }

TEST(SavedModel, AnEnsembleOfVersion1StillLoads) {
  expect_same(read_model(kEnsemble), tiny_ensemble());
}

TEST(SavedModel, FromBeforeEnsemblesIsOneNetwork) {
  ModelBytes file(format_model(tiny_model()));
  nlohmann::json spec = file.part("hourglass.spec");
  spec.erase("ensemble");
  spec.erase("ensemble_widths");
  file.set_part("hourglass.spec", spec);
  expect_same(parse_model(file.join(), "old"), tiny_model());
}

// Makes the files above: run with --gtest_also_run_disabled_tests, once for a format version or a
// new file.
TEST(SavedModel, DISABLED_WriteVersion1) {
  ASSERT_EQ(kModelFormatVersion, 1);
  write_model(tiny_model(), kVersion1);
}

TEST(SavedModel, DISABLED_WriteEnsembleOfVersion1) {
  ASSERT_EQ(kModelFormatVersion, 1);
  write_model(tiny_ensemble(), kEnsemble);
}

TEST(SavedModel, IsRefusedWhenCutShortAtEveryLength) {
  const std::string bytes = format_model(tiny_model());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string message = refusal(bytes.substr(0, length));
    ASSERT_NE(message.find("m.hourglass"), std::string::npos) << length << ": " << message;
  }
  EXPECT_EQ(refusal(bytes), "(accepted)");
}

TEST(SavedModel, IsRefusedWithBytesAfterIt) {
  EXPECT_NE(refusal(format_model(tiny_model()) + '\0').find("after its last tensor"),
            std::string::npos);
}

TEST(SavedModel, NeverSurvivesAFlippedBit) {
  const std::string bytes = format_model(tiny_model());
  RandomStream random(3, RandomPurpose::kCorruption);
  for (int trial = 0; trial < 4000; ++trial) {
    std::string broken = bytes;
    const Index at = random.below(static_cast<Index>(bytes.size()));
    broken[static_cast<std::size_t>(at)] ^= static_cast<char>(1 << random.below(8));
    const std::string message = refusal(broken);
    ASSERT_NE(message, "(wrong kind)");
    // Spaces that pad the header may become other white space; the rest is summed or checked.
    if (message == "(accepted)") {
      expect_same(parse_model(broken, "flipped"), tiny_model());
    }
    ASSERT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(SavedModel, SurvivesManyRandomBytes) {
  const std::string bytes = format_model(tiny_model());
  RandomStream random(4, RandomPurpose::kCorruption);
  for (int trial = 0; trial < 3000; ++trial) {
    // Checksums are put right again, so that what lies behind them is reached.
    ModelBytes file(bytes);
    std::string header = file.header.dump();
    for (Index i = random.below(4); i >= 0; --i) {
      header[static_cast<std::size_t>(random.below(static_cast<Index>(header.size())))] =
          static_cast<char>(random.below(256));
    }
    const nlohmann::json parsed = nlohmann::json::parse(header, nullptr, false);
    if (parsed.is_object() && parsed.contains("__metadata__") &&
        parsed["__metadata__"].is_object()) {
      file.header = parsed;
      try {
        header.clear();
        ASSERT_NE(refusal(file.join()), "(wrong kind)");
      } catch (const nlohmann::json::exception&) {
        continue;
      }
    } else {
      ASSERT_NE(refusal(file.with_header(header)), "(wrong kind)");
    }
  }
}

TEST(SavedModel, HoldsWeightsInHalfTheBytesAsAsked) {
  SavedModel model = tiny_ensemble();
  const std::size_t whole = parse_tensor_file(format_model(model), "whole").data.size();
  model.spec.stored_precision = StoredPrecision::kFloat16;
  std::vector<NamedTensor>& first = model.networks.front();
  ASSERT_EQ(first.front().name, "encoder.0.weight");
  first.front().values.front() = 0.1f;
  std::vector<NamedTensor>& last = model.networks.back();
  last.front().values.front() = 1e6f;  // more than half precision reaches

  const std::string bytes = format_model(model);
  const TensorFile file = parse_tensor_file(bytes, "half");
  std::size_t in_half = 0;
  for (const TensorBytes& tensor : file.tensors) {
    EXPECT_EQ(
        static_cast<std::size_t>(tensor.bytes.data() - file.data.data()) % bytes_of(tensor.type),
        0U)
        << tensor.name;
    if (tensor.type == TensorType::kF16) in_half += tensor.bytes.size();
    const bool weight = tensor.shape.size() > 1 && tensor.name != "member.2.encoder.0.weight";
    const bool of_network = tensor.name.starts_with("member.");
    EXPECT_EQ(tensor.type == TensorType::kF16, of_network && weight) << tensor.name;
  }
  EXPECT_EQ(file.data.size() + in_half, whole);

  for (std::vector<NamedTensor>& network : model.networks) round_as_stored(model.spec, network);
  EXPECT_NE(first.front().values.front(), 0.1f);
  EXPECT_EQ(last.front().values.front(), 1e6f);
  expect_same(parse_model(bytes, "half"), model);
}

TEST(SavedModel, NamesAMissingFile) {
  try {
    read_model("/nowhere/m.hourglass");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_STREQ(error.what(),
                 "cannot read the model /nowhere/m.hourglass: No such file or directory");
  }
}

TEST(SavedModel, RefusesAFolder) { EXPECT_THROW(read_model(testing::TempDir()), Error); }

TEST(SavedModel, LeavesTheOldFileWhenTheFolderIsMissing) {
  EXPECT_THROW(write_model(tiny_model(), testing::TempDir() + "missing/m.hourglass"), Error);
}

}  // namespace
}  // namespace hourglass
