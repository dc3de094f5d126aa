#include "cli/console.h"

#include <cerrno>
#include <cstdio>

#include "base/error.h"
#include "cli/text.h"

namespace hourglass::cli {

void print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) throw ClosedPipe();
  fail("cannot write to standard output: " + system_reason());
}

Console::Console(bool quiet, bool json) : quiet_(quiet), json_(json) {}

void Console::summary(const std::string& text) {
  if (!quiet_ && !json_) output_ += text;
}

void Console::warning(const std::string& message) {
  bar_.clear();
  std::fprintf(stderr, "warning: %s\n", one_line(message).c_str());
}

void Console::note(const std::string& message) {
  if (quiet_) return;
  bar_.clear();
  std::fprintf(stderr, "note: %s\n", one_line(message).c_str());
}

void Console::warnings(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) warning(message);
}

void Console::warnings(const std::vector<Warning>& warnings) {
  for (const Warning& each : warnings) warning(each.message);
}

void Console::notes(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) note(message);
}

ProgressCallback Console::progress() {
  if (quiet_ || !ProgressBar::wanted()) return {};
  return [this](const Progress& moment) { bar_.show(moment); };
}

}  // namespace hourglass::cli
