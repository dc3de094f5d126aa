#include <functional>
#include <gtest/gtest.h>
#include <limits>

#include "model_bytes.h"
#include "tiny_ensemble.h"
#include "tiny_model.h"

namespace hourglass {
namespace {

/// One thing that can be wrong with a model file, and a part of what is said about it.
struct Rejection {
  const char* name;
  std::function<void(ModelBytes&)> break_it;
  const char* message;
};

template <class Value>
std::function<void(ModelBytes&)> part_with(const char* part, const char* key, Value value) {
  return [=](ModelBytes& file) {
    nlohmann::json json = file.part(part);
    json[key] = value;
    file.set_part(part, json);
  };
}

template <class Value>
std::function<void(ModelBytes&)> entry_with(const char* tensor, const char* key, Value value) {
  return [=](ModelBytes& file) { file.header[tensor][key] = value; };
}

nlohmann::json list(std::initializer_list<std::int64_t> values) {
  return nlohmann::json(std::vector<std::int64_t>(values));
}

const double kNan = std::numeric_limits<double>::quiet_NaN();
const char* const kWeight = "encoder.0.weight";
const char* const kEncoding = "hourglass.encoding";
const char* const kSpec = "hourglass.spec";

const std::vector<Rejection>& rejections() {
  static const std::vector<Rejection> table = {
      // layout
      {"DtypeUnknown", entry_with(kWeight, "dtype", "BF16"),
       "dtype other than F16, F32, F64, U8 and U32"},
      {"DtypeNoText", entry_with(kWeight, "dtype", 3),
       "dtype other than F16, F32, F64, U8 and U32"},
      {"DtypeOfAnIndex", [](ModelBytes& file) { file.header[kWeight]["dtype"] = "U32"; },
       "does not belong to a model"},
      {"EntryTooLong", entry_with(kWeight, "extra", 1), "dtype, shape and data_offsets alone"},
      {"ShapeOverflows", entry_with(kWeight, "shape", list({1LL << 40, 1LL << 40})),
       "too large for any file"},
      {"ShapeNegative", entry_with(kWeight, "shape", list({-3, 5})), "not a count"},
      {"ShapeTooDeep", entry_with(kWeight, "shape", list({1, 1, 1, 1, 1, 1, 1, 1, 15})),
       "more than 8 dimensions"},
      {"ShapeAgainstOffsets", entry_with(kWeight, "shape", list({3, 6})), "by its offsets"},
      {"OffsetsNegative", entry_with(kWeight, "data_offsets", list({-8, 8})), "not a count"},
      {"OffsetsBackwards", entry_with(kWeight, "data_offsets", list({64, 4})), "ends before"},
      {"OffsetsOfThree", entry_with(kWeight, "data_offsets", list({0, 4, 8})), "needs two"},
      {"OffsetsOverlap",
       [](ModelBytes& file) {
         file.header["encoding.scale"]["data_offsets"] =
             file.header["encoding.shift"]["data_offsets"];
       },
       "does not follow on"},
      {"OffsetsLeaveAGap", [](ModelBytes& file) { file.header.erase("encoding.scale"); },
       "does not follow on"},
      {"OffsetsPastTheEnd", [](ModelBytes& file) { file.data.resize(file.data.size() - 4); },
       "cut short"},
      {"BytesAtTheEnd", [](ModelBytes& file) { file.data += "1234"; }, "after its last tensor"},
      {"MetadataNoText", [](ModelBytes& file) { file.header["__metadata__"]["other"] = 5; },
       "is not a text"},
      // identity
      {"NoModel",
       [](ModelBytes& file) { file.header["__metadata__"].erase("hourglass.format_version"); },
       "no Hourglass model"},
      {"VersionNoNumber",
       [](ModelBytes& file) { file.header["__metadata__"]["hourglass.format_version"] = "1x"; },
       "not a number"},
      {"VersionNewer",
       [](ModelBytes& file) { file.header["__metadata__"]["hourglass.format_version"] = "2"; },
       "made by a newer Hourglass"},
      {"PartMissing", [](ModelBytes& file) { file.header["__metadata__"].erase(kSpec); },
       "its spec is missing"},
      {"PartNoJson", [](ModelBytes& file) { file.header["__metadata__"][kSpec] = "{"; },
       "its spec is not valid JSON"},
      {"PartWithTwoKeys",
       [](ModelBytes& file) { file.header["__metadata__"][kSpec] = R"({"a":"1","a":"2"})"; },
       "is there twice"},
      {"PartTooDeep",
       [](ModelBytes& file) {
         file.header["__metadata__"][kSpec] = std::string(50, '[') + std::string(50, ']');
       },
       "nested deeper"},
      {"PartHugeNumber",
       [](ModelBytes& file) { file.header["__metadata__"][kSpec] = R"({"lr":1e999})"; },
       "not valid JSON"},
      // spec
      {"SpecUnknownKey", part_with(kSpec, "latent_dmi", "2"), "unknown key 'latent_dmi'"},
      {"SpecOutOfRange", part_with(kSpec, "latent_dim", "0"), "out of range"},
      {"SpecNoText", part_with(kSpec, "latent_dim", 2), "its spec"},
      {"SpecOpen", part_with(kSpec, "epochs", "auto"), "leaves sizes open"},
      {"SpecOfAnotherSize", part_with(kSpec, "latent_dim", "3"), "numbers and"},
      {"SpecHuge", part_with(kSpec, "hidden", "1000000,1000000"), "numbers and"},
      {"SpecUnfit",
       [](ModelBytes& file) {
         file.header["encoder.9.weight"] = file.header[kWeight];
         file.header.erase(kWeight);
       },
       "tensor 'encoder.0.weight' is missing"},
      {"SpecOtherShape", entry_with(kWeight, "shape", list({5, 3})), "has shape"},
      // tensors
      {"TensorForeign",
       [](ModelBytes& file) {
         file.header["extra"] = {{"dtype", "F64"}, {"shape", {0}}, {"data_offsets", {0, 0}}};
       },
       "does not belong"},
      {"WeightNan", [](ModelBytes& file) { file.set_value(kWeight, 2, static_cast<float>(kNan)); },
       "not finite"},
      {"VarianceNegative",
       [](ModelBytes& file) { file.set_value("encoder.0.norm.running_var", 0, -1.0f); },
       "negative variance"},
      // encoding
      {"ScalingUnknown", part_with(kEncoding, "scaling", "standart"), "did you mean standard"},
      {"ScalingOpen", part_with(kEncoding, "scaling", "auto"), "never decided"},
      {"ColumnsNone", part_with(kEncoding, "columns", 0), "0 columns"},
      {"ColumnsMillions", part_with(kEncoding, "columns", 1000000000), "1000000000 columns"},
      {"ColumnsOther", part_with(kEncoding, "columns", 5), "4 values for 5 columns"},
      {"ShapeOfOtherColumns", part_with(kEncoding, "sample_shape", list({2, 3})), "sample_shape"},
      {"ShapeProductOverflows",
       part_with(kEncoding, "sample_shape", list({1LL << 40, 1LL << 40, 4})), "sample_shape"},
      {"NamesTooFew", part_with(kEncoding, "names", nlohmann::json{"a"}), "names 1 of 4"},
      {"NameNoText", part_with(kEncoding, "names", nlohmann::json{"a", 1, "c", "d"}), "names"},
      {"DroppedOutside", part_with(kEncoding, "dropped", list({4})), "column 5 of 4"},
      {"DroppedAll", part_with(kEncoding, "dropped", list({0, 1, 2, 3})), "every column"},
      {"LevelsOutside",
       [](ModelBytes& file) {
         nlohmann::json json = file.part(kEncoding);
         json["categorical"][0]["kept_levels"] = {0, 3};
         file.set_part(kEncoding, json);
       },
       "keeps levels"},
      {"LevelsOutOfOrder",
       [](ModelBytes& file) {
         nlohmann::json json = file.part(kEncoding);
         json["categorical"][0]["kept_levels"] = {2, 0};
         file.set_part(kEncoding, json);
       },
       "keeps levels"},
      {"CategoriesTwice",
       [](ModelBytes& file) {
         nlohmann::json json = file.part(kEncoding);
         json["categorical"].push_back(json["categorical"][0]);
         file.set_part(kEncoding, json);
       },
       "twice"},
      {"ScaleZero", [](ModelBytes& file) { file.set_value("encoding.scale", 0, 0.0); },
       "column 1 cannot be used"},
      {"ShiftNan", [](ModelBytes& file) { file.set_value("encoding.shift", 3, kNan); },
       "column 4 cannot be used"},
      {"RangeReversed", [](ModelBytes& file) { file.set_value("encoding.observed_min", 3, 5.0); },
       "column 4 cannot be used"},
      // calibration, training
      {"ScoresUnsorted", [](ModelBytes& file) { file.set_value("calibration.scores", 0, 9.0); },
       "out of order"},
      {"ScoresNan", [](ModelBytes& file) { file.set_value("calibration.scores", 0, kNan); },
       "not finite"},
      {"ScoresOfFewerRows", part_with("hourglass.calibration", "rows", 3), "4 scores of 3 rows"},
      {"ScaleNegative",
       [](ModelBytes& file) { file.set_value("calibration.feature_scale", 0, -1.0); }, "negative"},
      {"RowsNegative", part_with("hourglass.calibration", "rows", -1), "not a count"},
      {"RowsFraction", part_with("hourglass.calibration", "rows", 4.5), "not a count"},
      {"RowsBeyondAll", part_with("hourglass.calibration", "rows", ~std::uint64_t{0}),
       "not a count"},
      {"LossNoNumber", part_with("hourglass.training", "train_loss", "low"), "not a number"},
      {"EpochAfterTheLast", part_with("hourglass.training", "best_epoch", 8), "epoch 8 of 7"},
      {"WarningsNoList",
       [](ModelBytes& file) { file.set_part("hourglass.warnings", nlohmann::json::object()); },
       "not a list"},
  };
  return table;
}

class RejectionTest : public testing::TestWithParam<Rejection> {};

TEST_P(RejectionTest, SaysWhatIsWrong) {
  ModelBytes file(format_model(tiny_model()));
  GetParam().break_it(file);
  const std::string message = refusal(file.join());
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_NE(message.find("m.hourglass"), std::string::npos) << message;
}

// Of an ensemble that is not calibrated, so that its networks are what members are counted by.
const std::vector<Rejection>& ensemble_rejections() {
  static const std::vector<Rejection> table = {
      {"MembersMore", part_with(kSpec, "ensemble", "4"), "its 4 networks need"},
      {"MembersFewer", part_with(kSpec, "ensemble", "2"), "its 2 networks need"},
      {"MembersNone", part_with(kSpec, "ensemble", "0"), "out of range"},
      {"MembersOfOne", part_with(kSpec, "ensemble", "1"), "its network needs"},
      {"MembersBeyondAll", part_with(kSpec, "ensemble", "100000"), "out of range"},
      {"MembersHuge",
       [](ModelBytes& file) {
         part_with(kSpec, "ensemble", "256")(file);
         part_with(kSpec, "hidden", "1000000,1000000,1000000")(file);
       },
       "its 256 networks need"},
      {"WidthsOther", part_with(kSpec, "ensemble_widths", "1,0.75"), "its 3 networks need"},
      {"WidthsInAnotherOrder", part_with(kSpec, "ensemble_widths", "1,1,0.5"), "has shape"},
      {"WidthsNoFactor", part_with(kSpec, "ensemble_widths", "1,x"), "not a number"},
      {"MemberMissing",
       [](ModelBytes& file) {
         file.header["member.9.encoder.0.weight"] = file.header["member.2.encoder.0.weight"];
         file.header.erase("member.2.encoder.0.weight");
       },
       "tensor 'member.2.encoder.0.weight' is missing"},
      {"MemberForeign",
       [](ModelBytes& file) {
         file.header["member.3.encoder.0.weight"] = {
             {"dtype", "F32"}, {"shape", {0}}, {"data_offsets", {0, 0}}};
       },
       "'member.3.encoder.0.weight' does not belong"},
      {"MemberNan",
       [](ModelBytes& file) {
         file.set_value("member.1.decoder.0.bias", 0, static_cast<float>(kNan));
       },
       "not finite"},
  };
  return table;
}

class EnsembleRejectionTest : public testing::TestWithParam<Rejection> {};

TEST_P(EnsembleRejectionTest, SaysWhatIsWrong) {
  SavedModel model = tiny_ensemble();
  model.calibration.feature_scale.clear();
  ModelBytes file(format_model(model));
  ASSERT_EQ(refusal(file.join()), "(accepted)");
  GetParam().break_it(file);
  const std::string message = refusal(file.join());
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_NE(message.find("m.hourglass"), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(SavedModel, EnsembleRejectionTest,
                         testing::ValuesIn(ensemble_rejections()),
                         [](const auto& row) { return std::string(row.param.name); });

const std::vector<Rejection>& code_rejections() {
  static const std::vector<Rejection> table = {
      {"CodesMoreThanAsked", part_with(kSpec, "reference_codes", "1"), "is not 1 to 1 codes"},
      {"CodesNotAskedFor", part_with(kSpec, "reference_codes", "0"), "is not 1 to 0 codes"},
      {"CodesOfAnotherSize", entry_with("member.0.reference_codes", "shape", list({4, 1})),
       "is not 1 to 2 codes of 2 numbers"},
      {"CodesOfSomeMembers",
       [](ModelBytes& file) {
         file.header["member.7.reference_codes"] = file.header["member.1.reference_codes"];
         file.header.erase("member.1.reference_codes");
       },
       "2 of its 3 members have 'reference_codes'"},
      {"CodesNan",
       [](ModelBytes& file) {
         file.set_value("member.2.reference_codes", 1, static_cast<float>(kNan));
       },
       "'member.2.reference_codes' is not finite"},
  };
  return table;
}

class CodeRejectionTest : public testing::TestWithParam<Rejection> {};

TEST_P(CodeRejectionTest, SaysWhatIsWrong) {
  ModelBytes file(format_model(tiny_ensemble_with_codes()));
  ASSERT_EQ(refusal(file.join()), "(accepted)");
  GetParam().break_it(file);
  const std::string message = refusal(file.join());
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(SavedModel, CodeRejectionTest, testing::ValuesIn(code_rejections()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EnsembleCalibration, RefusesScalesOfAnotherNumberOfMembers) {
  ModelBytes file(format_model(tiny_ensemble()));
  part_with(kSpec, "ensemble", "2")(file);
  EXPECT_NE(refusal(file.join()).find("15 feature scales for 5 features of 2 members"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(SavedModel, RejectionTest, testing::ValuesIn(rejections()),
                         [](const auto& row) { return std::string(row.param.name); });

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + rest;
}

TEST(ModelHeader, RefusesImpossibleLengths) {
  for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100'000'001},
                                     ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    EXPECT_NE(refusal(with_length(length, "{}")).find("no Hourglass model"), std::string::npos);
  }
}

TEST(ModelHeader, RefusesWhatIsNoObject) {
  EXPECT_NE(refusal(with_length(2, "[]")).find("no Hourglass model"), std::string::npos);
  EXPECT_NE(refusal(with_length(2, "{]")).find("not valid JSON"), std::string::npos);
  EXPECT_NE(refusal(with_length(2, "{}")).find("'__metadata__' is missing"), std::string::npos);
}

TEST(ModelHeader, RefusesTensorsTwice) {
  const ModelBytes file(format_model(tiny_model()));
  std::string json = file.header.dump();
  const std::string entry = "\"encoder.0.bias\":" + file.header["encoder.0.bias"].dump() + ",";
  json.insert(1, entry);
  EXPECT_NE(refusal(file.with_header(json)).find("'encoder.0.bias' is there twice"),
            std::string::npos);
}

TEST(ModelHeader, RefusesAWrongChecksum) {
  const std::string bytes = format_model(tiny_model());
  std::string broken = bytes;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  EXPECT_NE(refusal(broken).find("tensors_crc32"), std::string::npos);
  broken = bytes;
  broken[broken.find("age")] = 'A';
  EXPECT_NE(refusal(broken).find("metadata_crc32"), std::string::npos);
}

}  // namespace
}  // namespace hourglass
