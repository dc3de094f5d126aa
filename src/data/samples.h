#pragma once

#include <memory>
#include <vector>

#include "data/drawn_samples.h"
#include "data/encoding.h"
#include "data/table.h"
#include "tensor/matrix.h"

namespace hourglass {

/// Rows of a table (or of a matrix) as features: what training and scoring read. Held in memory as
/// float32 when they fit into the limit, else encoded anew from the store block by block. Reading
/// is thread-safe. Holds copies of what it needs: the store (shared), the encoding, the rows.
class Samples {
 public:
  /// `rows`: which rows of the table, in which order. `memory_limit_bytes`: above it nothing is
  /// kept.
  Samples(const Table& table, const Encoding& encoding, std::vector<Index> rows,
          Index memory_limit_bytes, bool with_mask);
  /// Whether so many rows of so many features would be kept in memory.
  static bool fit(Index rows, Index features, bool with_mask, Index memory_limit_bytes);
  /// Features that are there already, every one.
  explicit Samples(Matrix<float> features);
  /// Samples that each epoch draws anew. read() gives those of epoch 0, which no training has.
  explicit Samples(std::shared_ptr<const DrawnSamples> drawn);
  ~Samples();
  Samples(Samples&&) noexcept;
  Samples& operator=(Samples&&) noexcept;

  Index rows() const;
  Index features() const;
  /// Table columns a row is encoded from: what reading costs when not in memory.
  Index table_columns() const;
  bool in_memory() const;
  /// What draws them, or null.
  const DrawnSamples* drawn() const;
  bool has_mask() const;

  /// What a network is to see in the place of each of them, such as the same pictures with the
  /// noise they came with: as many, of as many features, and drawn at the same places if these are.
  /// What it is to give back stays what these are.
  void show(std::shared_ptr<const Samples> shown);
  /// Null: themselves.
  const Samples* shown() const;

  /// Features (and mask, if any and not null) of samples begin … end − 1, row-major.
  void read(Index begin, Index end, float* features, float* mask) const;
  /// The whole of it when in memory, else an empty view.
  MatrixView<const float> matrix() const;
  MatrixView<const float> mask_matrix() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
