#include "base/paths.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

class PathsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "hourglass_paths_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(PathsTest, SeesWhatStandsThere) {
  EXPECT_TRUE(is_folder(folder_));
  EXPECT_TRUE(is_there(folder_));
  std::ofstream(folder_ / "file") << "text";
  EXPECT_FALSE(is_folder(folder_ / "file"));
  EXPECT_TRUE(is_there(folder_ / "file"));
  EXPECT_FALSE(is_there(folder_ / "nothing"));
  EXPECT_FALSE(is_there(""));
  std::filesystem::create_symlink(folder_, folder_ / "link");
  EXPECT_TRUE(is_folder(folder_ / "link"));
}

TEST_F(PathsTest, WhatCannotBeToldIsNotThere) {
  const std::filesystem::path loop = folder_ / "loop";
  std::filesystem::create_symlink("loop", loop);
  const std::filesystem::path long_name = folder_ / std::string(300, 'n');
  for (const std::filesystem::path& path : {loop, loop / "in", long_name, long_name / "in"}) {
    EXPECT_FALSE(is_folder(path)) << path;
    EXPECT_FALSE(is_there(path)) << path;
  }
}

}  // namespace
}  // namespace hourglass
