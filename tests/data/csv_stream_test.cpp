#include "data/csv_stream.h"

#include "base/ordered_work.h"
#include "data/csv.h"
#include "data/csv_split.h"
#include "reader_files.h"

namespace hourglass {
namespace {

constexpr CsvDialect kCommas = {',', false};

std::size_t whole(std::string_view text) { return whole_rows(text, kCommas); }

TEST(WholeRows, EndBehindTheLastLineEnd) {
  EXPECT_EQ(whole(""), 0U);
  EXPECT_EQ(whole("1,2"), 0U);
  EXPECT_EQ(whole("1,2\n3"), 4U);
  EXPECT_EQ(whole("1,2\r\n3,4\r\n5"), 10U);
  EXPECT_EQ(whole("\n\n"), 2U);
}

// An LF may follow, which belongs to the same line end.
TEST(WholeRows, DoNotEndBehindACarriageReturnThatMayBeHalfALineEnd) {
  EXPECT_EQ(whole("1,2\r"), 0U);
  EXPECT_EQ(whole("1,2\r3"), 4U);
  EXPECT_EQ(whole("1,2\r3\r"), 4U);
  EXPECT_EQ(whole("\"1\"\r"), 0U);
  EXPECT_EQ(whole("\"1\"\r2"), 4U);
}

TEST(WholeRows, DoNotEndWithinQuotes) {
  EXPECT_EQ(whole("1\n\"a\nb"), 2U);
  EXPECT_EQ(whole("1\n\"a\nb\"\n2"), 8U);
  EXPECT_EQ(whole("1\n\"a\"\"\nb"), 2U);
  EXPECT_EQ(whole("1\n\"a\""), 2U);
  EXPECT_EQ(whole("1, \"a\nb"), 0U);
  // A quote within a cell that does not begin with one is a letter like others.
  EXPECT_EQ(whole("a\"b\nc"), 4U);
  EXPECT_EQ(whole("5\" pipe,3\n6\" pipe,4\n7"), 20U);
}

class CsvStreamTest : public ReaderTest {
 protected:
  Table read_with(int threads, std::size_t piece_bytes, const std::string& path) {
    ReadOptions options = options_;
    options.threads = threads;
    return read_csv(InputFile(path), options, CsvTuning{piece_bytes, 20});
  }
  std::vector<double> values_of(const Table& table) {
    std::vector<double> values(static_cast<std::size_t>(table.rows() * table.cols()));
    table.store->read(0, table.rows(), values.data());
    return values;
  }
  std::string message_with(int threads, std::size_t piece_bytes, const std::string& path) {
    try {
      read_with(threads, piece_bytes, path);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(CsvStreamTest, IsTheSameForAnyNumberOfThreadsAndAnyPieces) {
  std::string text = "name,x\n";
  const char* const names[] = {"red", "blue", "\"two\nlines\"", "green", "ü"};
  for (int i = 0; i < 400; ++i) {
    // New names keep turning up, and old ones in another order than they came first.
    text += i % 7 == 3 ? fmt::format("n{},{}.5\n", i / 40, i)
                       : fmt::format("{},{}\n", names[i * i % 5], i);
  }
  const std::string path = write("t.csv", text);
  options_.categorical = {"name"};
  const Table one = read_with(1, std::size_t{1} << 20, path);
  for (const int threads : {1, 2, 4}) {
    for (const std::size_t piece_bytes : {16, 100, 3000}) {
      const Table table = read_with(threads, piece_bytes, path);
      EXPECT_EQ(table.rows(), 400);
      EXPECT_EQ(table.columns[0].levels, one.columns[0].levels) << piece_bytes;
      EXPECT_EQ(values_of(table), values_of(one)) << piece_bytes;
      EXPECT_EQ(table.first_row_number, 2);
    }
  }
}

TEST_F(CsvStreamTest, TellsTheFirstThingWrongAndItsPlace) {
  std::string text = "a,b\n\n";
  for (int i = 1; i <= 500; ++i) {
    text += i == 300 ? "1,oops\n" : i == 301 ? "1,2,3\n" : i == 450 ? "1,\n" : "0.5,2\n\n";
  }
  const std::string path = write("t.csv", text);
  for (const int threads : {1, 4}) {
    for (const std::size_t piece_bytes : {16, 500, 1 << 20}) {
      const std::string message = message_with(threads, piece_bytes, path);
      EXPECT_NE(message.find("row 300 (line 601), column 2 ('b') is not a number: 'oops'"),
                std::string::npos)
          << message;
    }
  }
}

TEST_F(CsvStreamTest, CountsRowsThatAreLeftOutOverAllPieces) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += i % 50 == 20 ? ",1\n" : "2,1\n";
  const std::string path = write("t.csv", text);
  options_.missing = MissingPolicy::kDrop;
  for (const int threads : {1, 3}) {
    const Table table = read_with(threads, 64, path);
    EXPECT_EQ(table.rows(), 294);
    EXPECT_EQ(table.left_out_rows, (std::vector<Index>{20, 70, 120, 170, 220, 270}));
  }
}

TEST_F(CsvStreamTest, SaysOfTheFirstConvertedCellWhichItWas) {
  std::string text = "name,x\n";
  for (int i = 0; i < 200; ++i) text += i >= 150 ? "caf\xE9,1\n" : "bar,1\n";
  const std::string path = write("t.csv", text);
  options_.categorical = {"name"};
  for (const int threads : {1, 3}) {
    const Table table = read_with(threads, 64, path);
    ASSERT_EQ(table.warnings.size(), 1U);
    EXPECT_NE(table.warnings[0].find("row 151, column 1 ('name')"), std::string::npos)
        << table.warnings[0];
  }
}

}  // namespace
}  // namespace hourglass
