#include "data/plain_decimal.h"

#include <bit>
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

#include "base/random.h"

namespace hourglass {
namespace {

const std::string kBehind = ",1234567890";

// Whether the number is read, to the bits that the C library reads.
void expect_read(const std::string& text, const std::string& behind = kBehind) {
  const std::string line = text + behind;
  double value = 0;
  const char* end = read_plain_decimal(line.data(), line.data() + line.size(), &value);
  ASSERT_NE(end, nullptr) << line;
  EXPECT_EQ(end - line.data(), std::ssize(text)) << line;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(value),
            std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)))
      << line << ": " << value;
}

bool is_read(const std::string& line) {
  double value = 0;
  return read_plain_decimal(line.data(), line.data() + line.size(), &value) != nullptr;
}

TEST(PlainDecimal, ReadsEveryFormThatFits) {
  for (const char* text :
       {"0",         "-0",       "7",        "-7",   "12345678", "-12345678", "0.5",
        ".5",        "-.5",      "5.",       "-5.",  "0.123456", "1.234567",  "1234567.",
        "-1234.567", "0.000001", "00000012", "-0.0", "99999999", ".1234567"}) {
    for (const char* behind : {",", "\n", ";", "\t", " ", "\r\n", "e5", "\xC3\xA4", "\xFF", "-"}) {
      expect_read(text, std::string(behind) + kBehind);
    }
  }
}

TEST(PlainDecimal, ReadsRandomNumbersToTheLastBit) {
  RandomStream random(1, RandomPurpose::kSample);
  for (int i = 0; i < 200'000; ++i) {
    const auto digits = static_cast<std::size_t>(1 + random.below(8));
    std::string text;
    for (std::size_t d = 0; d < digits; ++d) text += static_cast<char>('0' + random.below(10));
    if (digits < 8 && random.below(4) > 0) {
      text.insert(static_cast<std::size_t>(random.below(static_cast<Index>(digits) + 1)), 1, '.');
    }
    expect_read(fmt::format("{}{}", random.below(2) == 0 ? "-" : "", text));
  }
}

TEST(PlainDecimal, LeavesTheRestToOthers) {
  for (const char* text : {"", "-", ".", "-.", "--1", "+1", "x", "nan", "inf", "123456789",
                           "1234567.8", "0.1234567", "-123456789", " 1", "\"1\"", "\xC3\xA4"}) {
    EXPECT_FALSE(is_read(std::string(text) + kBehind)) << text;
  }
}

TEST(PlainDecimal, StaysWithinTheText) {
  for (std::size_t size = 0; size < 10; ++size) EXPECT_FALSE(is_read(std::string(size, '1')));
}

}  // namespace
}  // namespace hourglass
