#include <fmt/format.h>

#include "base/interrupt.h"
#include "hourglass/hourglass.h"
#include "kernel/dispatch.h"

namespace hourglass {

std::string version() { return "0.1.0"; }

std::string describe_machine() {
  std::string text;
  for (const ImplementationReport& report : implementations()) {
    text +=
        fmt::format("{}: {}\n", report.name, report.declines.empty() ? "in use" : report.declines);
  }
  return text;
}

void interrupt(int signal_number) noexcept { request_interrupt(signal_number); }

}  // namespace hourglass
