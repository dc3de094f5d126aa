#pragma once

#include <optional>
#include <string>

#include "data/byte_store.h"
#include "data/image.h"
#include "data/reader.h"
#include "data/row_store.h"

namespace hourglass {

/// Numbers a sample may have, as for arrays.
inline constexpr Index kMostRowValues = 10'000'000;

/// How many images something is to be said of, and the first of them.
struct NamedImages {
  Index count = 0;
  std::string first;

  void add(const std::string& name) {
    if (++count == 1) first = name;
  }
};

/// Collects images of one size as the rows of a table: in the file's own 8 or 16 bits a number, or
/// float32, in memory up to the limit and in a scratch file beyond.
class ImageRows {
 public:
  /// `source`: the path the user gave. `options` must outlive this.
  ImageRows(std::string source, const ReadOptions& options);

  /// Throws ErrorKind::kData if the image has another size or other colours than the first, or a
  /// pixel that is no number and no policy for it. `name`: of its file, alone.
  void add(const Image& image, const std::string& name);
  bool empty() const { return seen_ == 0; }
  /// Shape {height, width}, and {height, width, 3} in colour. At least one image must have been
  /// added.
  Table finish();

 private:
  void start(const Image& image, const std::string& name);
  void check_shape(const Image& image, const std::string& name) const;
  bool keeps(const Image& image, const std::string& name);
  void append(const Image& image);
  void widen_to_float();

  const ReadOptions& options_;
  Table table_;
  std::optional<ByteStoreWriter> writer_;
  RowLayout layout_;
  Image first_;  // without its pixels
  std::string first_name_;
  Index seen_ = 0;
  NamedImages with_alpha_, with_pages_, turned_;
};

}  // namespace hourglass
