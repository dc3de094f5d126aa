#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>

#include "../tests/model/model_bytes.h"
#include "hourglass/error.h"

namespace hourglass {

/// A file of tensors from a stranger: read(bytes) takes it, and then write() of what it gave must
/// be taken again, or throws Error of kind kModel; whatever the bytes are.
template <class Read, class Write>
void take_or_refuse(const std::string& bytes, const Read& read, const Write& write) {
  try {
    read(write(read(bytes)));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) std::abort();
  }
}

/// The same once more with checksums that match, or nothing behind them would ever be reached.
template <class Read, class Write>
void fuzz_tensor_file(const std::uint8_t* data, std::size_t size, const Read& read,
                      const Write& write) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  take_or_refuse(bytes, read, write);
  try {
    ModelBytes file(bytes);
    take_or_refuse(file.join(), read, write);
  } catch (const std::exception&) {
    // No header to put sums into.
  }
}

}  // namespace hourglass
