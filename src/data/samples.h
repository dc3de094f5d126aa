#pragma once

#include <memory>
#include <vector>

#include "data/encoding.h"
#include "data/table.h"
#include "tensor/matrix.h"

namespace hourglass {

/// Rows of a table as features: what training and scoring read. Held in memory as float32 when they
/// fit into the limit, else encoded anew from the store block by block. Reading is thread-safe.
class Samples {
 public:
  /// `rows`: which rows of the table, in which order. `memory_limit_bytes`: above it nothing is
  /// kept.
  Samples(const Table& table, const Encoding& encoding, std::vector<Index> rows,
          Index memory_limit_bytes, bool with_mask);
  ~Samples();
  Samples(Samples&&) noexcept;

  Index rows() const;
  Index features() const;
  bool in_memory() const;
  bool has_mask() const;

  /// Features (and mask, if any and not null) of samples begin … end − 1, row-major.
  void read(Index begin, Index end, float* features, float* mask) const;
  /// The whole of it when in memory, else an empty view.
  MatrixView<const float> matrix() const;
  MatrixView<const float> mask_matrix() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The order in which an epoch visits samples. In memory: a full shuffle. On disk: blocks of
/// consecutive rows in shuffled order, several mixed at a time and shuffled together, so that the
/// disk is read in long runs and memory stays bounded. A function of (seed, epoch) alone.
class BatchSequence {
 public:
  BatchSequence(const Samples& samples, Index batch_size, std::uint64_t seed);
  ~BatchSequence();

  void start_epoch(Index epoch);
  /// The next batch, row-major, at most batch_size rows; an empty view at the end of the epoch.
  /// Valid until the next call. The following batch is prepared in the background meanwhile.
  MatrixView<const float> next();
  /// The mask that belongs to it; empty without one.
  MatrixView<const float> mask() const;
  Index batches_per_epoch() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Training and validation rows: a shuffled split, a function of the seed. With fewer than two rows
/// on either side nothing is held out.
struct Split {
  std::vector<Index> training;
  std::vector<Index> validation;
};
Split split_rows(Index rows, double validation_share, std::uint64_t seed);

}  // namespace hourglass
