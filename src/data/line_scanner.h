#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/index.h"
#include "data/byte_source.h"

namespace hourglass {

/// The lines of a text, one after another, in a buffer that grows only for lines that need it.
class LineScanner {
 public:
  LineScanner(std::unique_ptr<ByteSource> source, std::string name);
  /// The next line without its end; valid until the next call. False at the end.
  bool next(std::string_view* line);
  /// Number of the last line, counted from 1.
  Index number() const { return number_; }
  double fraction() const { return source_->fraction(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  Index number_ = 0;
};

}  // namespace hourglass
