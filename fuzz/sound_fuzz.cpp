#include "data/sound_reader.h"
#include "reader_fuzz.h"

// libsndfile forgets some of what it took for an Ogg file that turns out to be broken.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libsndfile\nleak:libvorbis\nleak:libopus\nleak:libogg\nleak:libFLAC\n";
}

// Reads what of a file of sound can be read, as training and denoising do: some blocks of it, since
// a few bytes may stand for hours of silence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hourglass;
  if (size == 0) return -1;
  const FileDescriptor file(memfd_create("fuzz", MFD_CLOEXEC));
  if (write(file.get(), bytes, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const InputFile input("/proc/self/fd/" + std::to_string(file.get()));
    if (!looks_like_sound(input)) return -1;
    SoundReader reader(input);
    const SoundFormat& format = reader.format();
    if (format.channels < 1 || format.rate < 1) std::abort();
    constexpr Index kCount = 1024;
    std::vector<float> block(static_cast<std::size_t>(kCount * format.channels));
    Index count = kCount;
    for (int i = 0; i < 64 && count == kCount; ++i) {
      count = reader.read(block.data(), kCount);
      if (count < 0 || count > kCount) std::abort();
    }
  } catch (const Error&) {
  }
  return 0;
}
