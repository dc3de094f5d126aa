#include "cli/progress_bar.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

#include "cli/text.h"

namespace hourglass::cli {
namespace {

constexpr int kBarWidth = 24;

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// https://no-color.org: set to anything but nothing.
bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return no_colour == nullptr || no_colour[0] == '\0';
}

std::string drawn_bar(double fraction, bool colour) {
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
  std::string done(static_cast<std::size_t>(full), '=');
  if (full < kBarWidth) done += '>';
  const std::string rest(static_cast<std::size_t>(std::max(0, kBarWidth - full - 1)), ' ');
  if (!colour) return fmt::format("[{}{}]", done, rest);
  return fmt::format("[\033[32m{}\033[0m{}]", done, rest);
}

// Most important first.
std::vector<std::string> figures(const Progress& moment) {
  std::vector<std::string> parts;
  if (moment.epoch > 0) parts.push_back(fmt::format("epoch {}/{}", moment.epoch, moment.epochs));
  if (moment.epoch > 0 && !std::isnan(moment.loss)) {
    parts.push_back(fmt::format("loss {}", significant(moment.loss)));
  }
  if (moment.epoch > 0 && !std::isnan(moment.validation_loss)) {
    parts.push_back(fmt::format("val {}", significant(moment.validation_loss)));
  }
  if (moment.rows_per_second > 0) {
    parts.push_back(fmt::format("{} samples/s", grouped(std::llround(moment.rows_per_second))));
  }
  if (moment.seconds_left > 0)
    parts.push_back(fmt::format("{} left", duration(moment.seconds_left)));
  return parts;
}

}  // namespace

bool ProgressBar::wanted() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

std::string progress_line(const Progress& moment, int width, bool colour) {
  std::string line = padded(moment.stage, 9);
  int used = text_width(line);
  if (moment.fraction >= 0 && used + 2 + kBarWidth + 2 + 6 < width) {
    line += fmt::format(" {} {:3.0f} %", drawn_bar(moment.fraction, colour),
                        100 * std::clamp(moment.fraction, 0.0, 1.0));
    used += 1 + kBarWidth + 2 + 6;
  }
  for (const std::string& part : figures(moment)) {
    if (used + 2 + text_width(part) >= width) break;
    line += fmt::format("  {}", part);
    used += 2 + text_width(part);
  }
  return used < width ? line : shortened(line, width - 1);
}

void ProgressBar::show(const Progress& moment) {
  const std::string line = progress_line(moment, terminal_width(), colour_wanted());
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressBar::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace hourglass::cli
