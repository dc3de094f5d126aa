#include "base/checked.h"

#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>

#include "base/error.h"
#include "base/interrupt.h"

namespace hourglass {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(Checked, Multiply) {
  EXPECT_EQ(checked_multiply(0, kMax), 0u);
  EXPECT_EQ(checked_multiply(1, kMax), kMax);
  EXPECT_EQ(checked_multiply(kMax / 2, 2), kMax - 1);
  EXPECT_EQ(checked_multiply(kMax / 2 + 1, 2), std::nullopt);
  EXPECT_EQ(checked_multiply(std::uint64_t{1} << 32, std::uint64_t{1} << 32), std::nullopt);
}

TEST(Checked, Add) {
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_EQ(checked_add(kMax, 1), std::nullopt);
  EXPECT_EQ(checked_add(kMax, kMax), std::nullopt);
}

TEST(Errors, HaveTheirKind) {
  const auto kind_of = [](void (*thrower)(const std::string&)) {
    try {
      thrower("why");
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "why");
      return error.kind();
    }
    throw std::logic_error("nothing was thrown");
  };
  EXPECT_EQ(kind_of(fail), ErrorKind::kFailed);
  EXPECT_EQ(kind_of(usage_error), ErrorKind::kUsage);
  EXPECT_EQ(kind_of(data_error), ErrorKind::kData);
  EXPECT_EQ(kind_of(model_error), ErrorKind::kModel);
}

TEST(Errors, BrokenInvariantsAreLogicErrorsThatNameThePlace) {
  EXPECT_NO_THROW(HOURGLASS_CHECK(1 + 1 == 2));
  try {
    HOURGLASS_CHECK(1 + 1 == 3);
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("checked_test.cpp"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("1 + 1 == 3"), std::string::npos);
  }
}

TEST(Interrupt, IsAskedForSeenAndCleared) {
  EXPECT_NO_THROW(throw_if_interrupted());
  request_interrupt(2);
  EXPECT_EQ(requested_interrupt(), 2);
  EXPECT_THROW(throw_if_interrupted(), Error);
  clear_interrupt();
  EXPECT_EQ(requested_interrupt(), 0);
  EXPECT_NO_THROW(throw_if_interrupted());
}

}  // namespace
}  // namespace hourglass
