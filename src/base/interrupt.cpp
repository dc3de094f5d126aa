#include "base/interrupt.h"

#include <atomic>

#include "base/error.h"

namespace hourglass {
namespace {

std::atomic<int> requested{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler sets it");

}  // namespace

void request_interrupt(int signal_number) noexcept { requested.store(signal_number); }
int requested_interrupt() noexcept { return requested.load(); }
void clear_interrupt() noexcept { requested.store(0); }

void throw_if_interrupted() {
  if (requested_interrupt() != 0) {
    throw Error(ErrorKind::kInterrupted, "interrupted: nothing was written");
  }
}

}  // namespace hourglass
