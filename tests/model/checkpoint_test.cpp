#include "model/checkpoint.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "hourglass/error.h"
#include "model/model_bytes.h"

namespace hourglass {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

FitStates some_states() {
  FitState running;
  running.numbers = {{"step", 7}, {"best_loss", kInfinity}};
  running.history = {{1, 0.5, 0.6, 0.01, 0.7}, {2, 0.4, std::nan(""), 0.02, std::nan("")}};
  running.network = {{"encoder.0.weight", {2, 1}, {1, 2}}, {"encoder.0.bias", {2}, {3, 4}}};
  running.best = {{"encoder.0.bias", {2}, {5, 6}}};
  running.optimizer = {{"optimizer.first.encoder.0.bias", {1}, {7}}};
  FitState finished;
  finished.finished = true;
  finished.numbers = {{"best_epoch", 1}};
  return {{"member.0", running}, {"fold.1/member.0/pretraining.0", finished}};
}

TEST(Checkpoint, ComesBackAsItWas) {
  const FitStates back = parse_checkpoint(format_checkpoint(some_states()), "c");
  ASSERT_EQ(back.size(), 2U);
  EXPECT_TRUE(back.at("fold.1/member.0/pretraining.0").finished);
  EXPECT_EQ(back.at("fold.1/member.0/pretraining.0").numbers.at("best_epoch"), 1);
  const FitState& state = back.at("member.0");
  EXPECT_FALSE(state.finished);
  EXPECT_EQ(state.numbers, some_states().at("member.0").numbers);
  ASSERT_EQ(state.history.size(), 2U);
  EXPECT_EQ(state.history[1].epoch, 2);
  EXPECT_EQ(state.history[0].validation_loss, 0.6);
  EXPECT_TRUE(std::isnan(state.history[1].validation_loss));
  EXPECT_EQ(state.history[1].learning_rate, 0.02);
  EXPECT_EQ(state.history[0].validation_error, 0.7);
  // Networks take their tensors in order.
  ASSERT_EQ(state.network.size(), 2U);
  EXPECT_EQ(state.network[0].name, "encoder.0.weight");
  EXPECT_EQ(state.network[0].shape, (std::vector<Index>{2, 1}));
  EXPECT_EQ(state.best[0].values, (std::vector<float>{5, 6}));
  EXPECT_EQ(state.optimizer[0].name, "optimizer.first.encoder.0.bias");
}

std::string refusal_of(const std::string& bytes) {
  try {
    parse_checkpoint(bytes, "c");
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kModel ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

// The file with a tensor under another name.
std::string renamed(const char* from, const char* to) {
  ModelBytes file(format_checkpoint(some_states()));
  file.header[to] = file.header[from];
  file.header.erase(from);
  return refusal_of(file.join());
}

TEST(Checkpoint, RefusesWhatIsNone) {
  const std::string whole = format_checkpoint(some_states());
  EXPECT_NE(refusal_of(whole.substr(0, whole.size() - 1)), "(accepted)");
  std::string damaged = whole;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_NE(refusal_of(damaged).find("checksum"), std::string::npos);
  for (const char* name : {"nowhere", "member.0/odd.x", "member.0/number"}) {
    EXPECT_NE(renamed("member.0/number.step", name).find(name), std::string::npos);
    EXPECT_NE(renamed("member.0/best.encoder.0.bias", name).find(name), std::string::npos);
  }
  EXPECT_NE(renamed("member.0/number.step", "member.1/history").find("history"), std::string::npos);
  ModelBytes newer(whole);
  newer.header["__metadata__"]["hourglass.checkpoint_version"] = "2";
  EXPECT_NE(refusal_of(newer.join()).find("another version"), std::string::npos);
}

TEST(StateNumbers, AreTakenForWhatTheyCanBe) {
  std::map<std::string, double> numbers = {{"half", 0.5}, {"less", -1}, {"two", 2}, {"none", NAN}};
  StateNumbers state = StateNumbers::restoring(numbers);
  Index count = 0;
  bool truth = false;
  double any = 0;
  state.number("two", count);
  EXPECT_EQ(count, 2);
  state.number("less", any);
  EXPECT_EQ(any, -1);
  for (const char* name : {"half", "less", "none", "missing"}) {
    EXPECT_THROW(state.number(name, count), Error) << name;
  }
  EXPECT_THROW(state.number("two", truth), Error);
}

}  // namespace
}  // namespace hourglass
