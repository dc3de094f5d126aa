#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// What a random number is for. Each purpose has numbers of its own, so that drawing more for one
/// never shifts another.
enum class RandomPurpose : std::uint32_t {
  kInitialisation = 1,
  kShuffle = 2,
  kSplit = 3,
  kDropout = 4,
  kCorruption = 5,
  kFold = 6,
  kSample = 7,
  kProbe = 8,
  kCalibration = 9,
  kMember = 10,
  kBootstrap = 11,
  kPatch = 12,
  kCodeNoise = 13,
  kCell = 14,
  kShift = 15,
};

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four
/// 32-bit numbers as a pure function of a 128-bit counter and a 64-bit key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// A sequence of random numbers that is a function of (seed, purpose, a, b) alone: the same
/// whatever thread draws it, and restartable anywhere. `a` and `b` are the caller's, e.g. epoch and
/// sample; the low 32 bits of `a` and the low 32 bits of `b` count. Not shared between threads.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint64_t a = 0, std::uint64_t b = 0);

  std::uint32_t next();                     ///< uniform over all 32-bit numbers
  double uniform();                         ///< [0, 1), 53 bits
  double uniform(double low, double high);  ///< [low, high)
  double normal();                          ///< standard normal (Box–Muller)
  Index below(Index bound);                 ///< uniform over 0 … bound − 1, without bias

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

/// 0 … n − 1 in an order drawn from `stream` (Fisher–Yates).
std::vector<Index> random_permutation(Index n, RandomStream stream);

}  // namespace hourglass
