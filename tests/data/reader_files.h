#pragma once

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>
#include <zlib.h>

#include "data/reader.h"
#include "hourglass/error.h"

namespace hourglass {

/// A folder of its own for every test, gone with it.
class ReaderTest : public ::testing::Test {
 protected:
  ReaderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hourglass-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    options_.scratch_folder = folder_;
  }
  ~ReaderTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary).write(bytes.data(), std::ssize(bytes));
    return path(name);
  }
  Table read(const std::string& name, std::string_view bytes) const {
    return read_table(write(name, bytes), options_);
  }
  Table read_csv_text(std::string_view text) const { return read("table.csv", text); }

  std::string folder_;
  ReadOptions options_;
};

inline std::vector<double> numbers_of(const Table& table) {
  std::vector<double> numbers(static_cast<std::size_t>(table.rows() * table.cols()));
  table.store->read(0, table.rows(), numbers.data());
  return numbers;
}

inline std::string file_of(const std::string& name) {
  return std::string(HOURGLASS_TEST_DATA) + "/readers/" + name;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no file " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string gzipped(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Runs `work` and expects an Error of `kind` whose one line has all of `words` in it.
template <class Work>
void expect_error(ErrorKind kind, Work work, std::initializer_list<std::string_view> words) {
  try {
    work();
    ADD_FAILURE() << "nothing was refused";
  } catch (const Error& error) {
    const std::string_view message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string_view::npos) << message;
    for (const std::string_view word : words) {
      EXPECT_NE(message.find(word), std::string_view::npos) << message << "\n  lacks: " << word;
    }
  }
}

}  // namespace hourglass
