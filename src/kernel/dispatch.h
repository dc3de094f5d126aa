#pragma once

#include <string>
#include <vector>

namespace hourglass {

/// One way to run an operation, in the order of preference: the first that does not decline is
/// used.
struct ImplementationReport {
  std::string name;      ///< "simd AVX-512", "simd AVX2", "simd SSE4", "reference"
  std::string declines;  ///< why it is not used here; empty for the one chosen
};

/// The list of implementations for float, fastest first, and why each but one declines on this
/// machine. What `hourglass --version` prints.
std::vector<ImplementationReport> implementations();

/// The name of the one in use.
std::string implementation_name();

/// Restricts the choice to one by name ("reference" or a target's), for tests and benchmarks; an
/// empty name lifts it. False if this machine cannot run it. Not thread-safe: call between runs.
bool force_implementation(const std::string& name);

/// Sets the calling thread's processor to flush denormal numbers to zero, and restores on
/// destruction.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned previous_;
};

}  // namespace hourglass
