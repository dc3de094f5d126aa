#pragma once

#include <memory>

#include "data/byte_source.h"

namespace hourglass {

/// What gzip data unpacks to; several members one after another are one text, as gzip itself has
/// it. read() throws ErrorKind::kData for data that are cut short, broken or followed by anything
/// else. `path` is for messages.
std::unique_ptr<ByteSource> open_gzip_bytes(std::unique_ptr<ByteSource> packed, std::string path);

}  // namespace hourglass
