#include "data/csv.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include "reader_files.h"

namespace hourglass {
namespace {

using CsvTest = ReaderTest;
using Numbers = std::vector<double>;

TEST_F(CsvTest, ReadsAHeaderAndNumbers) {
  const Table table = read_csv_text("height,weight\n1.5,60\n-2e3,+7\n");
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[0].name, "height");
  EXPECT_EQ(table.columns[1].name, "weight");
  EXPECT_EQ(table.columns[0].kind, ColumnKind::kNumeric);
  EXPECT_EQ(table.sample_shape, std::vector<Index>{2});
  EXPECT_EQ(table.first_row_number, 2);
  EXPECT_EQ(numbers_of(table), (Numbers{1.5, 60, -2000, 7}));
  EXPECT_TRUE(table.warnings.empty());
}

TEST_F(CsvTest, NumbersWithoutAHeaderAreAllRows) {
  const Table table = read_csv_text("1,2\n3,4\n");
  EXPECT_EQ(numbers_of(table), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(table.columns[1].name, "column 2");
  EXPECT_EQ(table.first_row_number, 1);
}

TEST_F(CsvTest, TellsSeparatorsApart) {
  for (const char* text :
       {"a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "a b\n1 2\n3 4\n",
        "  a   b\n  1\t 2 \n 3  4\n", "a , b\n1 , 2\n3, 4\n"}) {
    const Table table = read_csv_text(text);
    EXPECT_EQ(numbers_of(table), (Numbers{1, 2, 3, 4})) << text;
    EXPECT_EQ(table.columns[0].name, "a") << text;
    EXPECT_EQ(table.columns[1].name, "b") << text;
  }
  // A space or comma within cells does not mislead where semicolons part them.
  EXPECT_EQ(read_csv_text("volume flow;x, y\n1;2\n3;4\n").columns[1].name, "x, y");
}

TEST_F(CsvTest, LineEndsByteOrderMarkAndEmptyLinesDoNotMatter) {
  for (const char* text :
       {"a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
        "\xEF\xBB\xBF"
        "a,b\n1,2\n3,4",
        "\n\na,b\n\n1,2\n  \n3,4\n\n\n", "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",\"4\""}) {
    const Table table = read_csv_text(text);
    EXPECT_EQ(numbers_of(table), (Numbers{1, 2, 3, 4})) << text;
    EXPECT_EQ(table.columns[0].name, "a") << text;
  }
}

TEST_F(CsvTest, QuotedCellsKeepSeparatorsQuotesAndLineBreaks) {
  options_.categorical = {"name"};
  const Table table =
      read_csv_text("name,x\n\"Smith, \"\"J\"\"\",1\n\"two\nlines\",2\n plain ,3\n");
  EXPECT_EQ(table.columns[0].levels,
            (std::vector<std::string>{"Smith, \"J\"", "two\nlines", "plain"}));
  EXPECT_EQ(numbers_of(table), (Numbers{0, 1, 1, 2, 2, 3}));
}

TEST_F(CsvTest, TextColumnsAreCategoriesInOrderOfAppearance) {
  const Table table = read_csv_text("colour,x\nred,1\nblue,2\nred,3\n");
  EXPECT_EQ(table.columns[0].kind, ColumnKind::kCategorical);
  EXPECT_EQ(table.columns[0].levels, (std::vector<std::string>{"red", "blue"}));
  EXPECT_EQ(numbers_of(table), (Numbers{0, 1, 1, 2, 0, 3}));
}

TEST_F(CsvTest, AHeaderAboveTextsAloneIsSeenByNotRepeating) {
  EXPECT_EQ(read_csv_text("colour,size\nred,S\nblue,M\nred,M\n").rows(), 3);
  EXPECT_EQ(read_csv_text("red,S\nblue,M\nred,M\n").rows(), 3);
}

TEST_F(CsvTest, HexadecimalIsText) {
  EXPECT_EQ(read_csv_text("x,y\n0x1F,1\n2,3\n").columns[0].kind, ColumnKind::kCategorical);
}

TEST_F(CsvTest, OneRowAndOneColumn) {
  EXPECT_EQ(numbers_of(read_csv_text("1,2,3\n")), (Numbers{1, 2, 3}));
  EXPECT_EQ(numbers_of(read_csv_text("x\n5\n")), (Numbers{5}));
  EXPECT_EQ(numbers_of(read_csv_text("5")), (Numbers{5}));
}

TEST_F(CsvTest, KindsCanBeOverruled) {
  options_.categorical = {"2"};
  const Table table = read_csv_text("x,code\n1,10\n2,20\n3,10\n");
  EXPECT_EQ(table.columns[1].levels, (std::vector<std::string>{"10", "20"}));
  options_.categorical = {};
  options_.numeric = {"code"};
  expect_error(ErrorKind::kData, [&] { read_csv_text("x,code\n1,10\n2,B\n3,C\n"); },
               {"table.csv", "row 2 (line 3)", "column 2 ('code')", "'B'", "--categorical"});
}

TEST_F(CsvTest, ALateTextInANumericColumnIsRefused) {
  std::string text = "x,y\n";
  for (int row = 0; row < 10'000; ++row) text += "1,2\n";
  text += "3,four\n";
  expect_error(
      ErrorKind::kData, [&] { read_csv_text(text); },
      {"table.csv", "row 10001 (line 10002)", "column 2 ('y')", "'four'", "--categorical 'y'"});
  // One row earlier the column still counts as text.
  text = "x,y\n";
  for (int row = 0; row < 9'999; ++row) text += "1,2\n";
  text += "3,four\n";
  EXPECT_EQ(read_csv_text(text).columns[1].kind, ColumnKind::kCategorical);
}

TEST_F(CsvTest, NumbersWithCommasAreRefusedUnlessAskedForAsCategories) {
  const std::string text = "x;y\n1;0,5\n2;1,25\n3;2\n";
  expect_error(ErrorKind::kData, [&] { read_csv_text(text); },
               {"table.csv", "'y' holds numbers with commas", "--categorical"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("x,y\n1,\"1,001\"\n2,\"3,500\"\n"); },
               {"'y' holds numbers with commas"});
  options_.categorical = {"y"};
  EXPECT_EQ(read_csv_text(text).columns[1].kind, ColumnKind::kCategorical);
}

TEST_F(CsvTest, RaggedRowsAreRefused) {
  expect_error(ErrorKind::kData, [&] { read_csv_text("a,b,c\n1,2,3\n4,5\n"); },
               {"table.csv", "row 2 (line 3)", "2 cells", "3 are expected"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("1,2\n3,4,5\n6,7\n"); },
               {"row 2 (line 2)", "3 cells", "2 are expected"});
}

TEST_F(CsvTest, FilesWithoutRowsAreRefused) {
  expect_error(ErrorKind::kData, [&] { read_csv_text(""); }, {"table.csv", "empty"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("\n\n  \n"); }, {"table.csv", "blank lines"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("a,b\n"); }, {"table.csv", "no rows"});
  expect_error(ErrorKind::kData, [&] { read("t.csv.gz", gzipped("")); }, {"t.csv.gz", "empty"});
  expect_error(ErrorKind::kData, [&] { read_table(path("none.csv"), options_); },
               {"none.csv", "No such file"});
  std::filesystem::create_directory(path("nothing"));
  expect_error(ErrorKind::kData, [&] { read_table(path("nothing"), options_); }, {"folder"});
}

TEST_F(CsvTest, OpenQuotesAndBinaryAreRefused) {
  expect_error(ErrorKind::kData, [&] { read_csv_text("a,b\n1,2\n3,\"4\n5,6\n"); },
               {"table.csv", "line 3", "never closed"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("a,b\n\"1\"x,2\n"); }, {"line 2", "quote"});
  expect_error(ErrorKind::kData, [&] { read_csv_text(std::string_view("\x89PNG\0\0\1", 7)); },
               {"table.csv", "format"});
  expect_error(ErrorKind::kData,
               [&] {
                 read_csv_text(
                     "\xFF\xFE"
                     "a");
               },
               {"UTF-8"});
}

TEST_F(CsvTest, MissingCellsFollowThePolicy) {
  const struct {
    const char* cell;
    const char* words;
  } kCases[] = {{"", "empty"},         {"nan", "NaN"},
                {"inf", "infinite"},   {"-Infinity", "infinite"},
                {"1e999", "infinite"}, {"NA", "missing ('NA')"},
                {"?", "missing ('?')"}};
  for (const auto& c : kCases) {
    const std::string text = fmt::format("x,y\n1,2\n3,{}\n5,6\n", c.cell);
    options_.missing = MissingPolicy::kError;
    expect_error(
        ErrorKind::kData, [&] { read_csv_text(text); },
        {"row 2 (line 3)", "column 2 ('y')", c.words, "--missing impute", "--missing drop"});
    options_.missing = MissingPolicy::kImpute;
    const Numbers imputed = numbers_of(read_csv_text(text));
    ASSERT_EQ(imputed.size(), 6u);
    EXPECT_TRUE(std::isnan(imputed[3])) << c.cell;
    EXPECT_EQ(imputed[4], 5);
    options_.missing = MissingPolicy::kDrop;
    const Table dropped = read_csv_text(text);
    EXPECT_EQ(numbers_of(dropped), (Numbers{1, 2, 5, 6}));
    EXPECT_EQ(dropped.left_out_rows, std::vector<Index>{1});
    ASSERT_EQ(dropped.warnings.size(), 1u);
    EXPECT_NE(dropped.warnings[0].find("1 of 3 rows"), std::string::npos) << dropped.warnings[0];
  }
  options_.missing = MissingPolicy::kDrop;
  expect_error(ErrorKind::kData, [&] { read_csv_text("x,y\n1,\n,2\n"); }, {"every row"});
}

TEST_F(CsvTest, EmptyCategoriesFollowThePolicyToo) {
  const char* text = "c,x\nred,1\n,2\nred,3\n";
  expect_error(ErrorKind::kData, [&] { read_csv_text(text); },
               {"row 2", "column 1 ('c')", "empty"});
  options_.missing = MissingPolicy::kImpute;
  EXPECT_TRUE(std::isnan(numbers_of(read_csv_text(text))[2]));
}

TEST_F(CsvTest, DatesIdentifiersAndEmptyColumnsAreLeftOut) {
  for (const char* date : {"2020-02-08 13:30:47", "2020-02-08", "2020/2/8", "08.02.2020", "2/8/20",
                           "2020-02-08T13:30:47.123Z", "2020-02-08T13:30+01:00", "8 Feb 2020",
                           "February 8, 2020", "13:30"}) {
    const Table table = read_csv_text(fmt::format("when;x;y\n{0};1;2\n{0};3;4\n", date));
    EXPECT_EQ(numbers_of(table), (Numbers{1, 2, 3, 4})) << date;
    ASSERT_EQ(table.warnings.size(), 1u) << date;
    EXPECT_NE(table.warnings[0].find("'when' holds dates"), std::string::npos);
  }
  EXPECT_EQ(read_csv_text("when;x\n2020-13-40;1\n2020-13-40;2\n").cols(), 2);

  std::string text = "id,x,none\n";
  for (int row = 0; row < 60; ++row) text += fmt::format("user-{},1,\n", row);
  Table table = read_csv_text(text);
  EXPECT_EQ(table.cols(), 1);
  ASSERT_EQ(table.warnings.size(), 2u);
  EXPECT_NE(table.warnings[0].find("'id'"), std::string::npos);
  EXPECT_NE(table.warnings[1].find("'none' is empty"), std::string::npos);
  options_.categorical = {"id"};
  EXPECT_EQ(read_csv_text(text).columns[0].levels.size(), 60u);
}

TEST_F(CsvTest, ColumnsAreChosenByNameOrNumber) {
  const char* text = "a,b,c\n1,2,3\n4,5,6\n";
  options_.columns = {"a", "3"};
  EXPECT_EQ(numbers_of(read_csv_text(text)), (Numbers{1, 3, 4, 6}));
  options_.columns = {};
  options_.drop = {"b"};
  EXPECT_EQ(numbers_of(read_csv_text(text)), (Numbers{1, 3, 4, 6}));
  options_.drop = {"column_b"};
  expect_error(ErrorKind::kData, [&] { read_csv_text(text); }, {"'column_b'", "nearest", "1 to 3"});
  options_.drop = {"4"};
  expect_error(ErrorKind::kData, [&] { read_csv_text(text); }, {"'4'"});
  options_.drop = {"1", "2", "3"};
  expect_error(ErrorKind::kData, [&] { read_csv_text(text); }, {"no column"});
}

TEST_F(CsvTest, NamesThatOccurTwiceAreMadeUnique) {
  const Table table = read_csv_text("x,x,,x.2\n1,2,3,4\n");
  EXPECT_EQ(table.columns[0].name, "x");
  EXPECT_NE(table.columns[1].name, "x");
  EXPECT_NE(table.columns[1].name, table.columns[3].name);
  EXPECT_EQ(table.columns[2].name, "column 3");
  ASSERT_FALSE(table.warnings.empty());
  EXPECT_NE(table.warnings[0].find("twice"), std::string::npos);
}

TEST_F(CsvTest, AModelsColumnsAreFoundByName) {
  const std::vector<Column> expected = {{"b", ColumnKind::kNumeric, {}},
                                        {"c", ColumnKind::kCategorical, {"red", "blue"}}};
  options_.expected = &expected;
  const Table table = read_csv_text("c,extra,b\nblue,9,1\ngreen,9,2\n");
  EXPECT_EQ(numbers_of(table), (Numbers{1, 1, 2, -1}));
  EXPECT_EQ(table.columns[1].levels, expected[1].levels);
  ASSERT_EQ(table.warnings.size(), 1u);
  EXPECT_NE(table.warnings[0].find("'extra'"), std::string::npos);

  expect_error(ErrorKind::kData, [&] { read_csv_text("a,b\n1,2\n"); },
               {"table.csv", "'c'", "model"});
  EXPECT_EQ(numbers_of(read_csv_text("5,red\n6,blue\n")), (Numbers{5, 0, 6, 1}));
  expect_error(ErrorKind::kData, [&] { read_csv_text("1,2,3\n"); }, {"3 columns", "2"});
  expect_error(ErrorKind::kData, [&] { read_csv_text("b,c\nlow,red\n"); }, {"'low'", "column 1"});
}

TEST_F(CsvTest, NumberedColumnsOfAModelAreFoundByPosition) {
  const std::vector<Column> expected = {{"column 1", ColumnKind::kNumeric, {}},
                                        {"column 3", ColumnKind::kNumeric, {}}};
  options_.expected = &expected;
  EXPECT_EQ(numbers_of(read_csv_text("1,2,3\n4,5,6\n")), (Numbers{1, 3, 4, 6}));
}

TEST_F(CsvTest, AHundredThousandColumns) {
  constexpr int kCols = 100'000;
  std::string text;
  for (int row = 0; row < 3; ++row) {
    for (int c = 0; c < kCols; ++c) text += fmt::format("{}{}", c > 0 ? "," : "", row + c);
    text += '\n';
  }
  const Table table = read_csv_text(text);
  ASSERT_EQ(table.cols(), kCols);
  const Numbers numbers = numbers_of(table);
  EXPECT_EQ(numbers[2 * kCols + 99'999], 100'001);
}

TEST_F(CsvTest, ProgressReachesTheEnd) {
  double last = -1;
  options_.progress = [&](double fraction) { last = fraction; };
  read_csv_text("x\n1\n2\n");
  EXPECT_EQ(last, 1.0);
}

}  // namespace
}  // namespace hourglass
