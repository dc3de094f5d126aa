#pragma once

#include <memory>
#include <string>

#include "data/sound_reader.h"

namespace hourglass {

/// Writes sound in the container and sample format it came in, a block at a time; the file appears
/// whole or not at all. Used by one thread.
class SoundWriter {
 public:
  /// Throws ErrorKind::kUsage if the path's ending is another format's, and as AtomicFile does.
  SoundWriter(const std::string& path, const SoundFormat& format);
  ~SoundWriter();
  SoundWriter(const SoundWriter&) = delete;
  SoundWriter& operator=(const SoundWriter&) = delete;

  /// count × channels numbers; beyond [−1, 1] they are clipped unless samples are floats. Throws
  /// ErrorKind::kFailed if the disk is full.
  void write(const float* samples, Index count);
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
