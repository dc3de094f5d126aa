#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <sys/mman.h>

#include "base/index.h"

namespace hourglass {

/// Owned memory for `size` numbers, zeroed, aligned to 64 bytes (a cache line, an AVX-512 vector)
/// and followed by 64 readable bytes, so that a whole vector may be loaded from any element. Where
/// it is large the system is asked for huge pages: a kernel that goes through many rows would
/// otherwise wait for the addresses of small ones. Throws std::bad_alloc. Movable, not copyable.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(Index size) : size_(size) {
    const std::size_t bytes = (static_cast<std::size_t>(size) * sizeof(T) + 127) / 64 * 64;
    const std::size_t alignment = bytes >= kHugePage ? kHugePage : 64;
    data_ = {static_cast<T*>(::operator new (bytes, std::align_val_t{alignment})), Free{alignment}};
    // Refused, the pages are small: nothing depends on it but speed.
    if (alignment == kHugePage) ::madvise(data_.get(), bytes, MADV_HUGEPAGE);
    std::memset(static_cast<void*>(data_.get()), 0, bytes);
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  Index size() const { return size_; }
  T& operator[](Index i) { return data_.get()[i]; }
  const T& operator[](Index i) const { return data_.get()[i]; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;
  struct Free {
    std::size_t alignment = 64;
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{alignment}); }
  };
  std::unique_ptr<T, Free> data_;
  Index size_ = 0;
};

}  // namespace hourglass
