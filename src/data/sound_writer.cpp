#include "data/sound_writer.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <sndfile.h>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "data/sound_kinds.h"

namespace hourglass {
namespace {

// The file as libsndfile writes it, and what went wrong where that cannot be thrown through it.
struct Place {
  explicit Place(const std::string& path) : file(path) {}
  AtomicFile file;
  sf_count_t size = 0, at = 0;
  std::optional<Error> problem;
};

Place& place(void* user) { return *static_cast<Place*>(user); }

sf_count_t length(void* user) { return place(user).size; }

template <class Work>
sf_count_t noting_problems(Place& here, sf_count_t otherwise, const Work& work) {
  if (here.problem) return otherwise;
  try {
    return work();
  } catch (const Error& error) {
    here.problem = error;
    return otherwise;
  }
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  Place& here = place(user);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? here.at : here.size;
  if (from + offset < 0) return -1;
  return noting_problems(here, -1, [&] {
    here.file.seek(static_cast<std::uint64_t>(from + offset));
    return here.at = from + offset;
  });
}

sf_count_t read(void*, sf_count_t, void*) { return 0; }

sf_count_t write(const void* bytes, sf_count_t count, void* user) {
  Place& here = place(user);
  return noting_problems(here, 0, [&] {
    here.file.write(bytes, static_cast<std::size_t>(count));
    here.at += count;
    here.size = std::max(here.size, here.at);
    return count;
  });
}

sf_count_t tell(void* user) { return place(user).at; }

SF_VIRTUAL_IO functions() { return {length, seek, read, write, tell}; }

void check_ending(const std::string& path, int kind) {
  if (has_ending_of(kind, path)) return;
  usage_error(
      fmt::format("{} would hold what came in another format, which is kept: name a file "
                  "that ends in {}",
                  path, ending_of(kind)));
}

void throw_if_failed(const Place& here) {
  if (here.problem) throw Error(here.problem->kind(), here.problem->what());
}

}  // namespace

struct SoundWriter::State {
  explicit State(const std::string& path) : place(path) {}
  Place place;
  SNDFILE* file = nullptr;
  SoundFormat format;
  ~State() {
    if (file != nullptr) sf_close(file);
  }
};

SoundWriter::SoundWriter(const std::string& path, const SoundFormat& format) {
  check_ending(path, format.kind);
  state_ = std::make_unique<State>(path);
  state_->format = format;
  SF_INFO info{};
  info.samplerate = static_cast<int>(format.rate);
  info.channels = static_cast<int>(format.channels);
  info.format = format.kind;
  SF_VIRTUAL_IO io = functions();
  state_->file = sf_open_virtual(&io, SFM_WRITE, &info, &state_->place);
  if (state_->file == nullptr) {
    fail(fmt::format("cannot write {}: {}", path, one_line(sf_strerror(nullptr))));
  }
  if (is_of_whole_numbers(format.kind))
    sf_command(state_->file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

SoundWriter::~SoundWriter() = default;

void SoundWriter::write(const float* samples, Index count) {
  const sf_count_t written = sf_writef_float(state_->file, samples, count);
  throw_if_failed(state_->place);
  if (written != count) {
    fail(fmt::format("cannot write {}: {}", state_->place.file.path(),
                     one_line(sf_strerror(state_->file))));
  }
}

void SoundWriter::finish() {
  const int closed = sf_close(std::exchange(state_->file, nullptr));
  throw_if_failed(state_->place);
  if (closed != 0) {
    fail(fmt::format("cannot write {}: {}", state_->place.file.path(),
                     one_line(sf_error_number(closed))));
  }
  state_->place.file.commit();
}

}  // namespace hourglass
