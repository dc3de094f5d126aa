#pragma once

#include <optional>
#include <vector>

#include "api/picture_walk.h"
#include "data/picture_array.h"
#include "data/reader.h"

namespace hourglass {

/// The pictures of one companion, found by the name or the number of the one they go with.
class CompanionPictures {
 public:
  /// `input`: what is walked through, for messages; `count`: of the pictures in it, if it is an
  /// array; 0: they are files. Keeps references.
  CompanionPictures(const PictureCompanion& companion, const std::string& input, Index count,
                    const ReadOptions& reading);

  /// Throws ErrorKind::kData if it is missing, or of another size than `image`.
  Image of(const Image& image, const std::string& name, Index number) const;

 private:
  Image read(const std::string& name, Index number) const;

  const PictureCompanion& companion_;
  bool is_folder_ = false;
  std::optional<Table> table_;  // of an array
  std::optional<PictureArray> array_;
  std::optional<Image> only_;  // the one for all
};

}  // namespace hourglass
