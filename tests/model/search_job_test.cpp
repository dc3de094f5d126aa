#include <gtest/gtest.h>

#include "model/job.h"
#include "model/settings.h"

namespace hourglass {
namespace {

std::vector<std::string> corruptions_for(const DataShape& shape) {
  ModelSpec spec = spec_from_settings({{"job", "search"}});
  resolve(spec, shape, nullptr);
  std::vector<std::string> texts;
  for (const CorruptionSpec& each : spec.corruptions) texts.push_back(print_corruption(each));
  return texts;
}

TEST(SearchJob, WarpsImagesAndMasksColumns) {
  DataShape images{.rows = 1000, .features = 784, .image = true, .unit_interval = true};
  images.sample_shape = {28, 28};
  EXPECT_EQ(corruptions_for(images), std::vector<std::string>{"warp:0.5"});
  DataShape numbers{.rows = 1000, .features = 20};
  EXPECT_EQ(corruptions_for(numbers), std::vector<std::string>{"masking:0.2"});
  DataShape both{.rows = 1000, .features = 20, .has_categories = true};
  EXPECT_EQ(corruptions_for(both), std::vector<std::string>{"masking:0-0.5"});
}

TEST(SearchJob, NoisyCodesAreASetting) {
  ModelSpec spec =
      spec_from_settings({{"code_noise", "4"}, {"code_activation", "sigmoid"}, {"hidden", "8"}});
  resolve(spec, {.rows = 100, .features = 20}, nullptr);
  const NetworkSpec network = network_of(spec, 20);
  EXPECT_EQ(network.encoder.back().noise, 4);
  EXPECT_EQ(network.encoder.front().noise, 0);
}

}  // namespace
}  // namespace hourglass
