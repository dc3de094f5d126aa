#include "data/sound_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <sndfile.h>
#include <string_view>

#include "base/error.h"
#include "data/sound_kinds.h"

namespace hourglass {
namespace {

constexpr Index kMostChannels = 64;
constexpr Index kSlowest = 1000, kFastest = 768'000;

using namespace std::string_view_literals;
constexpr std::array kWaveBeginnings = {"RIFF"sv, "RIFX"sv, "RF64"sv};
constexpr std::array kOtherBeginnings = {"fLaC"sv, "OggS"sv};

// The file as libsndfile asks for it.
struct Place {
  std::shared_ptr<const FileDescriptor> file;
  std::string path;
  sf_count_t size = 0, at = 0, furthest = 0;
};

Place& place(void* user) { return *static_cast<Place*>(user); }

sf_count_t length(void* user) { return place(user).size; }

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  Place& here = place(user);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? here.at : here.size;
  sf_count_t to = 0;
  if (__builtin_add_overflow(from, offset, &to) || to < 0) return -1;
  return here.at = to;
}

// An exception must not pass through a C library; one that cannot read finds the end of the file.
sf_count_t read(void* out, sf_count_t count, void* user) {
  Place& here = place(user);
  const sf_count_t there = std::clamp<sf_count_t>(here.size - here.at, 0, count);
  if (there <= 0) return 0;
  try {
    read_file_at(*here.file, static_cast<std::uint64_t>(here.at), out,
                 static_cast<std::size_t>(there), here.path);
  } catch (const Error&) {
    return 0;
  }
  here.at += there;
  here.furthest = std::max(here.furthest, here.at);
  return there;
}

sf_count_t write(const void*, sf_count_t, void*) { return 0; }
sf_count_t tell(void* user) { return place(user).at; }

SF_VIRTUAL_IO functions() { return {length, seek, read, write, tell}; }

void check(const SF_INFO& info, const std::string& path) {
  if (!is_read(info.format)) {
    data_error(
        fmt::format("{} is compressed by a kind that is not read: save it with 16 bits a "
                    "sample, or as FLAC",
                    path));
  }
  if (info.channels < 1 || info.channels > kMostChannels) {
    data_error(fmt::format("{} claims {} channels; sound with 1 to {} is read", path, info.channels,
                           kMostChannels));
  }
  if (info.samplerate < kSlowest || info.samplerate > kFastest) {
    data_error(fmt::format("{} claims {} samples a second; sound with {} to {} is read", path,
                           info.samplerate, kSlowest, kFastest));
  }
}

}  // namespace

struct SoundReader::State {
  Place place;
  SF_INFO info{};
  SNDFILE* file = nullptr;
  SoundFormat format;
  Index done = 0;  // samples read
  ~State() {
    if (file != nullptr) sf_close(file);
  }
};

bool looks_like_sound(const InputFile& input) {
  const std::string_view head = input.head();
  const auto begins = [&](std::string_view with) { return head.starts_with(with); };
  if (std::ranges::any_of(kOtherBeginnings, begins)) return !input.gzipped();
  return std::ranges::any_of(kWaveBeginnings, begins) && head.size() >= 12 &&
         head.substr(8, 4) == "WAVE" && !input.gzipped();
}

SoundReader::SoundReader(const InputFile& input) : state_(std::make_unique<State>()) {
  const std::string& path = input.path();
  if (!looks_like_sound(input)) {
    data_error(fmt::format("{} is no sound that is read: give WAV, FLAC or Ogg", path));
  }
  state_->place = {input.file(), path, static_cast<sf_count_t>(input.size())};
  SF_VIRTUAL_IO io = functions();
  state_->file = sf_open_virtual(&io, SFM_READ, &state_->info, &state_->place);
  if (state_->file == nullptr) {
    data_error(fmt::format("{} cannot be read as sound: {}; save it anew", path,
                           one_line(sf_strerror(nullptr))));
  }
  check(state_->info, path);
  state_->format = {state_->info.samplerate, state_->info.channels, state_->info.format};
}

SoundReader::~SoundReader() = default;

const SoundFormat& SoundReader::format() const { return state_->format; }

Index SoundReader::read(float* out, Index count) {
  State& here = *state_;
  const sf_count_t got = sf_readf_float(here.file, out, count);
  const std::string& path = here.place.path;
  if (got < 0 || sf_error(here.file) != SF_ERR_NO_ERROR) {
    data_error(fmt::format("{} cannot be decoded beyond sample {}: {}; save it anew", path,
                           here.done, one_line(sf_strerror(here.file))));
  }
  const Index values = static_cast<Index>(got) * here.format.channels;
  for (Index i = 0; i < values; ++i) {
    if (std::isfinite(out[i])) continue;
    data_error(fmt::format("{}, sample {} of channel {} is {}: save it anew without such numbers",
                           path, here.done + i / here.format.channels + 1,
                           i % here.format.channels + 1, std::isnan(out[i]) ? "NaN" : "infinite"));
  }
  here.done += static_cast<Index>(got);
  check_expansion(static_cast<std::uint64_t>(here.place.furthest),
                  static_cast<std::uint64_t>(here.done * here.format.channels) * sizeof(short),
                  path);
  return static_cast<Index>(got);
}

double SoundReader::fraction() const {
  return static_cast<double>(state_->place.furthest) / static_cast<double>(state_->place.size);
}

}  // namespace hourglass
