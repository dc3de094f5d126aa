#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "api/state.h"
#include "base/error.h"
#include "hourglass/search.h"
#include "report/figure.h"

namespace hourglass {
namespace {

constexpr Index kMostPictures = 1000;

// Rows of a table and where on the sheet each goes.
struct Places {
  std::vector<Index> rows;
  std::vector<Index> cells;
};

class Sheet {
 public:
  Sheet(const SearchIndex& index, Index across, Index down)
      : index_(index), shape_(index.model().sample_shape()), across_(across), down_(down) {
    Index values = 1;
    for (const Index extent : shape_) values *= extent;
    values_ = values;
    cells_.assign(static_cast<std::size_t>(across * down * values),
                  std::numeric_limits<float>::quiet_NaN());
  }

  void put(const Table& table, const Places& places) {
    if (places.rows.empty()) return;
    const Index count = std::ssize(places.rows);
    std::vector<double> raw(static_cast<std::size_t>(count * values_));
    if (table.cols() != values_) {
      data_error(fmt::format("{} has other columns than the model's images", table.source));
    }
    table.store->gather(places.rows.data(), count, raw.data());
    for (Index i = 0; i < count; ++i) {
      float* const cell = cells_.data() + places.cells[static_cast<std::size_t>(i)] * values_;
      std::transform(raw.data() + i * values_, raw.data() + (i + 1) * values_, cell,
                     [](double value) { return static_cast<float>(value); });
    }
    const double largest = *std::ranges::max_element(raw);
    white_ = table.unit_interval ? 1 : std::max(white_, largest);
  }

  // Hits, which are read again from where the index's rows came from.
  void put_hits(const std::vector<std::vector<Hit>>& hits, Index first_column,
                const RunOptions& run) {
    Index first_row = 0;
    for (const IndexSource& source : index_.sources()) {
      const Places places = places_of(hits, first_column, {first_row, first_row + source.rows});
      first_row += source.rows;
      if (!places.rows.empty()) put(read_again(source, run), places);
    }
  }

  void write(const std::string& path) const {
    write_sample_grid(path, cells_.data(), across_, down_, shape_, white_);
  }

 private:
  Places places_of(const std::vector<std::vector<Hit>>& hits, Index first_column,
                   Range rows) const {
    Places places;
    for (std::size_t q = 0; q < hits.size(); ++q) {
      for (std::size_t i = 0; i < hits[q].size(); ++i) {
        const Index row = hits[q][i].row;
        if (row < rows.begin || row >= rows.end) continue;
        places.rows.push_back(row - rows.begin);
        places.cells.push_back(static_cast<Index>(q) * across_ + first_column +
                               static_cast<Index>(i));
      }
    }
    return places;
  }

  Table read_again(const IndexSource& source, const RunOptions& run) const {
    if (source.path.empty()) {
      data_error("it is not known where some rows of the index came from, so they cannot be drawn");
    }
    DataOptions reading;
    reading.key = source.key;
    reading.missing = source.missing;
    reading.threads = run.threads;
    const Data data = Data::read_for(index_.model(), source.path, reading);
    if (data.rows() != source.rows) {
      data_error(fmt::format("{} has {} rows and had {} when it was indexed: index it again",
                             source.path, data.rows(), source.rows));
    }
    return data.state().table;
  }

  const SearchIndex& index_;
  const std::vector<Index> shape_;
  Index across_, down_;
  Index values_ = 0;
  std::vector<float> cells_;  // down × across × values
  double white_ = 0;
};

}  // namespace

void draw_hits(const SearchIndex& index, const Data* queries,
               const std::vector<std::vector<Hit>>& hits, const std::string& path,
               const RunOptions& run) {
  const Index first = queries != nullptr ? 1 : 0;
  Index most = 0;
  for (const std::vector<Hit>& own : hits) most = std::max(most, std::ssize(own));
  const Index across = first + most;
  const Index down = std::ssize(hits);
  if (across == 0 || down == 0) data_error("nothing was found, so there is nothing to draw");
  if (across > kMostPictures / down) {
    usage_error(
        fmt::format("a sheet holds {} pictures, not {} of each of {} queries: give fewer, "
                    "or a smaller -k",
                    kMostPictures, across, down));
  }
  Sheet sheet(index, across, down);
  if (queries != nullptr) {
    Places places;
    for (Index q = 0; q < down; ++q) {
      places.rows.push_back(q);
      places.cells.push_back(q * across);
    }
    sheet.put(queries->state().table, places);
  }
  sheet.put_hits(hits, first, run);
  sheet.write(path);
}

}  // namespace hourglass
