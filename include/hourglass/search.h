#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "hourglass/data.h"
#include "hourglass/export.h"
#include "hourglass/model.h"
#include "hourglass/progress.h"

namespace hourglass {

struct IndexOptions {
  /// How far apart two codes are: "cosine", "euclidean" or "hamming"; empty: cosine or, of bits,
  /// hamming, which goes with them alone.
  std::string metric;
  /// Keep one bit of each number of a code: whether it is above the median of the first rows.
  bool bits = false;
  /// Compare a query with every row, however many there are. Otherwise there is a graph from 20,000
  /// rows on, by which nearly all of the nearest are found much faster; bits need none.
  bool exact = false;
};

/// What rows of an index are called and labelled: one text a row, or none at all.
struct RowTexts {
  std::vector<std::string> names;
  std::vector<std::string> labels;  ///< to evaluate with, never to search by
};

/// Where rows of an index came from, for who wants to see them again.
struct IndexSource {
  std::string path;               ///< empty: not known
  std::string key = "X";          ///< DataOptions::key
  std::string missing = "error";  ///< DataOptions::missing
  std::int64_t rows = 0;
};

/// A row of the index, counted from 0, and how far it is from the query.
struct Hit {
  std::int64_t row = 0;
  double distance = 0;
};

struct SearchOptions {
  std::int64_t k = 10;  ///< hits of each query, at least 1; fewer where there are fewer rows
  bool exact = false;   ///< compare with every row, graph or not
  /// With a graph: rows that are looked at more closely, more being slower and surer; 0: as many as
  /// were found enough when the index was made.
  std::int64_t ef = 0;
};

/// How surely a graph finds what an exact search would: the share of the 10 nearest rows that it
/// found of up to 1,000 of the index's own rows, themselves left aside.
struct GraphQuality {
  /// The smallest of 10, 20, 40, … that finds at least 0.99: of unseen queries, which are harder to
  /// find the way to, it finds at least about 0.95.
  std::int64_t ef = 0;
  double recall_at_10 = std::numeric_limits<double>::quiet_NaN();
};

/// How well rows of a query's label come first.
struct RetrievalQuality {
  std::int64_t queries = 0;
  /// Mean share of a query's hits that have its label.
  double precision_at_k = std::numeric_limits<double>::quiet_NaN();
  /// Mean average precision over the whole index, ranked exactly: of each query the mean, over the
  /// rows of its label, of the share of that label among the rows ranked up to there. Queries whose
  /// label no row has are left out.
  double mean_average_precision = std::numeric_limits<double>::quiet_NaN();
  std::int64_t without_match = 0;  ///< those queries
};

/// Codes of rows that can be searched for those nearest to a query, with the model that makes
/// codes. Searching is thread-safe and uses threads of its own; results do not depend on their
/// number, hits equally far come in the order of rows. Changing it is not thread-safe.
class HOURGLASS_API SearchIndex {
 public:
  /// `codes`: rows × model.latent_dim(), row-major, as model.encode() gives them; of an ensemble
  /// those of its first member. Throws kUsage for options that make no sense, kData for codes that
  /// are not finite, not whole rows or none, and for texts that are not one a row.
  static SearchIndex build(const Model& model, const std::vector<float>& codes,
                           const IndexOptions& options = {}, const RowTexts& texts = {},
                           const IndexSource& source = {}, const RunOptions& run = {});

  /// Throws kModel: missing, cut short, broken, of a newer format, a model rather than an index.
  static SearchIndex load(const std::string& path);
  /// Writes one file, whole or not at all.
  void save(const std::string& path) const;

  /// Puts further rows behind those there are. Throws as build() does; where the index has names or
  /// labels these rows need them, too (kData), and where it has none they get none.
  void add(const std::vector<float>& codes, const RowTexts& texts = {},
           const IndexSource& source = {}, const RunOptions& run = {});
  /// Takes rows out, for good: others keep their numbers. Throws kData, having taken out none, if
  /// one is not there or is taken out already.
  void remove(const std::vector<std::int64_t>& rows);
  /// Puts the rows of another index, but for those taken out, behind these. Throws kModel if that
  /// has another model, metric or thresholds of bits, kData as add() does.
  void merge(const SearchIndex& other, const RunOptions& run = {});

  const Model& model() const;
  std::int64_t rows() const;       ///< with those taken out
  std::int64_t rows_left() const;  ///< without
  std::string metric() const;
  bool has_graph() const;
  GraphQuality graph_quality() const;
  bool removed(std::int64_t row) const;
  std::string name(std::int64_t row) const;         ///< empty where rows have none
  const std::vector<std::string>& labels() const;   ///< one a row; empty where rows have none
  const std::vector<IndexSource>& sources() const;  ///< in the order of the rows
  /// Evaluates with other labels, one a row (kData).
  void set_labels(std::vector<std::string> labels);

  /// A row's code, for searching by it; of bits one with these bits. Throws kData if the row is not
  /// there or taken out.
  std::vector<float> code(std::int64_t row) const;

  /// `queries`: n × model().latent_dim() codes. Hits of each, nearest first. Throws kUsage for
  /// options out of range, kData for queries that are not whole codes of finite numbers.
  std::vector<std::vector<Hit>> search(const std::vector<float>& queries,
                                       const SearchOptions& options = {},
                                       const RunOptions& run = {}) const;

  /// Judges these hits of these queries by labels, one a query, and the labels of the index, which
  /// must have some (kData).
  RetrievalQuality judge(const std::vector<float>& queries,
                         const std::vector<std::vector<Hit>>& hits,
                         const std::vector<std::string>& query_labels,
                         const RunOptions& run = {}) const;

  struct State;
  explicit SearchIndex(std::unique_ptr<State> state);
  ~SearchIndex();
  SearchIndex(SearchIndex&&) noexcept;
  SearchIndex& operator=(SearchIndex&&) noexcept;

 private:
  std::unique_ptr<State> state_;
};

/// Hits as a table: query, rank, row (each counted from 1), name and distance.
HOURGLASS_API std::string hits_csv(const SearchIndex& index,
                                   const std::vector<std::vector<Hit>>& hits);

/// Whether a file is an index, rather than a model or something else.
HOURGLASS_API bool is_search_index(const std::string& path);

/// The rows of a table as they are, for codes that encode wrote. Throws kData unless there are
/// `width` columns, all of finite numbers.
HOURGLASS_API std::vector<float> numbers_of(const Data& data, std::int64_t width);

/// A PNG: for each query, an image before its hits, images that `index` was made of, read again
/// from where they came from. Throws kData if those cannot be read again or are no images (see
/// Model::draw_reconstructions()), kUsage for more than 1,000 images.
HOURGLASS_API void draw_hits(const SearchIndex& index, const Data* queries,
                             const std::vector<std::vector<Hit>>& hits, const std::string& path,
                             const RunOptions& run = {});

}  // namespace hourglass
