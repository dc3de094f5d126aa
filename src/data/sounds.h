#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/byte_store.h"
#include "data/reader.h"

namespace hourglass {

/// Recordings of one channel at one rate, of any lengths: in memory, or in a scratch file where
/// they are many. The channels of a file are recordings of their own. Reading is thread-safe.
class Sounds {
 public:
  Index count() const { return std::ssize(entries_); }
  Index rate() const { return rate_; }  ///< samples a second
  Index samples(Index sound) const { return entry(sound).samples; }
  double power(Index sound) const { return entry(sound).power; }  ///< mean square; 0: silence
  const std::string& name(Index sound) const { return entry(sound).name; }  ///< of its file

  /// Samples begin … begin + count − 1; before the first and after the last there is silence.
  void read(Index sound, Index begin, Index count, float* samples) const;

 private:
  friend class SoundCollector;
  struct Entry {
    std::string name;
    Index samples = 0;
    double power = 0;
    std::uint64_t offset = 0;  // of its first number
  };

  const Entry& entry(Index sound) const { return entries_[static_cast<std::size_t>(sound)]; }

  Index rate_ = 0;
  std::vector<Entry> entries_;
  std::shared_ptr<const ByteStore> bytes_;
};

/// The files of sound in a folder, or the path itself if it is none, in the byte order of their
/// names. Files of other names, and folders within, are counted in `left_out` (may be null). Throws
/// ErrorKind::kData where there is none.
std::vector<std::string> sound_files(const std::string& path, Index* left_out);

/// The samples a second of most files, the lower of two rates that are as frequent: what came at a
/// lower rate has nothing above it.
Index rate_of_most(const std::vector<std::string>& files);

/// What is to be said of those.
std::string left_out_line(const std::string& folder, Index left_out);

/// Whether a folder holds files of sound by their names, and no images.
bool holds_sounds(const std::string& folder);

/// A file of sound or a folder of them as a table of `Table::sounds`, all at the rate of the
/// options. Those that are silent are left out, with a warning. Throws ErrorKind::kData as
/// SoundReader and sound_files() do, and if all are silent.
Table read_sounds(const std::string& path, const ReadOptions& options);

}  // namespace hourglass
