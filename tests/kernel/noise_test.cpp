#include "kernel/noise.h"

#include <algorithm>
#include <cmath>

#include "kernel/testing.h"

namespace hourglass {
namespace {

using Fill = void (*)(const NoiseSource&, float*, Index);

const NoiseSource kSource = {{11, 22}, {33, 44, 55}};

std::vector<float> filled(Fill fill, const NoiseSource& source, Index count) {
  std::vector<float> numbers(static_cast<std::size_t>(count + 1), 777.0f);
  fill(source, numbers.data(), count);
  EXPECT_EQ(numbers.back(), 777.0f) << "wrote past the end of " << count;
  numbers.pop_back();
  return numbers;
}

double moment(const std::vector<float>& numbers, int power) {
  double sum = 0;
  for (const float x : numbers) sum += std::pow(double(x), power);
  return sum / double(numbers.size());
}

double correlation_at(const std::vector<float>& numbers, std::size_t lag, double mean) {
  double sum = 0;
  for (std::size_t i = lag; i < numbers.size(); ++i) {
    sum += (double(numbers[i]) - mean) * (double(numbers[i - lag]) - mean);
  }
  return sum / double(numbers.size() - lag);
}

TEST(NoiseReference, ElementsAreTheWordsOfPhilox) {
  const auto numbers = filled(fill_uniform, kSource, 200);
  for (const Index i : {0, 15, 16, 40, 63, 64, 130, 199}) {
    const auto counter = static_cast<std::uint32_t>(i / 64 * 16 + i % 16);
    const auto words = philox({counter, 33, 44, 55}, {11, 22});
    const double expected = double(words[static_cast<std::size_t>(i % 64 / 16)] >> 8) * 0x1p-24;
    EXPECT_EQ(double(numbers[static_cast<std::size_t>(i)]), expected) << i;
  }
}

class NoiseTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(NoiseTest);

TEST_P(NoiseTest, AgreesWithTheReference) {
  for (const Index count : {1, 16, 31, 64, 65, 784, 5000}) {
    force_implementation("reference");
    const auto uniform = filled(fill_uniform, kSource, count);
    const auto normal = filled(fill_normal, kSource, count);
    force_implementation(GetParam());
    EXPECT_EQ(filled(fill_uniform, kSource, count), uniform);
    const auto fast = filled(fill_normal, kSource, count);
    for (std::size_t i = 0; i < fast.size(); ++i) ASSERT_NEAR(fast[i], normal[i], 4e-6) << i;
  }
}

TEST_P(NoiseTest, UniformNumbersAreUniform) {
  const Index n = 1'000'000;
  const auto numbers = filled(fill_uniform, kSource, n);
  EXPECT_NEAR(moment(numbers, 1), 0.5, 5 * std::sqrt(1.0 / 12 / double(n)));
  EXPECT_NEAR(moment(numbers, 2), 1.0 / 3, 5 * std::sqrt(4.0 / 45 / double(n)));
  for (const std::size_t lag : {1, 16, 32, 64}) {
    EXPECT_NEAR(correlation_at(numbers, lag, 0.5), 0, 5.0 / 12 / std::sqrt(double(n))) << lag;
  }
  EXPECT_GE(*std::ranges::min_element(numbers), 0.0f);
  EXPECT_LT(*std::ranges::max_element(numbers), 1.0f);
}

TEST_P(NoiseTest, NormalNumbersHaveTheMomentsAndTailsOfTheNormalDistribution) {
  const Index n = 1'000'000;
  const auto numbers = filled(fill_normal, kSource, n);
  const double error = 5 / std::sqrt(double(n));
  EXPECT_NEAR(moment(numbers, 1), 0, error);
  EXPECT_NEAR(moment(numbers, 2), 1, error * std::sqrt(2.0));
  EXPECT_NEAR(moment(numbers, 3), 0, error * std::sqrt(15.0));
  EXPECT_NEAR(moment(numbers, 4), 3, error * std::sqrt(96.0));
  for (const std::size_t lag : {1, 16, 32, 64}) {
    EXPECT_NEAR(correlation_at(numbers, lag, 0), 0, error) << lag;
  }
  double beyond_three = 0;
  for (const float x : numbers) beyond_three += std::abs(x) > 3 ? 1 : 0;
  EXPECT_NEAR(beyond_three / double(n), 0.0027, 5 * std::sqrt(0.0027 / double(n)));
}

TEST_P(NoiseTest, EveryWordMatters) {
  const auto numbers = filled(fill_normal, kSource, 64);
  for (int word = 0; word < 5; ++word) {
    NoiseSource other = kSource;
    (word < 2 ? other.key[static_cast<std::size_t>(word)]
              : other.place[static_cast<std::size_t>(word - 2)]) ^= 1;
    EXPECT_NE(filled(fill_normal, other, 64), numbers) << word;
  }
}

}  // namespace
}  // namespace hourglass
