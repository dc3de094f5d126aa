#include "data/scaling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <initializer_list>
#include <string>

#include "base/error.h"

namespace hourglass {
namespace {

// The interquartile range of a normal distribution in standard deviations.
constexpr double kNormalQuartileRange = 1.349;

struct Columns {
  std::vector<ColumnEncoding*> encodings;
  std::vector<const ColumnStatistics*> statistics;
  std::vector<Index> positions;
  const Table& table;
  const std::vector<Index>& rows;

  std::size_t size() const { return positions.size(); }
};

// The first that can be divided by: a spread of 0 (all values alike), one that underflowed or one
// that overflowed cannot.
double usable(std::initializer_list<double> candidates) {
  for (const double scale : candidates) {
    if (std::isfinite(scale) && scale > 0) return scale;
  }
  return 1;
}

double half_range(const ColumnStatistics& s) { return s.max / 2 - s.min / 2; }
double deviation(const ColumnStatistics& s) {
  return usable({std::sqrt(s.variance()), half_range(s)});
}
double centre(const ColumnStatistics& s) {
  return std::isfinite(s.mean) ? s.mean : s.min / 2 + s.max / 2;
}

void scale_standard(Columns& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns.encodings[i]->shift = centre(*columns.statistics[i]);
    columns.encodings[i]->scale = deviation(*columns.statistics[i]);
  }
}

void scale_min_max(Columns& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnStatistics& s = *columns.statistics[i];
    columns.encodings[i]->shift = s.min;
    columns.encodings[i]->scale = usable({s.max - s.min, half_range(s)});
  }
}

void scale_robust(Columns& columns) {
  const std::vector<Quartiles> quartiles =
      measure_quartiles(columns.table, columns.rows, columns.positions);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double range = quartiles[i].upper - quartiles[i].lower;
    columns.encodings[i]->shift = quartiles[i].median;
    columns.encodings[i]->scale =
        usable({range / kNormalQuartileRange, deviation(*columns.statistics[i])});
  }
}

void scale_none(Columns&) {}

void scale_centred(Columns& columns) {
  double variances = 0;
  double widest = 0;
  for (const ColumnStatistics* s : columns.statistics) {
    variances += s->variance();
    widest = std::max(widest, half_range(*s));
  }
  const double common =
      usable({std::sqrt(variances / static_cast<double>(columns.size())), widest});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns.encodings[i]->shift = centre(*columns.statistics[i]);
    columns.encodings[i]->scale = common;
  }
}

// Each column times what `weight` makes of the rows it is not 0 in and of those it is known in,
// then all by one number.
template <class Weight>
void scale_counts(Columns& columns, const Weight& weight) {
  const std::vector<CountStatistics> counts =
      measure_counts(columns.table, columns.rows, columns.positions);
  std::vector<double> weights;
  double squares = 0, cells = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto known = static_cast<double>(columns.statistics[i]->count);
    weights.push_back(weight(static_cast<double>(counts[i].rows), known));
    squares += counts[i].squares * weights[i] * weights[i];
    cells += known;
  }
  const double common = usable({std::sqrt(squares / cells)});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns.encodings[i]->scale = common / weights[i];
  }
}

void scale_log(Columns& columns) {
  scale_counts(columns, [](double, double) { return 1.0; });
}

void scale_tf_idf(Columns& columns) {
  scale_counts(columns,
               [](double rows, double known) { return std::log((1 + known) / (1 + rows)) + 1; });
}

struct Entry {
  ScalingInfo info;
  bool unit_interval;  // training rows come to lie in [0, 1] whatever the data
  void (*apply)(Columns&);
};

constexpr std::array kScalings = {
    Entry{{Scaling::kAuto, "auto", "chosen by the loss and the data"}, false, nullptr},
    Entry{{Scaling::kStandard, "standard", "each column to mean 0 and standard deviation 1"},
          false,
          scale_standard},
    Entry{{Scaling::kMinMax, "min-max", "each column to [0, 1]"}, true, scale_min_max},
    Entry{{Scaling::kRobust, "robust", "each column to median 0 and interquartile range 1.349"},
          false,
          scale_robust},
    Entry{{Scaling::kNone, "none", "numbers as they are"}, false, scale_none},
    Entry{{Scaling::kCentred, "centred", "each column to mean 0, with one scale for all"},
          false,
          scale_centred},
    Entry{{Scaling::kLog, "log", "logarithms of counts, with one scale for all"}, false, scale_log},
    Entry{{Scaling::kTfIdf, "tf-idf", "logarithms of counts times inverse document frequencies"},
          false,
          scale_tf_idf},
};

const Entry& entry(Scaling scaling) {
  return *std::ranges::find_if(kScalings,
                               [&](const Entry& e) { return e.info.scaling == scaling; });
}

// The first numeric column with a training value outside [0, 1], or −1.
Index first_outside_unit_interval(const Table& table,
                                  const std::vector<ColumnStatistics>& statistics) {
  for (std::size_t c = 0; c < statistics.size(); ++c) {
    const bool numeric = table.columns.empty() || table.columns[c].kind == ColumnKind::kNumeric;
    if (numeric && statistics[c].count > 0 && (statistics[c].min < 0 || statistics[c].max > 1)) {
      return static_cast<Index>(c);
    }
  }
  return -1;
}

void check_counts(const Table& table, const std::vector<ColumnStatistics>& statistics) {
  for (std::size_t c = 0; c < statistics.size(); ++c) {
    if (statistics[c].min >= 0) continue;
    data_error(
        fmt::format("{}: column {} has values below 0 (as {}), and the loss is of counts: "
                    "use another loss, or leave the column out",
                    table.source, c + 1, statistics[c].min));
  }
}

struct Choice {
  Scaling scaling;
  const char* reason;
};

Choice automatic_scaling(const Table& table, const EncodingOptions& options) {
  if (table.unit_interval) return {Scaling::kNone, "the data lie in [0, 1] already"};
  if (options.needs_counts) return {Scaling::kLog, "the loss is of counts"};
  if (options.needs_unit_interval) return {Scaling::kMinMax, "the loss needs values in [0, 1]"};
  if (options.keep_shape && table.sample_shape.size() < 2) {
    return {Scaling::kCentred, "the numbers of a series share one unit"};
  }
  // A pixel that hardly ever changes must not count as much as one in the middle of the picture.
  if (table.sample_shape.size() >= 2) return {Scaling::kCentred, "pixels share one unit"};
  return {Scaling::kStandard, "columns may have different units"};
}

}  // namespace

const ScalingInfo& info(Scaling scaling) { return entry(scaling).info; }

Scaling choose_scaling(const Table& table, const std::vector<ColumnStatistics>& statistics,
                       const EncodingOptions& options, std::vector<std::string>* notes) {
  if (options.needs_counts) check_counts(table, statistics);
  if (options.scaling == Scaling::kAuto) {
    const auto [chosen, reason] = automatic_scaling(table, options);
    if (notes != nullptr) {
      notes->push_back(fmt::format("scaling: {} ({}), as {}", info(chosen).name,
                                   info(chosen).description, reason));
    }
    return chosen;
  }
  if (!options.needs_unit_interval || entry(options.scaling).unit_interval) return options.scaling;
  if (options.scaling != Scaling::kNone) {
    usage_error(
        fmt::format("scaling '{}' does not keep values in [0, 1], which the loss needs: use "
                    "min-max or another loss",
                    info(options.scaling).name));
  }
  const Index outside = first_outside_unit_interval(table, statistics);
  if (outside >= 0) {
    usage_error(
        fmt::format("scaling 'none': column {} has values outside [0, 1], which the loss "
                    "does not allow: use min-max or another loss",
                    outside + 1));
  }
  return options.scaling;
}

void set_scales(Encoding& encoding, const Table& table, const std::vector<Index>& rows,
                const std::vector<ColumnStatistics>& statistics) {
  Columns columns{{}, {}, {}, table, rows};
  for (std::size_t c = 0; c < statistics.size(); ++c) {
    ColumnEncoding& column = encoding.columns[c];
    if (column.dropped || column.column.kind == ColumnKind::kCategorical) continue;
    columns.encodings.push_back(&column);
    columns.statistics.push_back(&statistics[c]);
    columns.positions.push_back(static_cast<Index>(c));
  }
  if (columns.size() > 0) entry(encoding.scaling).apply(columns);
}

}  // namespace hourglass
