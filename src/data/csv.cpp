#include "data/csv.h"

#include <utility>

#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "data/byte_store.h"
#include "data/column_choice.h"
#include "data/csv_scanner.h"
#include "data/csv_stream.h"
#include "data/missing.h"
#include "data/row_store.h"
#include "data/utf8.h"

namespace hourglass {
Table read_csv(const InputFile& input, const ReadOptions& options) {
  return read_csv(input, options, CsvTuning());
}

Table read_csv(const InputFile& input, const ReadOptions& options, const CsvTuning& tuning) {
  CsvStream stream(input, options, tuning);
  ByteStoreWriter writer(static_cast<std::uint64_t>(options.memory_limit_bytes),
                         options.scratch_folder);
  RowLayout layout;
  layout.type = double_type();
  layout.cols = stream.cols();
  ThreadPool pool(stream.is_one_piece() ? 1 : options.threads);
  stream.prepare(places_for(pool), pool.size());
  OrderedWork work;
  work.take = [&](int place) {
    throw_if_interrupted();
    return stream.take(place);
  };
  work.work = [&](int place, int worker) { stream.read(place, worker); };
  work.hand_on = [&](int place) {
    stream.settle(place);
    const RowStream::Rows rows = stream.settled(place);
    writer.append(rows.values, static_cast<std::size_t>(rows.count) * layout.row_bytes());
    layout.rows += rows.count;
  };
  if (options.progress) {
    work.tell = [&] { options.progress(stream.fraction()); };
  }
  run_in_order(pool, work);
  Table table = stream.table();
  table.store = make_row_store(writer.finish(), layout);
  report_left_out_rows(&table, table.rows());
  return table;
}

std::vector<std::string> read_csv_column(const InputFile& input, const std::string& name) {
  struct OneColumn {
    Index wanted;
    std::string cell;
    void begin_row() { cell.clear(); }
    bool wants_number(Index) const { return false; }
    void number(Index, double) {}
    void text(Index column, std::string_view text) {
      if (column == wanted) cell = as_utf8(text);
    }
  };
  const CsvTuning tuning;
  const CsvFacts facts = sniff_csv(input, nullptr, tuning);
  OneColumn column{0, {}};
  if (!name.empty()) {
    column.wanted = find_column_or_fail(facts.names, facts.width(), name, input.path());
  }
  CsvScanner scanner = scanner_at_first_row(input, facts, tuning);
  std::vector<std::string> cells;
  while (scanner.next_row(column)) cells.push_back(std::move(column.cell));
  return cells;
}

std::vector<std::string> csv_column_names(const InputFile& input) {
  return sniff_csv(input, nullptr, CsvTuning()).names;
}

}  // namespace hourglass
