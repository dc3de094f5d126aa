#pragma once

#include <string>

namespace hourglass {

/// Whether sound of this container and sample format, as sndfile.h numbers them, is read: WAV, FLAC
/// and Ogg of whole or floating-point numbers, µ-law, A-law, Vorbis or Opus. Less common
/// compression is not, so that broken files cannot reach its decoders.
bool is_read(int kind);

/// Whether samples are whole numbers, so that what is beyond [−1, 1] cannot be written.
bool is_of_whole_numbers(int kind);

/// ".wav", ".flac" or ".ogg".
std::string ending_of(int kind);
/// Whether a name ends as files of this kind do, in small letters or capitals.
bool has_ending_of(int kind, const std::string& path);
/// Whether it ends as files of any kind do.
bool is_sound_name(const std::string& path);

/// What a library says, fit for a line of ours: no full stop or line's end behind it.
std::string one_line(const char* message);

}  // namespace hourglass
