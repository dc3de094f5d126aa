#include "kernel/activation.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace hourglass {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// GELU's only minimum, f(−0.7517916).
constexpr double kGeluLowest = -0.16997120747990369;

constexpr std::array<ActivationInfo, 8> kTable = {{
    {Activation::kIdentity, "identity", "z", true, -kInfinity, kInfinity, false},
    {Activation::kRelu, "relu", "max(z, 0)", true, 0, kInfinity, true},
    {Activation::kLeakyRelu, "leaky_relu", "z > 0 ? z : 0.01·z", true, -kInfinity, kInfinity, true},
    {Activation::kElu, "elu", "z > 0 ? z : exp(z) − 1", true, -1, kInfinity, true},
    {Activation::kGelu, "gelu", "z·Φ(z), Φ the normal distribution", false, kGeluLowest, kInfinity,
     true},
    {Activation::kSigmoid, "sigmoid", "1 / (1 + exp(−z))", true, 0, 1, false},
    {Activation::kTanh, "tanh", "tanh(z)", true, -1, 1, false},
    {Activation::kSoftplus, "softplus", "log(1 + exp(z))", true, 0, kInfinity, true},
}};

template <class T>
T sigmoid(T z) {
  // exp of a negative number alone, so that neither end overflows.
  const T e = std::exp(-std::abs(z));
  return (z < 0 ? e : T(1)) / (1 + e);
}

template <class T>
T normal_cdf(T z) {
  return T(0.5) * std::erfc(-z / std::numbers::sqrt2_v<T>);
}

template <class T>
T normal_density(T z) {
  return std::exp(T(-0.5) * z * z) * std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
}

}  // namespace

std::span<const ActivationInfo> activations() { return kTable; }

const ActivationInfo& info(Activation activation) {
  return kTable[static_cast<std::size_t>(activation)];
}

std::optional<Activation> find_activation(std::string_view name) {
  for (const ActivationInfo& row : kTable) {
    if (row.name == name) return row.activation;
  }
  return std::nullopt;
}

template <class T>
T activate(Activation activation, T z) {
  // Comparisons are written so that NaN comes out as NaN.
  switch (activation) {
    case Activation::kIdentity:
      return z;
    case Activation::kRelu:
      return z < 0 ? T(0) : z;
    case Activation::kLeakyRelu:
      return z < 0 ? T(kLeakySlope) * z : z;
    case Activation::kElu:
      return z < 0 ? std::expm1(z) : z;
    case Activation::kGelu:
      return z * normal_cdf(z);
    case Activation::kSigmoid:
      return sigmoid(z);
    case Activation::kTanh:
      return std::tanh(z);
    case Activation::kSoftplus:
      return (z < 0 ? T(0) : z) + std::log1p(std::exp(-std::abs(z)));
  }
  return z;
}

template <class T>
T activation_derivative(Activation activation, T z, T h) {
  switch (activation) {
    case Activation::kIdentity:
      return 1;
    case Activation::kRelu:
      return h > 0 ? T(1) : T(0);
    case Activation::kLeakyRelu:
      return h > 0 ? T(1) : T(kLeakySlope);
    case Activation::kElu:
      return h > 0 ? T(1) : h + 1;
    case Activation::kGelu:
      return normal_cdf(z) + z * normal_density(z);
    case Activation::kSigmoid:
      return h * (1 - h);
    case Activation::kTanh:
      return 1 - h * h;
    case Activation::kSoftplus:
      return -std::expm1(-h);
  }
  return 1;
}

template <class T>
T activation_second_derivative(Activation activation, T z, T h) {
  switch (activation) {
    case Activation::kIdentity:
    case Activation::kRelu:
    case Activation::kLeakyRelu:
      return 0;
    case Activation::kElu:
      return h > 0 ? T(0) : h + 1;
    case Activation::kGelu:
      return (2 - z * z) * normal_density(z);
    case Activation::kSigmoid:
      return h * (1 - h) * (1 - 2 * h);
    case Activation::kTanh:
      return -2 * h * (1 - h * h);
    case Activation::kSoftplus:
      return -std::expm1(-h) * std::exp(-h);
  }
  return 0;
}

template float activate<float>(Activation, float);
template double activate<double>(Activation, double);
template float activation_derivative<float>(Activation, float, float);
template double activation_derivative<double>(Activation, double, double);
template float activation_second_derivative<float>(Activation, float, float);
template double activation_second_derivative<double>(Activation, double, double);

}  // namespace hourglass
