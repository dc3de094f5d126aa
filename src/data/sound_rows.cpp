#include "data/sound_rows.h"

#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "data/column_choice.h"
#include "data/row_store.h"
#include "data/sound_bands.h"
#include "data/sound_channels.h"
#include "data/sounds.h"

namespace hourglass {
namespace {

// Named columns, those that the options keep.
void add_columns(Table& table, const std::vector<std::string>& names, const ReadOptions& options) {
  const ColumnChoice choice = choose_columns(names, std::ssize(names), options, table.source);
  for (const Index column : choice.kept) {
    table.columns.push_back({.name = names[static_cast<std::size_t>(column)], .levels = {}});
  }
  if (choice.kept.size() < names.size()) table.store = select_columns(table.store, choice.kept);
  table.sample_shape = {std::ssize(choice.kept)};
}

}  // namespace

Table read_sound_rows(const std::string& path, const ReadOptions& options) {
  Table table;
  table.source = path;
  Index left_out = 0;
  const std::vector<std::string> files = sound_files(path, &left_out);
  table.rate = options.rate > 0 ? options.rate : rate_of_most(files);
  SoundBands bands(static_cast<double>(table.rate));
  ByteStoreWriter numbers(static_cast<std::uint64_t>(options.memory_limit_bytes),
                          options.scratch_folder);
  std::vector<double> row(static_cast<std::size_t>(bands.columns()));
  for (std::size_t i = 0; i < files.size(); ++i) {
    for_each_sound_block(files[i], table.rate, [&](const auto& block) { bands.push(block); });
    if (!bands.finish(row.data())) {
      data_error(fmt::format("{} holds no samples; leave it out", files[i]));
    }
    numbers.append(row.data(), row.size() * sizeof(double));
    table.row_names.push_back(std::filesystem::path(files[i]).filename().string());
    if (options.progress) {
      options.progress(static_cast<double>(i + 1) / static_cast<double>(files.size()));
    }
  }
  if (left_out > 0) table.warnings.push_back(left_out_line(path, left_out));
  table.store =
      make_row_store(numbers.finish(),
                     {.type = double_type(), .rows = std::ssize(files), .cols = bands.columns()});
  add_columns(table, bands.names(), options);
  return table;
}

}  // namespace hourglass
