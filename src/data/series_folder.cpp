#include "data/series_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/image_file.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kEndings = {".csv", ".tsv", ".npy"};

bool is_table(const fs::path& path) {
  fs::path name = path.filename();
  if (name.string().starts_with('.')) return false;
  if (name.extension() == ".gz") name = name.stem();
  const std::string ending = name.extension().string();
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

// The rows of several stores, one behind the other.
class JoinedRows : public RowStore {
 public:
  explicit JoinedRows(std::vector<std::shared_ptr<const RowStore>> parts)
      : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      begins_.push_back(rows_);
      rows_ += part->rows();
    }
  }
  Index rows() const override { return rows_; }
  Index cols() const override { return parts_.front()->cols(); }
  bool in_memory() const override {
    return std::ranges::all_of(parts_, [](const auto& part) { return part->in_memory(); });
  }

  void read(Index begin, Index end, double* out) const override {
    while (begin < end) {
      const auto part = part_of(begin);
      const Index offset = begins_[part];
      const Index stop = std::min(end, offset + parts_[part]->rows());
      parts_[part]->read(begin - offset, stop - offset, out);
      out += (stop - begin) * cols();
      begin = stop;
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }

 private:
  std::size_t part_of(Index row) const {
    const auto after = std::ranges::upper_bound(begins_, row);
    return static_cast<std::size_t>(after - begins_.begin() - 1);
  }

  std::vector<std::shared_ptr<const RowStore>> parts_;
  std::vector<Index> begins_;
  Index rows_ = 0;
};

// Adds the levels of `more` that `columns` lack.
void add_levels(std::vector<Column>& columns, const std::vector<Column>& more) {
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (const std::string& level : more[c].levels) {
      std::vector<std::string>& levels = columns[c].levels;
      if (std::ranges::find(levels, level) == levels.end()) levels.push_back(level);
    }
  }
}

bool has_categories(const Table& table) {
  return std::ranges::any_of(
      table.columns, [](const Column& column) { return column.kind == ColumnKind::kCategorical; });
}

void check_same_columns(const Table& first, const Table& table) {
  const auto same = [](const Column& a, const Column& b) {
    return a.name == b.name && a.kind == b.kind;
  };
  if (first.cols() == table.cols() && std::ranges::equal(first.columns, table.columns, same))
    return;
  data_error(fmt::format("{} has other columns than {}: the files of a folder must have the same",
                         table.source, first.source));
}

std::vector<Table> read_all(const std::vector<std::string>& paths, const ReadOptions& options) {
  std::vector<Table> tables;
  for (const std::string& path : paths) {
    throw_if_interrupted();
    tables.push_back(read_table(path, options));
    check_same_columns(tables.front(), tables.back());
  }
  return tables;
}

Table joined(const std::string& folder, const std::vector<Table>& tables) {
  Table all;
  all.columns = tables.front().columns;
  all.sample_shape = tables.front().sample_shape;
  all.source = folder;
  std::vector<std::shared_ptr<const RowStore>> stores;
  Index source_rows = 0;
  for (const Table& table : tables) {
    stores.push_back(table.store);
    all.series.push_back({fs::path(table.source).filename().string(), table.rows()});
    for (const Index row : table.left_out_rows) all.left_out_rows.push_back(source_rows + row);
    all.row_times.insert(all.row_times.end(), table.row_times.begin(), table.row_times.end());
    source_rows += table.rows() + std::ssize(table.left_out_rows);
    all.warnings.insert(all.warnings.end(), table.warnings.begin(), table.warnings.end());
  }
  all.store = std::make_shared<JoinedRows>(std::move(stores));
  return all;
}

}  // namespace

std::vector<std::string> tables_in(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code problem;
  fs::directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    std::error_code ignored;
    if (is_table(entry->path()) && entry->is_regular_file(ignored)) {
      paths.push_back(entry->path().string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

bool holds_tables(const std::string& folder) {
  std::error_code problem;
  fs::directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    if (image_format_for(entry->path().string()) != nullptr) return false;
  }
  return !tables_in(folder).empty();
}

Table read_series_folder(const std::string& folder, const ReadOptions& options) {
  const std::vector<std::string> paths = tables_in(folder);
  std::vector<Table> tables = read_all(paths, options);
  if (options.expected == nullptr && has_categories(tables.front())) {
    // Once more, with one number for each category of any file.
    std::vector<Column> columns = tables.front().columns;
    for (const Table& table : tables) add_levels(columns, table.columns);
    ReadOptions known = options;
    known.expected = &columns;
    tables = read_all(paths, known);
  }
  return joined(folder, tables);
}

}  // namespace hourglass
