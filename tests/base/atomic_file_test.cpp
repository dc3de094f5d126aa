#include "base/atomic_file.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hourglass/error.h"

namespace hourglass {
namespace {

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "hourglass_atomic_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "out.txt"; }
  std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_), {});
  }

  std::filesystem::path folder_;
};

std::string error_of(const std::string& path) {
  try {
    AtomicFile file(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFailed);
    return error.what();
  }
  return "";
}

TEST_F(AtomicFileTest, ADeviceOrPipeIsNotReplaced) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(error_of(pipe).find("not a regular file"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST_F(AtomicFileTest, AppearsWholeAtTheCommit) {
  AtomicFile file(path());
  file.write("half ");
  EXPECT_FALSE(std::filesystem::exists(path()));
  const std::string zeros("\0\0", 2);
  file.write(zeros);
  file.commit();
  EXPECT_EQ(content(), "half " + zeros);
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, UncommittedLeavesWhatWasThere) {
  std::ofstream(path()) << "old";
  {
    AtomicFile file(path());
    file.write(std::string(1 << 20, 'x'));
    EXPECT_EQ(content(), "old");
  }
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, ReplacesWhatWasThere) {
  std::ofstream(path()) << "something older and longer";
  AtomicFile file(path());
  file.write("new");
  file.commit();
  EXPECT_EQ(content(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, MissingFolderIsNamed) {
  const std::string folder = folder_ / "nowhere";
  EXPECT_NE(error_of(folder + "/out.txt").find("no folder " + folder), std::string::npos);
  EXPECT_EQ(files(), 0);
}

TEST_F(AtomicFileTest, ANameThatLeadsNowhereIsRefused) {
  std::filesystem::create_symlink("loop", folder_ / "loop");
  EXPECT_NE(error_of(folder_ / "loop").find("loop: "), std::string::npos);
  EXPECT_NE(error_of(folder_ / "loop/out.txt").find("no folder"), std::string::npos);
  EXPECT_NE(error_of(folder_ / std::string(300, 'n')).find("too long"), std::string::npos);
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, AFolderIsNoFile) {
  EXPECT_NE(error_of(folder_.string()).find("is a folder"), std::string::npos);
}

// A limit on the size of files refuses a write as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(AtomicFileTest, AFullDiskIsReportedAndLeavesNothing) {
  std::ofstream(path()) << "old";
  {
    const FileSizeLimit limit(10'000);
    AtomicFile large(path());
    EXPECT_THROW(large.write(std::string(1 << 20, 'x')), Error);
    AtomicFile buffered(path());  // may fail as late as the last flush
    EXPECT_THROW(
        {
          for (int i = 0; i < 1001; ++i) buffered.write("ten bytes.");
          buffered.commit();
        },
        Error);
  }
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, AFolderTakenAwayIsReported) {
  AtomicFile file(path());
  std::filesystem::remove_all(folder_);
  file.write("lost");
  EXPECT_THROW(file.commit(), Error);
}

}  // namespace
}  // namespace hourglass
