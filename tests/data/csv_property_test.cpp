#include <array>
#include <cmath>

#include "base/random.h"
#include "data/csv.h"
#include "data/row_store.h"
#include "reader_files.h"

namespace hourglass {
namespace {

using CsvPropertyTest = ReaderTest;

// A random table as it is meant, to be written in many ways and read back.
struct RandomTable {
  Index rows = 0, cols = 0;
  std::vector<double> numbers;  // rows × cols; a text column holds positions in kWords
  std::vector<bool> is_text;    // by column
};

constexpr std::array<const char*, 5> kWords = {"red", "a,b;c\td e", "say \"hi\"", "two\nlines",
                                               "ü"};

RandomTable make_table(std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::kSample);
  RandomTable table;
  table.rows = 2 + random.below(30);
  table.cols = 1 + random.below(6);
  for (Index c = 0; c < table.cols; ++c) table.is_text.push_back(random.below(4) == 0);
  for (Index i = 0; i < table.rows * table.cols; ++i) {
    const bool text = table.is_text[static_cast<std::size_t>(i % table.cols)];
    const double magnitude = std::pow(10.0, random.uniform(-30, 30));
    table.numbers.push_back(text ? static_cast<double>(random.below(5))
                                 : (random.uniform() - 0.5) * magnitude);
  }
  return table;
}

struct Style {
  std::string separator, line_end;
  bool header, quote_all, bom, last_line_end;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string write_csv(const RandomTable& table, const Style& style) {
  std::string text = style.bom ? "\xEF\xBB\xBF" : "";
  const auto cell = [&](const std::string& value, bool must_quote) {
    text += must_quote || style.quote_all ? quoted(value) : value;
  };
  const auto end_cell = [&](Index c) {
    text += c + 1 < table.cols ? style.separator : style.line_end;
  };
  if (style.header) {
    for (Index c = 0; c < table.cols; ++c, end_cell(c - 1)) cell(fmt::format("name{}", c), false);
  }
  for (Index r = 0; r < table.rows; ++r) {
    for (Index c = 0; c < table.cols; ++c, end_cell(c - 1)) {
      const double value = table.numbers[static_cast<std::size_t>(r * table.cols + c)];
      const bool is_text = table.is_text[static_cast<std::size_t>(c)];
      cell(is_text ? kWords[static_cast<std::size_t>(value)] : fmt::format("{}", value), is_text);
    }
  }
  if (!style.last_line_end) text.resize(text.size() - style.line_end.size());
  return text;
}

void expect_equal(const RandomTable& meant, const Table& read) {
  ASSERT_EQ(read.rows(), meant.rows);
  ASSERT_EQ(read.cols(), meant.cols);
  const std::vector<double> numbers = numbers_of(read);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(meant.cols);
    if (meant.is_text[c]) {
      EXPECT_EQ(read.columns[c].levels.at(static_cast<std::size_t>(numbers[i])),
                kWords[static_cast<std::size_t>(meant.numbers[i])]);
    } else {
      EXPECT_EQ(numbers[i], meant.numbers[i]);
    }
  }
}

TEST_F(CsvPropertyTest, WhateverTheStyleTheTableReadsBack) {
  std::uint64_t seed = 0;
  for (const char* separator : {",", ";", "\t", " ", "   "}) {
    for (const char* line_end : {"\n", "\r\n", "\r"}) {
      for (int flags = 0; flags < 16; ++flags) {
        RandomTable meant = make_table(++seed);
        // A lone text column cannot be told from one parted by the separators within.
        if (meant.cols == 1) meant.is_text[0] = false;
        if (meant.cols == 1 && meant.numbers[0] > 4) meant.numbers[0] = 1;
        // With texts alone there is nothing that shows the header.
        meant.is_text[0] = false;
        for (Index r = 0; r < meant.rows; ++r)
          meant.numbers[static_cast<std::size_t>(r * meant.cols)] = 0.1 * double(r);
        const Style style{separator,        line_end,         (flags & 1) != 0,
                          (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0};
        ReadOptions options = options_;
        for (Index c = 0; c < meant.cols; ++c) {
          if (meant.is_text[static_cast<std::size_t>(c)])
            options.categorical.push_back(std::to_string(c + 1));
        }
        SCOPED_TRACE(fmt::format("seed {} separator '{}' flags {}", seed, separator, flags));
        expect_equal(meant, read_table(write("t.csv", write_csv(meant, style)), options));
      }
    }
  }
}

// Every place where the buffer can end: in a number, a quote, between CR and LF, …
TEST_F(CsvPropertyTest, ChunkBoundariesDoNotShow) {
  const std::string text =
      "\xEF\xBB\xBFname,x\r\n\"say \"\"hi\"\", you\",-1.25e+2\r\n\r\n\"two\r\nlines\" , "
      "17\r\nplain,\"3\"\r\n";
  options_.categorical = {"name"};
  const InputFile input(write("t.csv", text));
  const Table whole = read_csv(input, options_);
  ASSERT_EQ(whole.columns[0].levels,
            (std::vector<std::string>{"say \"hi\", you", "two\r\nlines", "plain"}));
  EXPECT_EQ(numbers_of(whole), (std::vector<double>{0, -125, 1, 17, 2, 3}));
  for (std::size_t chunk = 1; chunk < text.size() + 10; ++chunk) {
    const Table table = read_csv(input, options_, CsvTuning{chunk, 10'000});
    EXPECT_EQ(numbers_of(table), numbers_of(whole)) << chunk;
    EXPECT_EQ(table.columns[0].levels, whole.columns[0].levels) << chunk;
    EXPECT_EQ(table.first_row_number, 2) << chunk;
  }
}

TEST_F(CsvPropertyTest, ASmallMemoryLimitChangesNothingButThePlace) {
  std::string text;
  RandomStream random(7, RandomPurpose::kSample);
  constexpr Index kRows = 30'000, kCols = 11;
  for (Index i = 0; i < kRows * kCols; ++i) {
    text += fmt::format("{}{}", random.normal(), (i + 1) % kCols == 0 ? '\n' : ',');
  }
  const InputFile input(write("t.csv", text));
  const Table in_memory = read_csv(input, options_);
  options_.memory_limit_bytes = 100'000;
  const Table on_disk = read_csv(input, options_);
  EXPECT_TRUE(in_memory.store->in_memory());
  EXPECT_FALSE(on_disk.store->in_memory());
  const std::vector<double> numbers = numbers_of(in_memory);
  EXPECT_EQ(numbers_of(on_disk), numbers);
  const std::vector<Index> rows = {29'999, 0, 12'345, 12'345};
  for (const Table* table : {&in_memory, &on_disk}) {
    std::vector<double> gathered(rows.size() * kCols);
    table->store->gather(rows.data(), std::ssize(rows), gathered.data());
    for (std::size_t i = 0; i < gathered.size(); ++i) {
      EXPECT_EQ(gathered[i],
                numbers[static_cast<std::size_t>(rows[i / kCols]) * kCols + i % kCols]);
    }
    std::vector<double> part(100 * kCols);
    table->store->read(20'000, 20'100, part.data());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), numbers.begin() + 20'000 * kCols));
  }
  // Nothing with a name is left in the scratch folder.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace hourglass
