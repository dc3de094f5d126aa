#include "data/line_scanner.h"

#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"

namespace hourglass {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxLineBytes = std::size_t{256} << 20;

}  // namespace

LineScanner::LineScanner(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), buffer_(kChunkBytes, '\0') {}

bool LineScanner::next(std::string_view* line) {
  std::size_t searched = begin_;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + searched, '\n', end_ - searched);
    if (found != nullptr || (at_end_ && begin_ < end_)) {
      const std::size_t stop =
          found == nullptr
              ? end_
              : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      *line = std::string_view(buffer_).substr(begin_, stop - begin_);
      if (line->ends_with('\r')) line->remove_suffix(1);
      begin_ = found == nullptr ? stop : stop + 1;
      ++number_;
      return true;
    }
    if (at_end_) return false;
    throw_if_interrupted();
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    searched = end_;
    if (end_ == buffer_.size()) {
      if (end_ > kMaxLineBytes) {
        data_error(fmt::format("{}: line {} is longer than {} MB", name_, number_ + 1,
                               kMaxLineBytes >> 20));
      }
      buffer_.resize(buffer_.size() * 2);
    }
    const std::size_t room = buffer_.size() - end_;
    const std::size_t got = source_->read(buffer_.data() + end_, room);
    at_end_ = got < room;
    end_ += got;
  }
}

}  // namespace hourglass
