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

constexpr int kWidestBar = 24;
constexpr int kNarrowestBar = 6;

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

std::string drawn_bar(double fraction, int width, bool colour) {
  const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * width);
  std::string done(static_cast<std::size_t>(full), '=');
  if (full < width) done += '>';
  const std::string rest(static_cast<std::size_t>(std::max(0, width - full - 1)), ' ');
  if (!colour) return fmt::format("[{}{}]", done, rest);
  return fmt::format("[\033[32m{}\033[0m{}]", done, rest);
}

std::string rate_text(double rate) {
  if (rate < 1e4) return fmt::format("{} samples/s", grouped(std::llround(rate)));
  if (rate < 1e6) return fmt::format("{:.0f}k samples/s", rate / 1e3);
  return fmt::format("{:.1f}M samples/s", rate / 1e6);
}

// Most important first.
std::vector<std::string> figures(const Progress& moment) {
  std::vector<std::string> parts;
  const bool training = moment.epoch > 0;
  if (training && !std::isnan(moment.loss)) {
    parts.push_back(fmt::format("loss {}", significant(moment.loss)));
  }
  if (training && !std::isnan(moment.psnr)) {
    parts.push_back(fmt::format("PSNR {:.2f} dB", moment.psnr));
  } else if (training && !std::isnan(moment.validation_loss)) {
    parts.push_back(fmt::format("val {}", significant(moment.validation_loss)));
  }
  if (moment.seconds_left > 0) {
    parts.push_back(fmt::format("{} left", duration(moment.seconds_left)));
  }
  if (moment.rows_per_second > 0) parts.push_back(rate_text(moment.rows_per_second));
  return parts;
}

}  // namespace

bool ProgressBar::wanted() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

std::string progress_line(const Progress& moment, int width, bool colour) {
  const std::string head = moment.epoch > 0
                               ? fmt::format("epoch {}/{}", moment.epoch, moment.epochs)
                               : padded(moment.stage, 9);
  std::string tail;
  int used = text_width(head);
  if (moment.fraction >= 0) {
    tail = fmt::format(" {:3.0f} %", 100 * std::clamp(moment.fraction, 0.0, 1.0));
    used += text_width(tail);
  }
  for (const std::string& part : figures(moment)) {
    if (used + 2 + text_width(part) >= width) break;
    tail += fmt::format("  {}", part);
    used += 2 + text_width(part);
  }
  // The bar takes what room is left: a blank, two brackets and one column free at the end.
  const int room = std::min(kWidestBar, width - 1 - used - 3);
  if (moment.fraction >= 0 && room >= kNarrowestBar) {
    return fmt::format("{} {}{}", head, drawn_bar(moment.fraction, room, colour), tail);
  }
  return shortened(head + tail, width - 1);
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
