#pragma once

#include <string>

namespace hourglass {

/// An error is one line, whatever names the file it quotes holds: control characters become spaces.
inline std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

}  // namespace hourglass
