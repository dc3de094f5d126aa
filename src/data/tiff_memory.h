#pragma once

#include <string>
#include <string_view>
#include <tiffio.h>

namespace hourglass {

/// A TIFF file in memory for libtiff to read or write, and the first thing it complained of.
/// Nothing it has to say reaches stderr.
class TiffMemory {
 public:
  /// For reading `bytes`, which must outlive this.
  explicit TiffMemory(std::string_view bytes);
  /// For writing.
  TiffMemory();
  ~TiffMemory();
  TiffMemory(const TiffMemory&) = delete;
  TiffMemory& operator=(const TiffMemory&) = delete;

  /// Null if what was to be read is no TIFF.
  TIFF* tiff() const { return tiff_; }
  /// Empty as long as all went well. Damaged JPEG data inside a TIFF, to libtiff worth a warning,
  /// count too.
  const std::string& complaint() const { return complaint_; }
  void complain(const char* what) noexcept;

  /// Ends writing and gives what was written.
  std::string finish();

 private:
  friend struct TiffCalls;
  void open(const char* mode);

  std::string_view readable_;
  std::string written_;
  std::size_t at_ = 0;
  bool writing_;
  std::string complaint_;
  TIFF* tiff_ = nullptr;
};

}  // namespace hourglass
