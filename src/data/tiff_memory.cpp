#include "data/tiff_memory.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

// What libtiff may take at once, tables of strips as well as pixels.
constexpr tmsize_t kMostAtOnce = tmsize_t{1} << 29;

}  // namespace

// What libtiff calls back. It is C: no exception may leave these.
struct TiffCalls {
  static TiffMemory* of(thandle_t handle) { return static_cast<TiffMemory*>(handle); }

  static tmsize_t read(thandle_t handle, void* out, tmsize_t count) noexcept {
    TiffMemory* memory = of(handle);
    const std::string_view all =
        memory->writing_ ? std::string_view(memory->written_) : memory->readable_;
    if (count <= 0 || memory->at_ >= all.size()) return 0;
    const std::size_t step = std::min(static_cast<std::size_t>(count), all.size() - memory->at_);
    std::memcpy(out, all.data() + memory->at_, step);
    memory->at_ += step;
    return static_cast<tmsize_t>(step);
  }

  static tmsize_t write(thandle_t handle, void* bytes, tmsize_t count) noexcept {
    TiffMemory* memory = of(handle);
    if (count < 0 || !memory->writing_) return -1;
    const std::size_t end = memory->at_ + static_cast<std::size_t>(count);
    try {
      if (end > memory->written_.size()) memory->written_.resize(end);
    } catch (...) {
      return -1;
    }
    std::memcpy(memory->written_.data() + memory->at_, bytes, static_cast<std::size_t>(count));
    memory->at_ = end;
    return count;
  }

  static toff_t seek(thandle_t handle, toff_t offset, int whence) noexcept {
    TiffMemory* memory = of(handle);
    toff_t from = 0;
    if (whence == SEEK_CUR) from = memory->at_;
    if (whence == SEEK_END) from = size(handle);
    memory->at_ = from + offset;  // a place past the end has nothing to read
    return memory->at_;
  }

  static toff_t size(thandle_t handle) noexcept {
    TiffMemory* memory = of(handle);
    return memory->writing_ ? memory->written_.size() : memory->readable_.size();
  }

  static int close(thandle_t) noexcept { return 0; }

  // Both say with 1 that nothing is left to be said.
  static int error(TIFF*, void* memory, const char*, const char* format, va_list words) noexcept {
    char text[256];
    std::vsnprintf(text, sizeof(text), format, words);
    static_cast<TiffMemory*>(memory)->complain(text);
    return 1;
  }
  static int warning(TIFF* tiff, void* memory, const char* module, const char* format,
                     va_list words) noexcept {
    const bool damaged = module != nullptr && std::strcmp(module, "JPEGLib") == 0;
    return damaged ? error(tiff, memory, module, format, words) : 1;
  }
};

TiffMemory::TiffMemory(std::string_view bytes) : readable_(bytes), writing_(false) {
  // m: without mapping; r: read, from whatever byte order.
  open("rm");
}

TiffMemory::TiffMemory() : writing_(true) { open("w"); }

TiffMemory::~TiffMemory() {
  if (tiff_ != nullptr) TIFFClose(tiff_);
}

void TiffMemory::open(const char* mode) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  if (options == nullptr) fail("no memory is left for a TIFF image");
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMostAtOnce);
  TIFFOpenOptionsSetErrorHandlerExtR(options, TiffCalls::error, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options, TiffCalls::warning, this);
  tiff_ = TIFFClientOpenExt("image", mode, this, TiffCalls::read, TiffCalls::write, TiffCalls::seek,
                            TiffCalls::close, TiffCalls::size, nullptr, nullptr, options);
  TIFFOpenOptionsFree(options);
}

void TiffMemory::complain(const char* what) noexcept {
  if (!complaint_.empty()) return;
  try {
    complaint_ = what;
    std::replace(complaint_.begin(), complaint_.end(), '\n', ' ');
  } catch (...) {
    // Too little memory for the words: libtiff's return value still tells.
  }
}

std::string TiffMemory::finish() {
  TIFFClose(std::exchange(tiff_, nullptr));
  return std::move(written_);
}

}  // namespace hourglass
