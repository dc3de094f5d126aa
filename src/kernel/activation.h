#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/index.h"

namespace hourglass {

/// The element-wise functions between layers. z is what a layer computes, h = f(z) what it passes
/// on.
enum class Activation { kIdentity, kRelu, kLeakyRelu, kElu, kGelu, kSigmoid, kTanh, kSoftplus };

/// One row of the table that help, validation and the kernels read.
struct ActivationInfo {
  Activation activation;
  std::string_view name;  ///< as written in commands and configs, e.g. "leaky_relu"
  std::string_view formula;
  bool derivative_from_output;  ///< f′(z) can be had from h alone; else z must be kept
  double lowest, highest;       ///< the range of h, ±infinity where unbounded
  bool rectifies;               ///< zero or flat on half the line: wants He initialisation
};

std::span<const ActivationInfo> activations();
const ActivationInfo& info(Activation activation);
std::optional<Activation> find_activation(std::string_view name);

inline constexpr double kLeakySlope = 0.01;

/// f(z) and f′(z), exactly as written in the table: the reference the fast kernels are held
/// against.
template <class T>
T activate(Activation activation, T z);
template <class T>
T activation_derivative(Activation activation, T z, T h);

/// f″(z), for penalties on f′ itself. Like f′, it needs z only where derivative_from_output is
/// false.
template <class T>
T activation_second_derivative(Activation activation, T z, T h);

}  // namespace hourglass
