#include "network/learned_tensors.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr const char* kFirstPrefix = "optimizer.first.";
constexpr const char* kSecondPrefix = "optimizer.second.";

struct MomentNeeds {
  bool first;
  bool second;
};

MomentNeeds moment_needs(const StepSpec& spec) {
  switch (spec.optimizer) {
    case Optimizer::kAdam:
    case Optimizer::kAdamW:
      return {true, true};
    case Optimizer::kSgd:
      return {spec.momentum != 0, false};
    case Optimizer::kRmsprop:
      return {false, true};
  }
  return {true, true};
}

template <class T>
void restore(const LearnedTensor<T>& learned, Buffer<T>& moment, const char* prefix,
             const NamedTensor*& next, std::vector<std::pair<Buffer<T>*, Buffer<T>>>& restored) {
  if (moment.size() == 0) return;
  Buffer<T> values(moment.size());
  assign_tensor(learned.ref, values.data(), *next, prefix);
  if (prefix == kSecondPrefix && *std::min_element(values.begin(), values.end()) < 0) {
    model_error(fmt::format("tensor {} holds a negative mean square", next->name));
  }
  ++next;
  restored.emplace_back(&moment, std::move(values));
}

}  // namespace

void round_weights(LearnedTensor<float>& weight, Range panels) {
  for (Index panel = panels.begin; panel < panels.end; ++panel) {
    weights_to_bf16(weight.ref.panels(), weight.pairs, weight.transposed_pairs, panel,
                    {0, weight.ref.inputs});
  }
}

template <class T>
LearnedTensors<T>::LearnedTensors(Network<T>& network, const StepSpec& spec) {
  const MomentNeeds needs = moment_needs(spec);
  for (const TensorRef<T>& ref : tensor_refs(network)) {
    if (!ref.learned()) continue;
    LearnedTensor<T> learned;
    learned.ref = ref;
    if (ref.role == TensorRole::kWeight) {
      learned.transposed = network.parameters(ref.layer).weights_transposed.view();
    } else {
      learned.gradient = Buffer<T>(ref.storage());
    }
    if (needs.first) learned.first = Buffer<T>(ref.storage());
    if (needs.second) learned.second = Buffer<T>(ref.storage());
    tensors_.push_back(std::move(learned));
  }
}

template <class T>
LearnedTensor<T>* LearnedTensors<T>::find(Index layer, TensorRole role) {
  const auto it = std::find_if(tensors_.begin(), tensors_.end(), [&](const LearnedTensor<T>& t) {
    return t.ref.layer == layer && t.ref.role == role;
  });
  return it == tensors_.end() ? nullptr : &*it;
}

template <class T>
void LearnedTensors<T>::allocate_gradients() {
  for (LearnedTensor<T>& learned : tensors_) {
    if (learned.gradient.size() == 0) learned.gradient = Buffer<T>(learned.ref.storage());
  }
}

template <class T>
std::vector<NamedTensor> LearnedTensors<T>::moments() const {
  std::vector<NamedTensor> named;
  for (const LearnedTensor<T>& t : tensors_) {
    if (t.first.size() > 0) named.push_back(named_tensor(t.ref, t.first.data(), kFirstPrefix));
    if (t.second.size() > 0) named.push_back(named_tensor(t.ref, t.second.data(), kSecondPrefix));
  }
  return named;
}

template <class T>
void LearnedTensors<T>::set_moments(const std::vector<NamedTensor>& tensors) {
  std::size_t wanted = 0;
  for (const LearnedTensor<T>& t : tensors_) wanted += (t.first.size() > 0) + (t.second.size() > 0);
  check_tensor_count(tensors.size(), wanted);
  std::vector<std::pair<Buffer<T>*, Buffer<T>>> restored;
  const NamedTensor* next = tensors.data();
  for (LearnedTensor<T>& t : tensors_) {
    restore(t, t.first, kFirstPrefix, next, restored);
    restore(t, t.second, kSecondPrefix, next, restored);
  }
  // Copied rather than swapped in: the plan holds pointers to the buffers.
  for (auto& [moment, values] : restored) std::copy(values.begin(), values.end(), moment->begin());
}

template class LearnedTensors<float>;
template class LearnedTensors<double>;

}  // namespace hourglass
