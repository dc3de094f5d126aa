#include "data/sound_kinds.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sndfile.h>
#include <string_view>

namespace hourglass {
namespace {

constexpr std::array kContainers = {SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64, SF_FORMAT_FLAC,
                                    SF_FORMAT_OGG};
constexpr std::array kFormats = {SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16,
                                 SF_FORMAT_PCM_24, SF_FORMAT_PCM_32, SF_FORMAT_FLOAT,
                                 SF_FORMAT_DOUBLE, SF_FORMAT_ULAW,   SF_FORMAT_ALAW,
                                 SF_FORMAT_VORBIS, SF_FORMAT_OPUS};

constexpr std::array<std::string_view, 3> kOggEndings = {".ogg", ".oga", ".opus"};

std::string lower_ending(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  });
  return ending;
}

}  // namespace

bool is_read(int kind) {
  const auto holds = [](const auto& list, int wanted) {
    return std::ranges::find(list, wanted) != list.end();
  };
  return holds(kContainers, kind & SF_FORMAT_TYPEMASK) && holds(kFormats, kind & SF_FORMAT_SUBMASK);
}

bool is_of_whole_numbers(int kind) {
  const int format = kind & SF_FORMAT_SUBMASK;
  return format != SF_FORMAT_FLOAT && format != SF_FORMAT_DOUBLE;
}

std::string ending_of(int kind) {
  const int container = kind & SF_FORMAT_TYPEMASK;
  return container == SF_FORMAT_FLAC ? ".flac" : container == SF_FORMAT_OGG ? ".ogg" : ".wav";
}

bool has_ending_of(int kind, const std::string& path) {
  const std::string ending = lower_ending(path);
  const bool is_ogg = (kind & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG;
  return ending == ending_of(kind) || (is_ogg && std::ranges::count(kOggEndings, ending) > 0);
}

bool is_sound_name(const std::string& path) {
  const std::string ending = lower_ending(path);
  return ending == ".wav" || ending == ".flac" || std::ranges::count(kOggEndings, ending) > 0;
}

std::string one_line(const char* message) {
  std::string_view text = message;
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.remove_suffix(1);
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace hourglass
