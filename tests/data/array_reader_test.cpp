#include <cmath>
#include <cstring>
#include <limits>
#include <zip.h>

#include "data/npy.h"
#include "reader_files.h"

namespace hourglass {
namespace {

using ArrayReaderTest = ReaderTest;
using Numbers = std::vector<double>;

Numbers counted_numbers() {
  Numbers numbers;
  for (int r = 0; r < 5; ++r) {
    for (int c = 0; c < 3; ++c) numbers.push_back(10 * r + c);
  }
  return numbers;
}

std::string npy(const std::string& dict, std::string_view elements) {
  std::string text =
      dict + std::string(118 - std::min<std::size_t>(dict.size(), 117) - 1, ' ') + "\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(text.size() & 0xff);
  bytes += static_cast<char>(text.size() >> 8);
  return bytes + text + std::string(elements);
}

template <class T>
std::string raw(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// A .npz with one deflated entry.
void write_npz(const std::string& path, const std::string& name, const std::string& bytes) {
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE);
  ASSERT_EQ(zip_close(archive), 0);
}

TEST_F(ArrayReaderTest, ReadsEveryElementTypeNumPyWrites) {
  for (const char* code : {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"}) {
    for (const char* order : {"little", "big"}) {
      const Table table = read_table(file_of(fmt::format("{}_{}.npy", code, order)), options_);
      EXPECT_EQ(numbers_of(table), counted_numbers()) << code << " " << order;
      EXPECT_EQ(table.sample_shape, std::vector<Index>{3});
      EXPECT_FALSE(table.unit_interval);
      EXPECT_TRUE(table.columns.empty());
    }
  }
  const Numbers odd = numbers_of(read_table(file_of("bool.npy"), options_));
  EXPECT_EQ((Numbers{odd[0], odd[1], odd[2], odd[3]}), (Numbers{0, 1, 0, 0}));
}

TEST_F(ArrayReaderTest, ReadsVersionsOrdersAndShapes) {
  for (const char* name : {"version2.npy", "version3.npy", "fortran.npy"}) {
    EXPECT_EQ(numbers_of(read_table(file_of(name), options_)), counted_numbers()) << name;
  }
  Numbers count;
  for (int i = 0; i < 24; ++i) count.push_back(i);
  for (const char* name : {"images.npy", "fortran_images.npy"}) {
    const Table images = read_table(file_of(name), options_);
    EXPECT_EQ(images.sample_shape, (std::vector<Index>{3, 4}));
    EXPECT_EQ(images.rows(), 2);
    EXPECT_EQ(numbers_of(images), count) << name;
  }
  const Table vector = read_table(file_of("vector.npy"), options_);
  EXPECT_EQ(vector.sample_shape, std::vector<Index>{1});
  EXPECT_EQ(numbers_of(vector), (Numbers{0, 1, 2, 3}));
}

TEST_F(ArrayReaderTest, ReadsHalfPrecisionToTheEdges) {
  // One, the largest, the smallest normal and subnormal numbers, minus two.
  const std::vector<std::uint16_t> bits = {0x3C00, 0x7BFF, 0x0400, 0x0001, 0xC000};
  const Table table =
      read("h.npy", npy("{'descr': '<f2', 'fortran_order': False, 'shape': (5,), }", raw(bits)));
  EXPECT_EQ(numbers_of(table), (Numbers{1, 65504, std::ldexp(1.0, -14), std::ldexp(1.0, -24), -2}));
}

TEST_F(ArrayReaderTest, ReadsGzippedArraysAndArchives) {
  EXPECT_EQ(numbers_of(read("x.npy.gz", gzipped(bytes_of(file_of("f4_little.npy"))))),
            counted_numbers());
  EXPECT_EQ(numbers_of(read("f.npy.gz", gzipped(bytes_of(file_of("fortran.npy"))))),
            counted_numbers());
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    options_.key = "X";
    EXPECT_EQ(numbers_of(read_table(file_of(name), options_)), counted_numbers());
    options_.key = "y";
    EXPECT_EQ(numbers_of(read_table(file_of(name), options_)), (Numbers{0, 1, 0, 1, 0}));
    options_.key = "Z";
    expect_error(ErrorKind::kData, [&] { read_table(file_of(name), options_); },
                 {name, "'Z'", "X, y", "--key"});
  }
}

TEST_F(ArrayReaderTest, LargeArraysStayOnDiskWithTheSameNumbers) {
  std::vector<float> values(60'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.25f;
  const Numbers expected(values.begin(), values.end());
  const std::string c_order =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 3), }", raw(values));
  std::vector<float> turned(values.size());
  for (std::size_t r = 0; r < 20'000; ++r) {
    for (std::size_t c = 0; c < 3; ++c) turned[c * 20'000 + r] = values[r * 3 + c];
  }
  const std::string fortran =
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (20000, 3), }", raw(turned));
  options_.memory_limit_bytes = 10'000;
  write_npz(path("a.npz"), "X.npy", c_order);
  write_npz(path("f.npz"), "X.npy", fortran);
  write("a.npy", c_order);
  write("f.npy", fortran);
  write("a.npy.gz", gzipped(c_order));
  for (const char* name : {"a.npy", "f.npy", "a.npz", "f.npz", "a.npy.gz"}) {
    const Table table = read_table(path(name), options_);
    EXPECT_FALSE(table.store->in_memory()) << name;
    EXPECT_EQ(numbers_of(table), expected) << name;
  }
  const std::string second =
      npy("{'descr': '>f4', 'fortran_order': False, 'shape': (20000, 3), }", raw(values));
  EXPECT_FALSE(read("big.npy", second).store->in_memory());
}

TEST_F(ArrayReaderTest, MissingNumbersFollowThePolicy) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const Index limit : {Index{1} << 20, Index{8}}) {
    for (const bool fortran : {false, true}) {
      options_.memory_limit_bytes = limit;
      const std::vector<float> values = fortran ? std::vector<float>{1, 3, -inf, 2, nan, 6}
                                                : std::vector<float>{1, 2, 3, nan, -inf, 6};
      const std::string bytes =
          npy(fmt::format("{{'descr': '<f4', 'fortran_order': {}, 'shape': (3, 2), }}",
                          fortran ? "True" : "False"),
              raw(values));
      options_.missing = MissingPolicy::kError;
      expect_error(ErrorKind::kData, [&] { read("a.npy", bytes); },
                   {"a.npy", "row 2, column 2", "NaN", "--missing impute", "--missing drop"});
      options_.missing = MissingPolicy::kImpute;
      const Numbers imputed = numbers_of(read("a.npy", bytes));
      EXPECT_EQ(imputed[2], 3);
      EXPECT_TRUE(std::isnan(imputed[3]));
      EXPECT_TRUE(std::isnan(imputed[4]));
      options_.missing = MissingPolicy::kDrop;
      const Table dropped = read("a.npy", bytes);
      EXPECT_EQ(numbers_of(dropped), (Numbers{1, 2}));
      EXPECT_EQ(dropped.left_out_rows, (std::vector<Index>{1, 2}));
      EXPECT_EQ(dropped.warnings.size(), 1u);
    }
  }
  options_ = {};
  expect_error(ErrorKind::kData,
               [&] {
                 read("i.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }",
                                   raw<float>({inf})));
               },
               {"row 1, column 1", "infinite"});
}

TEST_F(ArrayReaderTest, WhatIsNoArrayOfNumbersIsRefused) {
  const struct {
    const char* file;
    std::initializer_list<std::string_view> words;
  } kCases[] = {
      {"objects.npy", {"objects.npy", "Python objects"}},
      {"records.npy", {"records.npy", "structured"}},
      {"complex.npy", {"complex.npy", "'<c8'"}},
      {"words.npy", {"words.npy", "'<U3'"}},
      {"scalar.npy", {"scalar.npy", "single number"}},
      {"no_rows.npy", {"no_rows.npy", "no rows"}},
      {"no_columns.npy", {"no_columns.npy", "no numbers"}},
  };
  for (const auto& c : kCases) {
    expect_error(
        ErrorKind::kData, [&] { read_table(file_of(c.file), options_); }, c.words);
  }
}

TEST_F(ArrayReaderTest, EveryCutIsRefused) {
  for (const char* name : {"f4_little.npy", "fortran.npy", "stored.npz", "deflated.npz"}) {
    const std::string bytes = bytes_of(file_of(name));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      expect_error(ErrorKind::kData, [&] { read(name, bytes.substr(0, size)); }, {name});
    }
  }
  const std::string packed = gzipped(bytes_of(file_of("f4_little.npy")));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    expect_error(ErrorKind::kData, [&] { read("cut.npy.gz", packed.substr(0, size)); },
                 {"cut.npy.gz"});
  }
}

TEST_F(ArrayReaderTest, HeadersThatLieAreRefused) {
  const std::string elements(48, '\0');
  const auto refused = [&](const std::string& shape,
                           std::initializer_list<std::string_view> words) {
    const std::string bytes =
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", elements);
    expect_error(
        ErrorKind::kData, [&] { read("lie.npy", bytes); }, words);
    expect_error(ErrorKind::kData, [&] { read("lie.npy.gz", gzipped(bytes)); }, {"lie.npy.gz"});
    write_npz(path("lie.npz"), "X.npy", bytes);
    expect_error(ErrorKind::kData, [&] { read_table(path("lie.npz"), options_); }, {"lie.npz"});
  };
  refused("(4, 2)", {"lie.npy", "cut short", "64 bytes", "48 bytes"});
  refused("(2, 2)", {"lie.npy", "longer", "32 bytes", "48 bytes"});
  refused("(1000000000000, 2)", {"lie.npy", "cut short"});
  refused("(2, 1000000000000)", {"lie.npy", "more than"});
  refused("(4611686018427387904, 4)", {"lie.npy", "more numbers than any file"});
  refused("(18446744073709551615, 18446744073709551615)", {"lie.npy"});
  refused("(99999999999999999999999, 2)", {"lie.npy", "more numbers than any file"});
  refused("(-3, 2)", {"lie.npy", "broken"});
}

TEST_F(ArrayReaderTest, BrokenHeadersAreRefused) {
  for (const char* dict :
       {"", "{", "{}", "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2], }",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<', 'fortran_order': False, 'shape': (2,), }"}) {
    expect_error(ErrorKind::kData, [&] { read("b.npy", npy(dict, std::string(8, '\0'))); },
                 {"b.npy"});
  }
  std::string version9 =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", std::string(8, '\0'));
  version9[6] = 9;
  expect_error(ErrorKind::kData, [&] { read("v.npy", version9); }, {"v.npy", "version 9"});
  std::string long_header = bytes_of(file_of("version2.npy"));
  long_header[11] = '\x7f';
  expect_error(ErrorKind::kData, [&] { read("l.npy", long_header); }, {"l.npy", "header"});
}

TEST_F(ArrayReaderTest, BrokenCompressionIsRefused) {
  std::string packed = gzipped(bytes_of(file_of("f4_little.npy")));
  std::string broken = packed;
  broken[packed.size() - 6] ^= 1;  // of the checksum
  expect_error(ErrorKind::kData, [&] { read("b.npy.gz", broken); }, {"b.npy.gz", "broken gzip"});
  expect_error(ErrorKind::kData, [&] { read("t.npy.gz", packed + "more"); },
               {"t.npy.gz", "something else"});
  std::string zip = bytes_of(file_of("stored.npz"));
  zip[200] ^= 1;  // within the elements of X
  expect_error(ErrorKind::kData, [&] { read("crc.npz", zip); }, {"crc.npz", "unpacked"});
}

TEST_F(ArrayReaderTest, GzipMembersAreOneText) {
  EXPECT_EQ(numbers_of(read("two.csv.gz", gzipped("1,2\n") + gzipped("3,4\n"))),
            (Numbers{1, 2, 3, 4}));
}

TEST_F(ArrayReaderTest, BombsAreRefusedBeforeTheyUnpack) {
  // 2 GiB of zeros deflate to about 2 MB; in a test the entry's own claim is enough.
  std::string zeros = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3000000, 1000), }",
                          std::string(4'000'000, '\0'));
  write_npz(path("bomb.npz"), "X.npy", zeros);
  std::string bytes = bytes_of(path("bomb.npz"));
  // The central directory's uncompressed size, 24 bytes after its signature.
  const std::size_t entry = bytes.find("PK\x01\x02");
  ASSERT_NE(entry, std::string::npos);
  const std::uint32_t claimed = 3'000'000'128u;
  std::memcpy(bytes.data() + entry + 24, &claimed, 4);
  std::memcpy(bytes.data() + 22, &claimed, 4);
  expect_error(ErrorKind::kData, [&] { read("bomb.npz", bytes); }, {"bomb.npz", "zip bomb"});
}

TEST_F(ArrayReaderTest, ColumnsOfArraysAreChosenByNumber) {
  options_.columns = {"3", "1"};
  const Table table = read_table(file_of("f4_little.npy"), options_);
  EXPECT_EQ(table.cols(), 2);
  EXPECT_EQ(numbers_of(table)[3], 12);
  EXPECT_EQ(table.column_name(1), "column 3");
  const Index row = 4;
  Numbers gathered(2);
  table.store->gather(&row, 1, gathered.data());
  EXPECT_EQ(gathered, (Numbers{40, 42}));
  options_.columns = {"4"};
  expect_error(ErrorKind::kData, [&] { read_table(file_of("f4_little.npy"), options_); },
               {"'4'", "1 to 3"});
}

}  // namespace
}  // namespace hourglass
