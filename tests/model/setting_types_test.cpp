#include "model/setting_types.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hourglass {
namespace {

// A list of numbers, kept beside the spec.
std::vector<int>& numbers(ModelSpec&) {
  static std::vector<int> list;
  return list;
}

int read_number(const std::string& key, const std::string& entry) {
  if (entry.find_first_not_of("0123456789") != std::string::npos) {
    usage_error(key + " = " + entry + " is no number");
  }
  return std::stoi(entry);
}

std::string print_number(const int& number) { return std::to_string(number); }

const SettingRow& row() {
  static const SettingRow list = list_setting<int>({"numbers", "--number", "test"}, numbers,
                                                   read_number, print_number, "N", "none", "Some.");
  return list;
}

std::string printed_after(const std::string& text) {
  ModelSpec spec;
  try {
    row().parse(spec, text);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return row().print(spec);
}

TEST(ListSetting, TakesEntriesPartedByCommas) {
  EXPECT_EQ(printed_after("1"), "1");
  EXPECT_EQ(printed_after("3, 2,1 "), "3,2,1");
}

TEST(ListSetting, ReplacesWhatWasThere) {
  EXPECT_EQ(printed_after("1,2"), "1,2");
  EXPECT_EQ(printed_after("3"), "3");
}

TEST(ListSetting, NoneTakesBackWhatStandsBeforeIt) {
  EXPECT_EQ(printed_after("none"), "none");
  EXPECT_EQ(printed_after("1,2,none"), "none");
  EXPECT_EQ(printed_after("1,none,2"), "2");
}

TEST(ListSetting, RefusesWhatIsNoListAndLeavesTheOldOne) {
  EXPECT_EQ(printed_after("7"), "7");
  EXPECT_EQ(printed_after(""),
            "numbers = '' has an empty entry: give entries parted by commas, or none");
  EXPECT_EQ(printed_after("1,,2"),
            "numbers = 1,,2 has an empty entry: give entries parted by commas, or none");
  EXPECT_EQ(printed_after("1,x"), "numbers = x is no number");
  std::string many = "1";
  for (int i = 0; i < 64; ++i) many += ",1";
  EXPECT_EQ(printed_after(many), "numbers = (65 entries) is too long: give at most 64");
  ModelSpec spec;
  EXPECT_EQ(row().print(spec), "7");
}

TEST(ListSetting, SaysThatItAddsUp) {
  EXPECT_TRUE(row().info.adds_up);
  EXPECT_EQ(row().info.type, "list of entries");
}

}  // namespace
}  // namespace hourglass
