#include "data/csv_stream.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "data/csv_scanner.h"
#include "data/csv_split.h"
#include "data/row_store.h"

namespace hourglass {
namespace {

// No table has rows like this; a quote left open makes one.
constexpr std::size_t kMaxRowBytes = std::size_t{256} << 20;
// Text and numbers of a piece together fit a core's cache.
constexpr std::size_t kMostPieceBytes = std::size_t{256} << 10;
// Numbers behind the last that may be read along with it.
constexpr Index kSlack = 8;

void skip(ByteSource& source, std::uint64_t bytes) {
  std::vector<char> ignored(std::size_t{1} << 16);
  while (bytes > 0) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, ignored.size()));
    if (source.read(ignored.data(), step) < step) return;
    bytes -= step;
  }
}

}  // namespace

CsvStream::CsvStream(const InputFile& input, const ReadOptions& options, const CsvTuning& tuning)
    : input_(input),
      options_(options),
      piece_bytes_(std::clamp<std::size_t>(tuning.chunk_bytes, 1, kMostPieceBytes)),
      facts_(sniff_csv(input, options.expected, tuning)),
      plan_(plan_csv(facts_, options, input.path())),
      levels_(level_maps(plan_.columns)),
      source_(input.open()) {
  RowLayout nothing;
  nothing.type = double_type();
  nothing.cols = cols();
  table_.store = make_row_store(ByteStoreWriter(0, {}).finish(), nothing);
  table_.columns = plan_.columns;
  table_.sample_shape = {cols()};
  table_.source = input.path();
  table_.warnings = plan_.warnings;
  const CsvScanner beginning = scanner_at_first_row(input, facts_, tuning);
  next_line_ = beginning.next_line();
  beginning_bytes_ = beginning.bytes_passed();
  skip(*source_, beginning_bytes_);
}

void CsvStream::prepare(int places, int) { pieces_.resize(static_cast<std::size_t>(places)); }

bool CsvStream::take(int place) {
  if (at_end_) return false;
  Piece& piece = at(place);
  piece.row_too_long = piece.failed = piece.closed = false;
  piece.size = carried_.size();
  piece.text.resize(std::max(piece.text.size(), piece.size + piece_bytes_ + 1));
  std::copy(carried_.begin(), carried_.end(), piece.text.begin());
  carried_.clear();
  for (std::size_t wanted = piece_bytes_;; wanted = piece.size) {
    piece.text.resize(std::max(piece.text.size(), piece.size + wanted + 1));
    const std::size_t got = source_->read(piece.text.data() + piece.size, wanted);
    piece.size += got;
    fraction_ = source_->fraction();
    if (got < wanted) break;
    const std::size_t whole = whole_rows({piece.text.data(), piece.size}, facts_.dialect);
    if (whole > 0) {
      carried_.assign(piece.text.begin() + static_cast<std::ptrdiff_t>(whole),
                      piece.text.begin() + static_cast<std::ptrdiff_t>(piece.size));
      piece.size = whole;
      return true;
    }
    if (piece.size > kMaxRowBytes) {
      piece.row_too_long = at_end_ = true;
      return true;
    }
  }
  at_end_ = true;
  if (piece.size == 0) return false;
  // So that every cell has something behind it.
  const char last = piece.text[piece.size - 1];
  piece.closed = last != '\n' && last != '\r';
  if (piece.closed) piece.text[piece.size++] = '\n';
  return true;
}

RowStream::Rows CsvStream::read(int place, int) {
  Piece& piece = at(place);
  piece.rows = 0;
  try {
    if (piece.row_too_long) throw Error(ErrorKind::kData, "a row is too long");
    parse(piece, 0, 1);
  } catch (const Error&) {
    // Said by settle(), which knows what lies before.
    piece.failed = true;
    piece.rows = 0;
  }
  return {piece.values.data(), piece.rows};
}

// The piece's rows, if the rows of the file before it are `first_row` and its first line is
// `first_line`.
void CsvStream::parse(Piece& piece, Index first_row, Index first_line) const {
  if (!notes_holes_) {
    CsvRowBuilder builder(plan_, facts_, options_, input_.path(), levels_);
    return parse_with(builder, piece, first_row, first_line);
  }
  CsvHoleNoter noter(plan_, facts_, options_, input_.path(), levels_, piece.text.data());
  parse_with(noter, piece, first_row, first_line);
  piece.holes = noter.holes();
}

template <class Builder>
void CsvStream::parse_with(Builder& builder, Piece& piece, Index first_row,
                           Index first_line) const {
  CsvScanner scanner({piece.text.data(), piece.size}, facts_.dialect, input_.path(), first_line);
  piece.rows = 0;
  piece.left_out.clear();
  Index row = first_row;
  for (;; ++row) {
    const auto needed = static_cast<std::size_t>((piece.rows + 1) * cols() + kSlack);
    if (piece.values.size() < needed) piece.values.resize(2 * needed);
    builder.aim(piece.values.data() + piece.rows * cols(), row);
    if (!scanner.next_row(builder)) break;
    builder.check_row(scanner.columns(), scanner.line());
    if (row == first_row) piece.first_row_line = scanner.line();
    if (builder.row_has_missing() && options_.missing == MissingPolicy::kDrop) {
      piece.left_out.push_back(row - first_row);
    } else {
      ++piece.rows;
    }
  }
  piece.rows_read = row - first_row;
  piece.lines = scanner.next_line() - first_line;
  piece.new_levels = builder.new_levels();
  piece.converted = builder.converted();
}

void CsvStream::settle(int place) {
  Piece& piece = at(place);
  if (piece.row_too_long) {
    data_error(
        fmt::format("{}: the row that begins in line {} is longer than {} MB; is a quote "
                    "left open there?",
                    input_.path(), next_line_, kMaxRowBytes >> 20));
  }
  if (piece.failed) {
    parse(piece, rows_, next_line_);
    const bool failed_again = false;
    HOURGLASS_CHECK(failed_again);
  }
  if (!plan_.levels_are_known) number_levels(piece);
  if (rows_ == 0 && piece.rows_read > 0) {
    table_.first_row_number = piece.first_row_line + next_line_ - 1;
  }
  for (const Index row : piece.left_out) table_.left_out_rows.push_back(rows_ + row);
  // Said of the first such cell alone.
  if (!piece.converted.empty() && !told_of_conversion_) {
    const ConvertedCell cell = piece.converted.front();
    told_of_conversion_ = true;
    table_.warnings.push_back(fmt::format(
        "{}: row {}, column {} ('{}') is not UTF-8; such cells were read as Windows-1252",
        input_.path(), rows_ + cell.row + 1, cell.column + 1,
        shown(facts_.names[static_cast<std::size_t>(cell.column)])));
  }
  rows_ += piece.rows_read;
  next_line_ += piece.lines;
}

// From the order in which levels appear in the piece to that in which they do in the file.
void CsvStream::number_levels(Piece& piece) {
  for (std::size_t t = 0; t < piece.new_levels.size(); ++t) {
    if (plan_.columns[t].kind != ColumnKind::kCategorical) continue;
    std::vector<double> number;
    for (const std::string& level : piece.new_levels[t]) {
      const auto [found, is_new] = levels_[t].try_emplace(level, std::ssize(levels_[t]));
      if (is_new) {
        if (++level_count_ > kMaxLevels) too_many_levels(input_.path(), table_.columns[t].name);
        table_.columns[t].levels.push_back(level);
      }
      number.push_back(static_cast<double>(found->second));
    }
    double* cell = piece.values.data() + t;
    for (Index r = 0; r < piece.rows; ++r, cell += cols()) {
      if (!std::isnan(*cell)) *cell = number[static_cast<std::size_t>(*cell)];
    }
  }
}

RowStream::Rows CsvStream::settled(int place) const {
  const Piece& piece = pieces_[static_cast<std::size_t>(place)];
  return {piece.values.data(), piece.rows};
}

const std::vector<CsvHole>& CsvStream::holes(int place) const {
  return pieces_[static_cast<std::size_t>(place)].holes;
}

std::string_view CsvStream::text(int place) const {
  const Piece& piece = pieces_[static_cast<std::size_t>(place)];
  return {piece.text.data(), piece.closed ? piece.size - 1 : piece.size};
}

std::string CsvStream::beginning() const {
  std::string bytes(static_cast<std::size_t>(beginning_bytes_), '\0');
  bytes.resize(input_.open()->read(bytes.data(), bytes.size()));
  return bytes;
}

}  // namespace hourglass
