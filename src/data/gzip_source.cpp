#include "data/gzip_source.h"

#include <fmt/format.h>
#include <utility>
#include <vector>
#include <zlib.h>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr std::size_t kPackedChunk = std::size_t{256} << 10;
constexpr int kGzipOnly = MAX_WBITS + 16;

class GzipBytes : public ByteSource {
 public:
  GzipBytes(std::unique_ptr<ByteSource> packed, std::string path)
      : packed_(std::move(packed)), path_(std::move(path)), chunk_(kPackedChunk) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) fail("not enough memory to unpack " + path_);
  }
  ~GzipBytes() override { inflateEnd(&stream_); }

  std::size_t read(void* out, std::size_t count) override {
    std::size_t done = 0;
    while (done < count && !finished_) {
      const std::size_t step = std::min<std::size_t>(count - done, std::size_t{1} << 30);
      stream_.next_out = static_cast<Bytef*>(out) + done;
      stream_.avail_out = static_cast<uInt>(step);
      inflate_some();
      done += step - stream_.avail_out;
      unpacked_bytes_ += step - stream_.avail_out;
      check_expansion(packed_bytes_, unpacked_bytes_, path_);
    }
    return done;
  }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  double fraction() const override { return packed_->fraction(); }

 private:
  bool refill() {
    if (stream_.avail_in > 0) return true;
    const std::size_t got = packed_->read(chunk_.data(), chunk_.size());
    packed_bytes_ += got;
    stream_.next_in = chunk_.data();
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  void inflate_some() {
    if (between_members_ && !next_member()) return;
    if (!refill()) {
      data_error(fmt::format("{} ends too early: its gzip data were cut short; get the whole file",
                             path_));
    }
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      data_error(fmt::format("{} holds broken gzip data ({})", path_,
                             stream_.msg != nullptr ? stream_.msg : "inflate failed"));
    }
  }

  // After a member: either the end or the next one.
  bool next_member() {
    if (!refill()) {
      finished_ = true;
      return false;
    }
    if (stream_.next_in[0] != 0x1f) {
      data_error(fmt::format("{} holds something else after its gzip data", path_));
    }
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  std::unique_ptr<ByteSource> packed_;
  std::string path_;
  std::vector<unsigned char> chunk_;
  z_stream stream_{};
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  bool between_members_ = false;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> open_gzip_bytes(std::unique_ptr<ByteSource> packed, std::string path) {
  return std::make_unique<GzipBytes>(std::move(packed), std::move(path));
}

}  // namespace hourglass
