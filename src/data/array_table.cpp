#include "data/array_table.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <numeric>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "data/byte_store.h"
#include "data/column_choice.h"
#include "data/missing.h"
#include "data/row_store.h"

namespace hourglass {
namespace {

constexpr std::uint64_t kMaxFeatures = 10'000'000;

// Reads one array; made for one call of read_array.
class ArrayReader {
 public:
  ArrayReader(const ArraySource& source, const ArrayHeader& header, const ReadOptions& options)
      : source_(source), options_(options), fortran_order_(header.fortran_order) {
    check_shape(header);
    layout_.type = header.type;
    layout_.swapped = header.swapped;
    layout_.divisor = source.divisor;
    layout_.cols = 1;
    for (std::size_t d = 1; d < header.shape.size(); ++d) {
      shape_.push_back(static_cast<Index>(header.shape[d]));
      layout_.cols *= shape_.back();
    }
    if (shape_.empty()) shape_.push_back(1);
    rows_ = static_cast<Index>(header.shape[0]);
    bytes_ = static_cast<std::uint64_t>(rows_) * layout_.row_bytes();
    check_size();
  }

  Table read() {
    const bool large = bytes_ > static_cast<std::uint64_t>(options_.memory_limit_bytes);
    const bool stays = source_.place && !fortran_order_;
    if (stays && options_.once && options_.missing != MissingPolicy::kDrop) {
      leave_unseen();
    } else if (fortran_order_) {
      copy_columns();
    } else if (!(stays && large && leave_in_place())) {
      copy_rows();
    }
    table_.source = source_.name;
    table_.sample_shape = shape_;
    table_.first_row_number = 1;
    report_left_out_rows(&table_, table_.rows());
    return std::move(table_);
  }

 private:
  void check_shape(const ArrayHeader& header) const {
    if (header.shape.empty()) {
      data_error(fmt::format("{} holds a single number and not rows of them", source_.name));
    }
    if (header.shape[0] == 0) data_error(fmt::format("{} holds no rows", source_.name));
    std::uint64_t features = 1;
    for (std::size_t d = 1; d < header.shape.size(); ++d) {
      features = checked_multiply(features, header.shape[d]).value_or(kMaxFeatures + 1);
      if (features == 0) data_error(fmt::format("{} holds rows of no numbers", source_.name));
      if (features > kMaxFeatures) {
        data_error(
            fmt::format("{} has more than {} numbers a row, which is more than this program "
                        "takes",
                        source_.name, kMaxFeatures));
      }
    }
    checked_array_bytes(header, source_.name);
  }

  void check_size() const {
    if (!source_.bytes_left || *source_.bytes_left == bytes_) return;
    data_error(fmt::format(
        "{} is {}: its header speaks of {} rows of {} numbers ({} bytes), and "
        "{} bytes follow; write the file anew",
        source_.name, *source_.bytes_left < bytes_ ? "cut short" : "longer than it should be",
        rows_, layout_.cols, bytes_, *source_.bytes_left));
  }

  void check_end() const {
    char more;
    if (source_.bytes->read(&more, 1) != 0) {
      data_error(
          fmt::format("{} is longer than it should be: more bytes follow the {} its header "
                      "speaks of; write the file anew",
                      source_.name, bytes_));
    }
  }

  void next_block(double fraction) const {
    throw_if_interrupted();
    if (options_.progress) options_.progress(fraction);
  }

  // The array stays where it is, and missing numbers are met when they are read.
  void leave_unseen() {
    layout_.has_missing = layout_.type->may_be_missing();
    if (options_.missing == MissingPolicy::kError) layout_.refuses_missing = source_.name;
    keep_in_file(store_in_file(source_.place->file, source_.place->offset, source_.name));
  }

  void keep_in_file(std::shared_ptr<const ByteStore> store) {
    layout_.rows = rows_;
    table_.store = make_row_store(std::move(store), layout_);
  }

  // The array stays where it is; only missing numbers are looked for. False if rows must be left
  // out, which takes a copy.
  bool leave_in_place() {
    std::shared_ptr<const ByteStore> store =
        store_in_file(source_.place->file, source_.place->offset, source_.name);
    layout_.has_missing = layout_.type->may_be_missing() && misses_any(*store);
    if (layout_.has_missing && options_.missing == MissingPolicy::kDrop) return false;
    keep_in_file(std::move(store));
    return true;
  }

  // Looks through all rows on all threads; of several missing numbers the first is complained
  // about.
  bool misses_any(const ByteStore& store) const {
    struct Block {
      Index row = 0;
      std::vector<std::byte> bytes;
    };
    std::atomic<Index> next{0};
    ThreadPool pool(options_.threads);
    std::vector<Block> blocks(static_cast<std::size_t>(places_for(pool)));
    // Small enough that what was read is still in the cache when it is looked at.
    const Index step = std::max<Index>(1, rows_per_block(layout_.row_bytes()) / 4);
    std::atomic<bool> missing{false};
    OrderedWork work;
    work.take = [&](int place) {
      throw_if_interrupted();
      if (next >= rows_) return false;
      blocks[static_cast<std::size_t>(place)].row = next;
      next += step;
      return true;
    };
    work.work = [&](int place, int) {
      Block& block = blocks[static_cast<std::size_t>(place)];
      const Index count = std::min(step, rows_ - block.row);
      block.bytes.resize(static_cast<std::size_t>(count) * layout_.row_bytes());
      store.read(static_cast<std::uint64_t>(block.row) * layout_.row_bytes(), block.bytes.size(),
                 block.bytes.data());
      if (layout_.swapped) swap_block(block.bytes.data(), count);
      if (look_for_missing(block.bytes.data(), block.row, count)) missing = true;
    };
    if (options_.progress) {
      work.tell = [&] {
        options_.progress(std::min(1.0, static_cast<double>(next) / static_cast<double>(rows_)));
      };
    }
    run_in_order(pool, work);
    return missing;
  }

  void copy_rows() {
    ByteStoreWriter writer(static_cast<std::uint64_t>(options_.memory_limit_bytes),
                           options_.scratch_folder);
    const Index step = rows_per_block(layout_.row_bytes());
    std::vector<std::byte> block(static_cast<std::size_t>(std::min(step, rows_)) *
                                 layout_.row_bytes());
    for (Index row = 0; row < rows_; row += step) {
      const Index count = std::min(step, rows_ - row);
      read_exactly(*source_.bytes, block.data(),
                   static_cast<std::size_t>(count) * layout_.row_bytes(), source_.name);
      if (layout_.swapped) swap_block(block.data(), count);
      keep_rows(block.data(), row, count, writer);
      next_block(source_.bytes->fraction());
    }
    check_end();
    finish(writer);
  }

  // Fortran order is the reversed shape's C order: a row for each feature. Kept as such first, then
  // turned around block by block.
  void copy_columns() {
    const std::uint64_t half_limit = static_cast<std::uint64_t>(options_.memory_limit_bytes) / 2;
    const std::shared_ptr<const ByteStore> columns = columns_as_they_lie(half_limit);
    ByteStoreWriter writer(half_limit, options_.scratch_folder);
    const std::uint64_t size = static_cast<std::uint64_t>(layout_.type->size);
    const std::uint64_t block_bytes =
        std::clamp<std::uint64_t>(half_limit / 4, std::uint64_t{1} << 20, std::uint64_t{64} << 20);
    const Index step =
        std::clamp<Index>(static_cast<Index>(block_bytes / layout_.row_bytes()), 1, rows_);
    std::vector<std::byte> block(static_cast<std::size_t>(step) * layout_.row_bytes());
    std::vector<std::byte> column(static_cast<std::size_t>(step) * size);
    const std::vector<Index> feature_at = feature_order();
    for (Index row = 0; row < rows_; row += step) {
      const Index count = std::min(step, rows_ - row);
      for (Index c = 0; c < layout_.cols; ++c) {
        const std::uint64_t first =
            static_cast<std::uint64_t>(c) * static_cast<std::uint64_t>(rows_) +
            static_cast<std::uint64_t>(row);
        columns->read(first * size, static_cast<std::size_t>(count) * size, column.data());
        if (layout_.swapped) swap_byte_order(column.data(), count, layout_.type->size);
        std::byte* to = block.data() +
                        static_cast<std::uint64_t>(feature_at[static_cast<std::size_t>(c)]) * size;
        for (Index r = 0; r < count; ++r) {
          std::memcpy(to + static_cast<std::uint64_t>(r) * layout_.row_bytes(),
                      column.data() + static_cast<std::uint64_t>(r) * size, size);
        }
      }
      keep_rows(block.data(), row, count, writer);
      next_block(static_cast<double>(row + count) / static_cast<double>(rows_));
    }
    finish(writer);
  }

  std::shared_ptr<const ByteStore> columns_as_they_lie(std::uint64_t memory_limit) const {
    if (source_.place)
      return store_in_file(source_.place->file, source_.place->offset, source_.name);
    ByteStoreWriter writer(memory_limit, options_.scratch_folder);
    std::vector<std::byte> block(std::size_t{1} << 20);
    for (std::uint64_t done = 0; done < bytes_; done += block.size()) {
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), bytes_ - done));
      read_exactly(*source_.bytes, block.data(), count, source_.name);
      writer.append(block.data(), count);
      next_block(0.5 * source_.bytes->fraction());
    }
    check_end();
    return writer.finish();
  }

  // Where the c-th feature in Fortran order belongs in C order.
  std::vector<Index> feature_order() const {
    std::vector<Index> order(static_cast<std::size_t>(layout_.cols));
    for (Index c = 0; c < layout_.cols; ++c) {
      Index rest = c, position = 0;
      std::vector<Index> subscript;
      for (const Index extent : shape_) {
        subscript.push_back(rest % extent);
        rest /= extent;
      }
      for (std::size_t d = 0; d < shape_.size(); ++d)
        position = position * shape_[d] + subscript[d];
      order[static_cast<std::size_t>(c)] = position;
    }
    return order;
  }

  void swap_block(std::byte* rows, Index count) const {
    swap_byte_order(rows, count * layout_.cols, layout_.type->size);
  }

  // Whether any of the rows (in this machine's byte order) has a NaN or an infinity; an error if
  // the user has not said what to do about it.
  bool look_for_missing(const std::byte* rows, Index first_row, Index count) const {
    if (layout_.type->all_finite(rows, count * layout_.cols)) return false;
    if (options_.missing == MissingPolicy::kError) {
      const std::vector<double> numbers = numbers_of(rows, count);
      const auto found =
          std::find_if(numbers.begin(), numbers.end(), [](double x) { return !std::isfinite(x); });
      const Index at = static_cast<Index>(found - numbers.begin());
      refuse_number(source_.name, first_row + at / layout_.cols, at % layout_.cols, *found);
    }
    return true;
  }

  std::vector<double> numbers_of(const std::byte* rows, Index count) const {
    std::vector<double> numbers(static_cast<std::size_t>(count * layout_.cols));
    layout_.type->to_double(rows, count * layout_.cols, numbers.data());
    return numbers;
  }

  void keep_rows(const std::byte* rows, Index first_row, Index count, ByteStoreWriter& writer) {
    const std::size_t row_bytes = static_cast<std::size_t>(layout_.row_bytes());
    const bool missing = look_for_missing(rows, first_row, count);
    if (!missing || options_.missing == MissingPolicy::kImpute) {
      layout_.has_missing = layout_.has_missing || missing;
      layout_.rows += count;
      return writer.append(rows, static_cast<std::size_t>(count) * row_bytes);
    }
    const std::vector<double> numbers = numbers_of(rows, count);
    for (Index r = 0; r < count; ++r) {
      const double* row = numbers.data() + r * layout_.cols;
      if (std::all_of(row, row + layout_.cols, [](double x) { return std::isfinite(x); })) {
        writer.append(rows + static_cast<std::size_t>(r) * row_bytes, row_bytes);
        ++layout_.rows;
      } else {
        table_.left_out_rows.push_back(first_row + r);
      }
    }
  }

  void finish(ByteStoreWriter& writer) {
    layout_.swapped = false;
    table_.store = make_row_store(writer.finish(), layout_);
  }

  const ArraySource& source_;
  const ReadOptions& options_;
  bool fortran_order_;
  RowLayout layout_;
  Index rows_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Index> shape_;
  Table table_;
};

}  // namespace

std::uint64_t checked_array_bytes(const ArrayHeader& header, const std::string& name) {
  std::optional<std::uint64_t> bytes = static_cast<std::uint64_t>(header.type->size);
  for (const std::uint64_t extent : header.shape) {
    if (bytes) bytes = checked_multiply(*bytes, extent);
  }
  if (!bytes || *bytes > (std::uint64_t{1} << 62)) {
    data_error(
        fmt::format("{} has a header that speaks of more numbers than any file can hold; "
                    "write the file anew",
                    name));
  }
  return *bytes;
}

Table read_array(const ArraySource& source, const ArrayHeader& header, const ReadOptions& options) {
  Table table = ArrayReader(source, header, options).read();
  apply_column_options(options, &table);
  return table;
}

void apply_column_options(const ReadOptions& options, Table* table) {
  if (!options.categorical.empty()) {
    data_error(fmt::format("{}: columns of an array are numbers; --categorical needs a CSV file",
                           table->source));
  }
  if (options.columns.empty() && options.drop.empty()) return;
  const ColumnChoice choice = choose_columns({}, table->cols(), options, table->source);
  if (static_cast<Index>(choice.kept.size()) == table->cols()) return;
  table->store = select_columns(table->store, choice.kept);
  table->sample_shape = {table->cols()};
  for (const Index c : choice.kept) {
    table->columns.push_back({fmt::format("column {}", c + 1), ColumnKind::kNumeric, {}});
  }
}

}  // namespace hourglass
