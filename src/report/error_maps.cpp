#include "report/error_maps.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/ordered_work.h"
#include "data/image_png.h"
#include "data/image_writer.h"
#include "report/heat_map.h"
#include "task/judged_row.h"
#include "task/part_of.h"
#include "task/reconstructed_rows.h"
#include "task/row_scorer.h"
#include "task/source_rows.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> map_paths(const Table& table, const std::string& folder) {
  std::vector<std::string> names;
  for (const std::string& name : table.row_names) {
    names.push_back(fs::path(name).replace_extension(".png").string());
  }
  names = told_apart(std::move(names), table.row_names);
  if (names.empty()) {
    const std::vector<std::int64_t> numbers = source_rows(table, table.rows());
    for (Index row = 0; row < table.rows(); ++row) {
      names.push_back(fmt::format(
          "row-{:06}.png", numbers.empty() ? row + 1 : numbers[static_cast<std::size_t>(row)]));
    }
  }
  for (std::string& name : names) name = (fs::path(folder) / name).string();
  return names;
}

// What was seen in training, so that images look alike whichever others they are scored with.
GreyRange grey_range(const Encoding& encoding) {
  if (encoding.unit_interval) return {0, 1};
  GreyRange range{std::numeric_limits<double>::infinity(),
                  -std::numeric_limits<double>::infinity()};
  for (const ColumnEncoding& column : encoding.columns) {
    range.black = std::min(range.black, column.observed_min);
    range.white = std::max(range.white, column.observed_max);
  }
  return range;
}

// Calls visit(block, r, errors) for each row that the model scored, on any worker; `errors` are the
// table's columns'.
using VisitRow = std::function<void(const EncodedRows&, Index r, const std::vector<double>&)>;

struct JudgedPass {
  const TrainedModel& model;
  const Table& table;
  const std::vector<Index>& rows;
  VisitRow visit;
  std::function<void(Index begin, Index count, int place)> hand_on;
  std::function<void(double fraction)> progress;
};

void run(const JudgedPass& pass, ThreadPool& pool) {
  const Encoding& encoding = pass.model.saved.encoding;
  const std::vector<std::vector<double>> weights = error_weights(pass.model);
  const auto visit = [&](const ReconstructedRows& block) {
    JudgedRow row(encoding.features);
    std::vector<double> errors(static_cast<std::size_t>(encoding.table_columns()));
    for (Index r = 0; r < block.rows.count; ++r) {
      row.judge(block, r, weights);
      std::fill(errors.begin(), errors.end(), 0);
      for (std::size_t c = 0; c < errors.size(); ++c) {
        const ColumnEncoding& column = encoding.columns[c];  // one feature, or dropped
        if (column.feature_count == 0) continue;
        errors[c] = row.errors()[static_cast<std::size_t>(column.first_feature)];
      }
      pass.visit(block.rows, r, errors);
    }
  };
  run(ReconstructionPass{.model = pass.model,
                         .table = pass.table,
                         .rows = &pass.rows,
                         .visit = visit,
                         .hand_on = pass.hand_on,
                         .progress = pass.progress},
      pool);
}

Index channels_of(const Table& table) {
  return table.sample_shape.size() > 2 ? table.sample_shape[2] : 1;
}

// In units of what a pixel of an image that fits has on average. Any image has pixels some way
// above that, so colour begins above it, and where all images fit none is yellow.
constexpr double kClearError = 10;
constexpr double kLeastYellow = 1000;

// The largest error of any pixel, whoever finds it.
double largest_error(const TableExplainer& scored, const std::vector<std::vector<Index>>& rows,
                     ThreadPool& pool, const ProgressCallback& progress) {
  const Index channels = channels_of(scored.table());
  std::vector<double> of_worker(static_cast<std::size_t>(pool.size()));
  for (std::size_t m = 0; m < rows.size(); ++m) {
    const auto visit = [&](const EncodedRows& block, Index, const std::vector<double>& errors) {
      double& largest = of_worker[static_cast<std::size_t>(block.worker)];
      largest = std::max(largest, largest_pixel(errors.data(), std::ssize(errors), channels));
    };
    const auto part = part_of(progress, static_cast<Index>(m), std::ssize(rows));
    run(JudgedPass{scored.models()[m],
                   scored.table(),
                   rows[m],
                   visit,
                   {},
                   share_of_stage(part, "comparing pixels")},
        pool);
  }
  return *std::max_element(of_worker.begin(), of_worker.end());
}

void draw(const TableExplainer& scored, const std::vector<std::vector<Index>>& rows, double largest,
          const std::vector<std::string>& paths, ThreadPool& pool,
          const ProgressCallback& progress) {
  const Table& table = scored.table();
  const GreyRange grey = grey_range(scored.models().front().saved.encoding);
  const auto channels = static_cast<double>(channels_of(table));
  const ErrorRange range{kClearError * channels, std::max(kLeastYellow * channels, largest)};
  // The files of a piece, put into their form on all threads and written in order.
  std::vector<std::vector<std::string>> of_piece(static_cast<std::size_t>(places_for(pool)));
  const auto visit = [&](const EncodedRows& block, Index r, const std::vector<double>& errors) {
    of_piece[static_cast<std::size_t>(block.place)].push_back(encode_png(
        heat_map(block.raw + r * table.cols(), errors.data(), table.sample_shape, grey, range)));
  };
  for (std::size_t m = 0; m < rows.size(); ++m) {
    const auto hand_on = [&](Index begin, Index count, int place) {
      std::vector<std::string>& piece = of_piece[static_cast<std::size_t>(place)];
      for (Index i = 0; i < count; ++i) {
        const Index row = rows[m][static_cast<std::size_t>(begin + i)];
        write_file(paths[static_cast<std::size_t>(row)], piece[static_cast<std::size_t>(i)]);
      }
      piece.clear();
    };
    const auto part = part_of(progress, static_cast<Index>(m), std::ssize(rows));
    run(JudgedPass{scored.models()[m], table, rows[m], visit, hand_on,
                   share_of_stage(part, "drawing")},
        pool);
  }
}

}  // namespace

void check_maps(const Table& table, Index window) {
  const std::size_t sides = table.sample_shape.size();
  if (window == 0 && (sides == 2 || sides == 3)) return;
  usage_error(fmt::format("{} holds no images, which alone can be drawn: leave the maps out",
                          table.source));
}

void write_error_maps(const TableExplainer& scored, const std::string& folder, ThreadPool& pool,
                      const ProgressCallback& progress) {
  const Table& table = scored.table();
  const std::vector<std::string> paths = map_paths(table, folder);
  refuse_overwriting(paths, table.source);
  const std::vector<std::vector<Index>> rows = scored.rows_of_models(0, table.rows());
  const double largest = largest_error(scored, rows, pool, progress);
  make_folder(folder);
  draw(scored, rows, largest, paths, pool, progress);
}

}  // namespace hourglass
