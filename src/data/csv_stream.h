#pragma once

#include <atomic>

#include "data/csv_holes.h"
#include "data/csv_sniff.h"
#include "data/input_file.h"
#include "data/row_stream.h"

namespace hourglass {

/// The rows of a text table. The text is cut at line ends into pieces that are parsed wherever
/// there is time; what depends on the rows before (line numbers, the numbers of new levels) is made
/// good when a piece is settled. One with something wrong in it is parsed again then, so that the
/// first thing wrong is told, and where it is.
class CsvStream : public RowStream {
 public:
  /// Throws ErrorKind::kData for what the beginning of the file tells: no rows, columns lacking.
  /// Keeps references to the file and the options.
  CsvStream(const InputFile& input, const ReadOptions& options, const CsvTuning& tuning);

  Index cols() const override { return static_cast<Index>(plan_.columns.size()); }
  void prepare(int places, int workers) override;
  bool take(int place) override;
  Rows read(int place, int worker) override;
  void settle(int place) override;
  double fraction() const override { return fraction_; }

  /// Before the first piece: what is missing will be noted, for whoever fills it in.
  void note_holes() { notes_holes_ = true; }
  /// The holes of a piece that was read, in the order of the text, and that text: all pieces' one
  /// after another are the file from behind its beginning() on. The last may lack its line end.
  const std::vector<CsvHole>& holes(int place) const;
  std::string_view text(int place) const;
  /// The file up to its first row: marks and header.
  std::string beginning() const;

  const CsvFacts& facts() const { return facts_; }
  const CsvPlan& plan() const { return plan_; }
  /// Whether the file is so small that there is nothing to share out.
  bool is_one_piece() const { return input_.size() <= piece_bytes_; }
  /// The rows of a piece that is settled, its levels those of the whole table.
  Rows settled(int place) const;
  /// What is known of the table: its columns before the first row; all of it but the store once the
  /// last piece is settled.
  const Table& table() const { return table_; }

 private:
  struct Piece {
    std::vector<char> text;
    std::size_t size = 0;       // of the text
    bool row_too_long = false;  // it is no whole row
    bool closed = false;        // its last line end is ours
    bool failed = false;        // something in it is wrong
    std::vector<double> values;
    Index rows = 0;       // in values
    Index rows_read = 0;  // those left out included
    Index lines = 0;
    Index first_row_line = 0;
    std::vector<Index> left_out;  // rows, counted from the piece's first
    std::vector<std::vector<std::string>> new_levels;
    std::vector<ConvertedCell> converted;
    std::vector<CsvHole> holes;
  };

  void parse(Piece& piece, Index first_row, Index first_line) const;
  template <class Builder>
  void parse_with(Builder& builder, Piece& piece, Index first_row, Index first_line) const;
  void number_levels(Piece& piece);
  Piece& at(int place) { return pieces_[static_cast<std::size_t>(place)]; }

  const InputFile& input_;
  const ReadOptions& options_;
  const std::size_t piece_bytes_;
  CsvFacts facts_;
  CsvPlan plan_;
  std::vector<LevelMap> levels_;  // by the table's columns
  std::size_t level_count_ = 0;   // of those that were not known
  Table table_;
  std::vector<Piece> pieces_;

  std::unique_ptr<ByteSource> source_;
  std::vector<char> carried_;  // behind the last whole row of the last piece
  bool at_end_ = false;
  std::atomic<double> fraction_{0};
  Index rows_ = 0;       // settled
  Index next_line_ = 1;  // the first of the next piece to be settled
  std::uint64_t beginning_bytes_ = 0;
  bool notes_holes_ = false;
  bool told_of_conversion_ = false;
};

}  // namespace hourglass
