#include <cmath>

#include "data/reader.h"
#include "data/writer.h"
#include "reader_files.h"

namespace hourglass {
namespace {

using IdxTest = ReaderTest;
using SvmlightTest = ReaderTest;
using LabelsTest = ReaderTest;
using WriterTest = ReaderTest;
using Numbers = std::vector<double>;
using Labels = std::vector<std::string>;

std::string idx(unsigned char type, std::initializer_list<unsigned char> dims,
                std::string_view elements) {
  std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(dims.size())};
  for (const unsigned char extent : dims)
    bytes += std::string("\0\0\0", 3) + static_cast<char>(extent);
  return bytes + std::string(elements);
}

TEST_F(IdxTest, BytesBecomeSharesOfOne) {
  const std::string bytes = idx(0x08, {2, 1, 3}, std::string_view("\x00\x33\xff\x01\x02\x03", 6));
  for (const Table& table : {read("images-idx3-ubyte", bytes), read("images.gz", gzipped(bytes))}) {
    EXPECT_EQ(table.sample_shape, (std::vector<Index>{1, 3}));
    EXPECT_TRUE(table.unit_interval);
    EXPECT_EQ(numbers_of(table), (Numbers{0, 0.2, 1, 1 / 255.0, 2 / 255.0, 3 / 255.0}));
  }
}

TEST_F(IdxTest, OtherTypesKeepTheirNumbers) {
  const Table shorts = read("s", idx(0x0B, {2}, std::string_view("\x01\x00\xff\xfe", 4)));
  EXPECT_EQ(numbers_of(shorts), (Numbers{256, -2}));
  EXPECT_FALSE(shorts.unit_interval);
  EXPECT_EQ(numbers_of(read("f", idx(0x0D, {1}, std::string_view("\x3f\x80\x00\x00", 4)))),
            Numbers{1});
}

TEST_F(IdxTest, EveryCutAndOverlengthIsRefused) {
  const std::string bytes = idx(0x08, {2, 2}, "abcd");
  for (std::size_t size = 4; size < bytes.size(); ++size) {
    expect_error(ErrorKind::kData, [&] { read("cut", bytes.substr(0, size)); }, {"cut"});
    expect_error(ErrorKind::kData, [&] { read("cut.gz", gzipped(bytes.substr(0, size))); },
                 {"cut.gz"});
  }
  expect_error(ErrorKind::kData, [&] { read("long", bytes + "e"); }, {"long", "longer"});
  expect_error(ErrorKind::kData, [&] { read("none", idx(0x08, {0, 2}, "")); }, {"none", "no rows"});
}

TEST_F(SvmlightTest, ReadsSparseRowsAsDense) {
  const char* text = "# made by hand\n+1 1:0.5 3:-2 # first\n\n-1 qid:7 2:1e2\r\n0\n";
  for (const Table& table : {read("a.svm", text), read("a.svm.gz", gzipped(text))}) {
    EXPECT_EQ(numbers_of(table), (Numbers{0.5, 0, -2, 0, 100, 0, 0, 0, 0}));
    EXPECT_EQ(table.column_name(2), "column 3");
    EXPECT_EQ(table.first_row_number, 2);
  }
  EXPECT_EQ(read_labels("label", path("a.svm"), options_), (Labels{"1", "-1", "0"}));
}

TEST_F(SvmlightTest, TakesAModelsWidth) {
  const std::vector<Column> expected(4, Column{"", ColumnKind::kNumeric, {}});
  std::vector<Column> columns = expected;
  for (std::size_t c = 0; c < 4; ++c) columns[c].name = fmt::format("column {}", c + 1);
  options_.expected = &columns;
  EXPECT_EQ(numbers_of(read("a.svm", "1 1:5\n")), (Numbers{5, 0, 0, 0}));
  const Table wide = read("b.svm", "1 1:5 9:1\n");
  EXPECT_EQ(numbers_of(wide), (Numbers{5, 0, 0, 0}));
  EXPECT_EQ(wide.warnings.size(), 1u);
}

TEST_F(SvmlightTest, WhatIsBrokenIsRefused) {
  std::string many;
  for (int i = 0; i < 30; ++i) many += "1 1:1\n";
  expect_error(ErrorKind::kData, [&] { read("a", many + "1 2:x\n"); }, {"line 31", "'2:x'"});
  expect_error(ErrorKind::kData, [&] { read("a", many + "1 2:1 1:1\n"); }, {"line 31", "'1:1'"});
  expect_error(ErrorKind::kData, [&] { read("a", many + "1 2000000:1\n"); },
               {"line 31", "2000000"});
  expect_error(ErrorKind::kData, [&] { read("a", many + "1 1:nan\n"); },
               {"row 31", "column 1", "NaN", "--missing"});
  for (int i = 0; i < 1000; ++i) many += "1 1:1\n";
  expect_error(ErrorKind::kData, [&] { read("a", many + "1 1000000:1\n"); }, {"MB", "its size"});
}

TEST_F(SvmlightTest, ASmallMemoryLimitChangesNothingButThePlace) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += fmt::format("1 {}:{}\n", i % 50 + 1, i + 1);
  const Numbers expected = numbers_of(read("a", text));
  options_.memory_limit_bytes = 1000;
  const Table table = read("a", text);
  EXPECT_FALSE(table.store->in_memory());
  EXPECT_EQ(numbers_of(table), expected);
}

TEST_F(LabelsTest, AreFoundInColumnsArraysAndFiles) {
  const std::string csv = write("t.csv", "x,kind,flag\n1,cat,0.0\n2,dog,1\n3,,+1.0\n");
  EXPECT_EQ(read_labels("kind", csv, options_), (Labels{"cat", "dog", ""}));
  EXPECT_EQ(read_labels("flag", csv, options_), (Labels{"0", "1", "1"}));
  EXPECT_EQ(read_labels("3", csv, options_), (Labels{"0", "1", "1"}));
  EXPECT_EQ(read_labels("y", file_of("deflated.npz"), options_), (Labels{"0", "1", "0", "1", "0"}));
  EXPECT_EQ(read_labels(file_of("words.npy"), csv, options_), (Labels{"cat", "dög", "cat"}));
  EXPECT_EQ(read_labels(file_of("bytes.npy"), csv, options_), (Labels{"cat", "dog", "cat"}));
  EXPECT_EQ(read_labels(write("l.gz", gzipped(idx(0x08, {3}, "\x07\x01\x02"))), csv, options_),
            (Labels{"7", "1", "2"}));
  EXPECT_EQ(read_labels(write("l.txt", "a\nb\na\n"), csv, options_), (Labels{"a", "b", "a"}));
  EXPECT_EQ(read_labels(write("l.csv", "label\n1\n0\n1\n"), csv, options_),
            (Labels{"1", "0", "1"}));
}

TEST_F(LabelsTest, WhatIsNoneOfTheseIsRefused) {
  const std::string csv = write("t.csv", "x,kind\n1,cat\n2,dog\n");
  expect_error(ErrorKind::kData, [&] { read_labels("sort", csv, options_); },
               {"'sort'", "column", "t.csv", "x, kind"});
  expect_error(ErrorKind::kData, [&] { read_labels("z", file_of("stored.npz"), options_); },
               {"'z'", "array", "X, y"});
  expect_error(ErrorKind::kData, [&] { read_labels(file_of("f4_little.npy"), csv, options_); },
               {"f4_little.npy", "one"});
  expect_error(ErrorKind::kData, [&] { read_labels(csv, csv, options_); }, {"2 columns"});
}

TEST_F(WriterTest, WhatIsWrittenReadsBack) {
  const std::vector<float> rows = {0.1f, -1e-30f, 3e38f, 16777216.0f, 1.0f / 3, -0.0f};
  const std::vector<Column> columns = {{.name = "plain", .levels = {}},
                                       {.name = "with, comma \"and\" quote", .levels = {}}};
  for (const char* name : {"out.npy", "out.csv"}) {
    const auto writer = open_row_writer(path(name), 3, {2}, columns);
    writer->write(rows.data(), 1);
    EXPECT_FALSE(std::filesystem::exists(path(name)));
    writer->write(rows.data() + 2, 2);
    writer->finish();
    const Table table = read_table(path(name), options_);
    const Numbers numbers = numbers_of(table);
    ASSERT_EQ(numbers.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      EXPECT_EQ(static_cast<float>(numbers[i]), rows[i]);
  }
  EXPECT_EQ(read_table(path("out.csv"), options_).columns[1].name, "with, comma \"and\" quote");
}

TEST_F(WriterTest, CategoriesAreWrittenByName) {
  const Column kind = {"kind", ColumnKind::kCategorical, {"plain", "with, comma"}};
  const std::vector<float> rows = {1, 0.5f, 0, -2, -1, 7};
  const auto writer = open_row_writer(path("out.csv"), 3, {2}, {kind, {.name = "x", .levels = {}}});
  writer->write(rows.data(), 3);
  writer->finish();
  EXPECT_EQ(bytes_of(path("out.csv")), "kind,x\n\"with, comma\",0.5\nplain,-2\n(other),7\n");
}

TEST_F(WriterTest, SamplesKeepTheirShape) {
  const std::vector<float> rows(24, 0.5f);
  const auto writer = open_row_writer(path("images.npy"), 2, {3, 4}, {});
  writer->write(rows.data(), 2);
  writer->finish();
  EXPECT_EQ(read_table(path("images.npy"), options_).sample_shape, (std::vector<Index>{3, 4}));
  EXPECT_EQ(bytes_of(path("images.npy")).size() % 64, 96 % 64);
}

TEST_F(WriterTest, NothingIsLeftWithoutFinish) {
  open_row_writer(path("a.npy"), 1, {1}, {});
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  expect_error(ErrorKind::kUsage, [&] { open_row_writer(path("a.txt"), 1, {1}, {}); },
               {"a.txt", ".npy", ".csv"});
  expect_error(ErrorKind::kFailed, [&] { open_row_writer(path("none/a.npy"), 1, {1}, {}); },
               {"none"});
}

TEST_F(WriterTest, ScratchInAMissingFolderFails) {
  options_.memory_limit_bytes = 8;
  options_.scratch_folder = path("none");
  expect_error(ErrorKind::kFailed, [&] { read_csv_text("1,2\n3,4\n"); }, {"none", "No such file"});
}

}  // namespace
}  // namespace hourglass
