#include "model/fit_state.h"

#include <cmath>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr double kLargestCount = 9007199254740992;  // 2⁵³: a double holds every count up to it

}  // namespace

StateNumbers StateNumbers::saving(std::map<std::string, double>& numbers) {
  return {&numbers, nullptr};
}

StateNumbers StateNumbers::restoring(const std::map<std::string, double>& numbers) {
  return {nullptr, &numbers};
}

double StateNumbers::kept(const char* name) const {
  const auto found = given_->find(name);
  if (found == given_->end()) model_error(fmt::format("the checkpoint does not say {}", name));
  return found->second;
}

void StateNumbers::number(const char* name, double& value) {
  if (saved_ != nullptr) {
    saved_->emplace(name, value);
  } else {
    value = kept(name);
  }
}

void StateNumbers::number(const char* name, Index& value) {
  if (saved_ != nullptr) {
    saved_->emplace(name, static_cast<double>(value));
    return;
  }
  const double count = kept(name);
  if (!(count >= 0 && count <= kLargestCount && count == std::floor(count))) {
    model_error(fmt::format("the checkpoint's {} is {}, which is no count", name, count));
  }
  value = static_cast<Index>(count);
}

void StateNumbers::number(const char* name, bool& value) {
  Index count = value ? 1 : 0;
  number(name, count);
  if (count > 1) model_error(fmt::format("the checkpoint's {} is neither true nor false", name));
  value = count == 1;
}

}  // namespace hourglass
