// What of a picture is not noise stays as it was.

#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "data/image_file.h"
#include "hourglass/hourglass.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

constexpr Index kPlenty = Index{1} << 20;

Image waves(Index channels, int bit_depth, double speed) {
  Image image;
  image.height = 21;
  image.width = 24;
  image.channels = channels;
  image.bit_depth = bit_depth;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(static_cast<float>(0.5 + 0.4 * std::sin(speed * double(i))));
  }
  return image;
}

class DenoiseTest : public testing::Test {
 protected:
  DenoiseTest() {
    std::string name = (fs::temp_directory_path() / "hourglass-denoise-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    fs::create_directory(folder_ / "pictures");
    for (int i = 0; i < 5; ++i) {
      write_image(path("pictures/" + std::to_string(i) + ".png"), waves(1, 8, 0.05 * (i + 1)));
    }
  }
  ~DenoiseTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  Model trained(const Settings& more = {}) const {
    DataOptions reading;
    reading.pictures = true;
    Settings settings = {{"job", "denoise"}, {"channels", "3,4"}, {"blocks", "0,0"},
                         {"patch", "8"},     {"epochs", "1"},     {"batch_size", "4"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return Model::train(Data::read(path("pictures"), reading), settings);
  }

  // What a model makes of one picture.
  std::vector<float> denoised(const Model& model) const {
    write_image(path("in.tif"), waves(1, 16, 0.07));
    denoise(model, path("in.tif"), path("out.tif"));
    return read_image(InputFile(path("out.tif")), kPlenty).pixels;
  }

 private:
  fs::path folder_;
};

TEST_F(DenoiseTest, KeepsOpacityAndDepth) {
  const Model model = trained();
  for (const char* ending : {".png", ".tif"}) {
    for (const Index channels : {1, 3}) {
      for (const int bit_depth : {8, 16}) {
        Image image = waves(channels, bit_depth, 0.07);
        image.alpha = waves(1, bit_depth, 0.3).pixels;
        const std::string in = path(std::string("in") + ending);
        const std::string out = path(std::string("out") + ending);
        write_image(in, image);
        EXPECT_TRUE(denoise(model, in, out).warnings.empty());
        const Image before = read_image(InputFile(in), kPlenty);
        const Image after = read_image(InputFile(out), kPlenty);
        EXPECT_EQ(after.bit_depth, bit_depth);
        EXPECT_EQ(after.channels, channels);
        ASSERT_FALSE(after.alpha.empty());
        EXPECT_EQ(after.alpha, before.alpha);
        EXPECT_NE(after.pixels, before.pixels);
      }
    }
  }
}

// Each member draws patches of its own, as it would alone.
TEST_F(DenoiseTest, AMemberIsThePlainModelOfItsOwnSeed) {
  const Model two = trained({{"validation", "0"}, {"ensemble", "2"}});
  for (int m = 0; m < 2; ++m) {
    const auto told = nlohmann::json::parse(two.member(m).describe());
    const std::string seed = told["settings"]["seed"];
    EXPECT_EQ(denoised(two.member(m)), denoised(trained({{"validation", "0"}, {"seed", seed}})));
  }
  EXPECT_NE(denoised(two.member(0)), denoised(two.member(1)));
}

TEST_F(DenoiseTest, PicturesOfFloatsAreRefusedBeforeTheyAreLearnedFrom) {
  write_image(path("pictures/float.tif"), waves(1, 32, 0.07));
  try {
    trained();
    FAIL() << "they were taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("float.tif"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace hourglass
