#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "data/input_file.h"
#include "data/reader.h"
#include "hourglass/error.h"

namespace hourglass {

/// Gives `bytes` to a reader as a file in memory and reads all of what it made of them. An Error is
/// how bad data should end; anything else is a find.
template <class Read>
void fuzz_reader(const std::uint8_t* bytes, std::size_t size, Read read) {
  const FileDescriptor file(memfd_create("fuzz", MFD_CLOEXEC));
  if (size > 0 && write(file.get(), bytes, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const InputFile input("/proc/self/fd/" + std::to_string(file.get()));
    ReadOptions options;
    options.memory_limit_bytes = 1 << 16;
    options.scratch_folder = "/var/tmp";
    // One bit of the input chooses the policy, so that both ways are walked.
    options.missing = bytes[size - 1] % 2 == 0 ? MissingPolicy::kImpute : MissingPolicy::kDrop;
    const Table table = read(input, options);
    if (table.rows() <= 0 || table.cols() <= 0) std::abort();
    std::vector<double> row(static_cast<std::size_t>(table.cols()));
    table.store->read(0, 1, row.data());
    table.store->read(table.rows() - 1, table.rows(), row.data());
  } catch (const Error&) {
  }
}

}  // namespace hourglass
