#include "hourglass/missing_cells.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <memory>
#include <optional>

#include "api/state.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/ordered_work.h"
#include "base/random.h"
#include "data/encoded_rows.h"
#include "data/image_writer.h"
#include "data/refill.h"
#include "task/cell_filler.h"
#include "task/cell_quality.h"
#include "task/part_of.h"

namespace hourglass {
namespace {

// A piece of rows on its way, with the holes they came with and with what was predicted of them.
struct Piece {
  std::vector<double> values;   // rows × table columns
  std::vector<float> features;  // rows × features
};

// Each sample's cells are drawn by a seed of its own.
std::uint64_t seed_of_sample(const CellsOptions& options) {
  RandomStream stream(options.seed, RandomPurpose::kCell,
                      static_cast<std::uint64_t>(options.sample));
  return (std::uint64_t{stream.next()} << 32) | stream.next();
}

class Filling {
 public:
  Filling(const Model& model, const std::string& input, const CellsOptions& options,
          const RunOptions& run)
      : encoding_(model.state().model.saved.encoding),
        options_(options),
        sample_seed_(seed_of_sample(options)),
        columns_(columns_of(model)),
        reading_(reading(columns_, options, run.threads)),
        file_(open_refill(input, reading_)),
        progress_(share_of_stage(run.progress, "filling in")),
        pool_(run.threads),
        filler_(model.state().model, pool_),
        pieces_(static_cast<std::size_t>(places_for(pool_))) {
    check_table_fits(encoding_, file_->table());
    for (Index c = 0; c < encoding_.table_columns(); ++c) {
      report_.columns.push_back({.name = encoding_.column_name(c)});
    }
    if (options.clean.empty()) return;
    clean_ = read_table(options.clean, reading_);
    check_table_fits(encoding_, *clean_);
    quality_.emplace(*clean_, encoding_);
  }

  void write_to(const std::string& output) {
    file_->check_name(output);
    output_ = std::make_unique<AtomicFile>(output);
    output_->write(file_->beginning());
  }

  CellsReport run() {
    const Index cols = encoding_.table_columns();
    RowPass pass{.encoding = encoding_, .block_rows = filler_.block_rows(), .visit = {}};
    pass.visit = [&](const EncodedRows& block) {
      Piece& piece = pieces_[static_cast<std::size_t>(block.place)];
      piece.values.resize(static_cast<std::size_t>(block.piece_rows * cols));
      piece.features.resize(static_cast<std::size_t>(block.piece_rows * encoding_.features));
      std::copy_n(block.raw, block.count * cols, piece.values.data() + block.within * cols);
      filler_.predict(block, piece.features.data() + block.within * encoding_.features);
    };
    pass.hand_on = [&](Index begin, Index count, int place) { fill(begin, count, place); };
    pass.progress = progress_;
    hourglass::run(pass, file_->stream(rows_per_piece(encoding_, filler_.block_rows())), pool_);
    if (clean_ && clean_->rows() != report_.rows) refuse_clean();
    if (quality_) quality_->tell(report_);
    warn();
    if (output_) output_->commit();
    return std::move(report_);
  }

 private:
  static ReadOptions reading(const std::vector<Column>& columns, const CellsOptions& options,
                             int threads) {
    ReadOptions read;
    read.key = options.key;
    read.missing = MissingPolicy::kImpute;
    read.expected = &columns;
    read.threads = threads;
    return read;
  }

  void fill(Index begin, Index count, int place) {
    if (clean_ && begin + count > clean_->rows()) {
      report_.rows = begin + count;
      refuse_clean();
    }
    if (quality_) quality_->begin(begin, count);
    Piece& piece = pieces_[static_cast<std::size_t>(place)];
    for (Index row = 0; row < count; ++row) fill_row(piece, row);
    report_.rows += count;
    if (output_) output_->write(file_->rows(place, piece.values.data(), count));
  }

  void fill_row(Piece& piece, Index row) {
    const Index cols = encoding_.table_columns();
    double* const cells = piece.values.data() + row * cols;
    const float* const features = piece.features.data() + row * encoding_.features;
    Index missing = 0;
    for (Index c = 0; c < cols; ++c) {
      if (std::isfinite(cells[c])) continue;
      FilledColumn& column = report_.columns[static_cast<std::size_t>(c)];
      ++missing;
      ++column.missing;
      cells[c] = value_of(report_.rows + row, c, features);
      if (std::isnan(cells[c])) continue;
      ++column.filled;
      cells[c] = file_->as_written(c, cells[c]);
      if (quality_) quality_->add(row, c, cells[c]);
    }
    report_.missing += missing;
    if (missing == cols && ++empty_rows_ == 1) first_empty_row_ = report_.rows + row + 1;
  }

  double value_of(Index row, Index column, const float* features) const {
    if (options_.sample == 0) return filler_.guess(column, features);
    RandomStream stream(sample_seed_, RandomPurpose::kCell, static_cast<std::uint64_t>(row),
                        static_cast<std::uint64_t>(column));
    return filler_.draw(column, features, stream.uniform());
  }

  [[noreturn]] void refuse_clean() const {
    data_error(fmt::format("{} has {} rows and {} {}: give the same table with nothing missing",
                           clean_->source, clean_->rows(), file_->table().source,
                           report_.rows > clean_->rows() ? "more" : std::to_string(report_.rows)));
  }

  void warn() {
    report_.warnings = file_->table().warnings;
    if (report_.missing == 0) {
      report_.warnings.push_back(
          fmt::format("{}: nothing is missing, so it was only copied", file_->table().source));
    }
    if (empty_rows_ > 0) {
      report_.warnings.push_back(fmt::format(
          "row {}{}: nothing is known, so what was filled in is what is usual", first_empty_row_,
          empty_rows_ > 1 ? fmt::format(" and {} more", empty_rows_ - 1) : ""));
    }
    for (const FilledColumn& column : report_.columns) {
      report_.filled += column.filled;
      if (column.filled == column.missing) continue;
      report_.warnings.push_back(fmt::format(
          "column '{}' was empty throughout when the model was trained, so its {} stay empty",
          column.name, column.missing == 1 ? "missing cell" : "missing cells"));
    }
  }

  const Encoding& encoding_;
  const CellsOptions& options_;
  const std::uint64_t sample_seed_;
  const std::vector<Column> columns_;
  const ReadOptions reading_;
  std::unique_ptr<Refill> file_;
  std::optional<Table> clean_;
  std::optional<CellQuality> quality_;
  std::function<void(double)> progress_;
  ThreadPool pool_;
  CellFiller filler_;
  std::vector<Piece> pieces_;  // by place
  std::unique_ptr<AtomicFile> output_;
  CellsReport report_;
  Index empty_rows_ = 0, first_empty_row_ = 0;
};

void check_output(const std::string& output, const std::string& input, const std::string& clean) {
  refuse_overwriting({output}, input);
  if (!clean.empty()) refuse_overwriting({output}, clean);
}

}  // namespace

bool fills_cells(const Model& model) {
  const SavedModel& saved = model.state().model.saved;
  return saved.spec.window == 0 && saved.encoding.sample_shape.size() == 1;
}

CellsReport fill_cells(const Model& model, const std::string& input, const std::string& output,
                       const CellsOptions& options, const RunOptions& run_options) {
  if (!fills_cells(model)) {
    usage_error("this model is not of rows of a table: train one with --for inpaint on a table");
  }
  if (options.sample > 0 && model.state().model.saved.donors.empty()) {
    usage_error("this model cannot draw samples: train one with --for inpaint on a table");
  }
  if (!output.empty()) check_output(output, input, options.clean);
  Filling filling(model, input, options, run_options);
  if (!output.empty()) filling.write_to(output);
  return filling.run();
}

}  // namespace hourglass
