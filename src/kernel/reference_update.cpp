#include <cmath>

#include "kernel/reference.h"

namespace hourglass::reference {
namespace {

/// a / b, and 0 where b is 0: with ε = 0 a parameter that never had a gradient stays where it is.
template <class T>
T ratio(T a, T b) {
  return b == 0 ? T(0) : a / b;
}

template <class T>
void adam(const UpdateRule<T>& rule, T& w, T g, T& m, T& v) {
  m = T(rule.beta1) * m + T(1 - rule.beta1) * g;
  v = T(rule.beta2) * v + T(1 - rule.beta2) * g * g;
  const T denominator = std::sqrt(v) / std::sqrt(rule.bias_correction2) + rule.epsilon;
  w -= rule.learning_rate / rule.bias_correction1 * ratio(m, denominator);
}

}  // namespace

template <class T>
void update(const UpdateRule<T>& rule, T* parameter, const T* gradient, UpdateState<T> state,
            Index count, bool decay) {
  const T lambda = decay ? rule.weight_decay : T(0);
  for (Index i = 0; i < count; ++i) {
    T& w = parameter[i];
    T g = gradient[i] * rule.gradient_scale;
    if (rule.kind != Optimizer::kAdamW) g += lambda * w;
    switch (rule.kind) {
      case Optimizer::kAdamW:
        w *= 1 - rule.learning_rate * lambda;
        adam(rule, w, g, state.first[i], state.second[i]);
        break;
      case Optimizer::kAdam:
        adam(rule, w, g, state.first[i], state.second[i]);
        break;
      case Optimizer::kSgd:
        if (state.first) {
          T& velocity = state.first[i];
          velocity = rule.momentum * velocity + g;
          g += rule.momentum * velocity;
        }
        w -= rule.learning_rate * g;
        break;
      case Optimizer::kRmsprop: {
        T& v = state.second[i];
        v = T(rule.beta2) * v + T(1 - rule.beta2) * g * g;
        w -= rule.learning_rate * ratio(g, std::sqrt(v) + rule.epsilon);
        break;
      }
    }
  }
}

template void update<float>(const UpdateRule<float>&, float*, const float*, UpdateState<float>,
                            Index, bool);
template void update<double>(const UpdateRule<double>&, double*, const double*, UpdateState<double>,
                             Index, bool);

}  // namespace hourglass::reference
