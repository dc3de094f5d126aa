#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/matrix.h"

namespace hourglass {

/// How far apart two codes are.
///   cosine     ½‖a/‖a‖ − b/‖b‖‖², which is 1 − cos(a, b); a code of zeros stays as it is
///   euclidean  ‖a − b‖
///   hamming    how many of their bits differ
enum class Metric { kCosine, kEuclidean, kHamming };

std::string_view name_of(Metric metric);
/// Throws ErrorKind::kUsage naming those there are.
Metric find_metric(std::string_view name);

/// Codes as bits: of each number whether it is above its threshold. 64 to a word, the first number
/// in the lowest bit; what is left of the last word is 0.
class BitCodes {
 public:
  BitCodes() = default;
  explicit BitCodes(std::vector<float> thresholds) : thresholds_(std::move(thresholds)) {}

  const std::vector<float>& thresholds() const { return thresholds_; }
  Index width() const { return static_cast<Index>(thresholds_.size()); }
  Index words() const { return (width() + 63) / 64; }
  Index rows() const { return words() == 0 ? 0 : static_cast<Index>(bits_.size()) / words(); }
  const std::uint64_t* row(Index r) const { return bits_.data() + r * words(); }

  void add(const float* code);
  void add_words(const std::uint64_t* words) {
    bits_.insert(bits_.end(), words, words + this->words());
  }
  /// A code that would become the row's bits.
  void code_of(Index row, float* code) const;

 private:
  std::vector<float> thresholds_;    // one a number
  std::vector<std::uint64_t> bits_;  // rows × words
};

/// The middle of each column of codes (n × width, n ≥ 1): what makes most of as many bits.
std::vector<float> medians_of(MatrixView<const float> codes);

/// Codes of rows that can be searched for, and what is known of these rows. Rows keep their place
/// for good: one that is taken out is only marked.
struct CodeIndex {
  Metric metric = Metric::kCosine;
  Index width = 0;                    ///< numbers of a code
  std::vector<float> codes;           ///< rows × width; empty with kHamming
  BitCodes bits;                      ///< of kHamming alone
  std::vector<std::string> names;     ///< one a row, or none at all
  std::vector<std::string> labels;    ///< one a row, or none at all
  std::vector<std::uint8_t> deleted;  ///< one a row: 1 if it is taken out

  Index rows() const { return static_cast<Index>(deleted.size()); }
  Index rows_left() const;
  MatrixView<const float> view() const { return {codes.data(), rows(), width}; }
  /// A code that lies where the row's does.
  std::vector<float> code_of(Index row) const;
  /// Puts codes, n × width finite numbers, behind the rows there are, without names or labels.
  void add(MatrixView<const float> added);
};

/// The codes as the metric compares them by Euclidean distance: of unit length for cosine.
Matrix<float> comparable(Metric metric, MatrixView<const float> codes);
/// The metric's distance of two such codes.
double distance_of(Metric metric, double squared_distance);

}  // namespace hourglass
