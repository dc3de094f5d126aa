#include "cli/signals.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX, not C++

#include <hourglass/hourglass.h>

namespace hourglass::cli {
namespace {

volatile sig_atomic_t received = 0;

void stop(int signal_number) {
  received = signal_number;
  interrupt(signal_number);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = stop;
  // The handler is gone once it has run: the second signal does what it does to any process.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

int received_signal() { return received; }

}  // namespace hourglass::cli
