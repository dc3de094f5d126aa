#include "data/scratch_file.h"

#include <csignal>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "reader_files.h"

namespace hourglass {
namespace {

using ScratchFileTest = ReaderTest;

TEST_F(ScratchFileTest, HasNoNameAndKeepsWhatIsWritten) {
  ScratchFile scratch(folder_);
  scratch.append("hello ", 6);
  scratch.append("world", 5);
  EXPECT_EQ(scratch.size(), 11u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  const FileDescriptor file = scratch.release();
  char text[12] = {};
  ASSERT_EQ(pread(file.get(), text, 11, 0), 11);
  EXPECT_STREQ(text, "hello world");
}

TEST_F(ScratchFileTest, NeverLiesInAMemoryFileSystem) {
  struct statfs status {};
  if (statfs("/dev/shm", &status) != 0 || status.f_type != TMPFS_MAGIC) {
    GTEST_SKIP() << "there is no memory file system at /dev/shm";
  }
  EXPECT_EQ(ScratchFile("/dev/shm").folder(), "/var/tmp");
}

// A limit on file sizes stands for a full disk: the write fails in the same way.
TEST_F(ScratchFileTest, AFullDiskFailsWithTheReasonAndTheFolder) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "1,2,3,4\n";
  const std::string file = write("t.csv", text);
  options_.memory_limit_bytes = 1000;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  expect_error(ErrorKind::kFailed, [&] { read_table(file, options_); },
               {folder_, "File too large"});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
}

}  // namespace
}  // namespace hourglass
