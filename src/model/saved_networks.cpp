#include "model/saved_networks.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "model/ensemble.h"
#include "model/half.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

constexpr const char* kReferenceCodes = "reference_codes";

// How many numbers the networks have. Nothing is allocated for one before the file has shown that
// it holds as many.
std::uint64_t values_wanted(const std::vector<NetworkSpec>& networks, const std::string& name) {
  std::uint64_t sum = 0;
  const auto add = [&](Index rows, Index cols) {
    const auto values =
        checked_multiply(static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols));
    const auto total = values ? checked_add(sum, *values) : std::nullopt;
    if (!total) model_error(fmt::format("{}: its spec is too large for any file", name));
    sum = *total;
  };
  for (const NetworkSpec& network : networks) {
    for (Index i = 0; i < network.layer_count(); ++i) {
      const LayerLayout layout = layer_layout(network, i);
      const Norm norm = network.layer(i).norm;
      const Index vectors = 1 + (norm == Norm::kNone ? 0 : norm == Norm::kLayer ? 2 : 4);
      add(layout.weight_rows, layout.weight_cols);
      add(vectors, layout.units);
      add(1, layout.statistics);
    }
  }
  return sum;
}

void check_values_held(const std::vector<NetworkSpec>& networks,
                       const std::map<std::string, TensorBytes>& tensors, const std::string& name) {
  std::uint64_t held = 0;
  for (const auto& [key, tensor] : tensors) {
    if (tensor.type != TensorType::kF32 && tensor.type != TensorType::kF16) {
      model_error(
          fmt::format("{}: tensor '{}' does not belong to a model", name, key.substr(0, 200)));
    }
    held += tensor.bytes.size() / bytes_of(tensor.type);
  }
  const std::uint64_t wanted = values_wanted(networks, name);
  if (held == wanted) return;
  const std::string whose = networks.size() == 1
                                ? std::string("its network needs")
                                : fmt::format("its {} networks need", networks.size());
  model_error(fmt::format("{}: {} {} numbers and {} are there", name, whose, wanted, held));
}

// What the names of a member's tensors begin with.
std::string member_prefix(const ModelSpec& spec, Index member) {
  return spec.ensemble == 1 ? "" : fmt::format("member.{}.", member);
}

// Weights alone, which are nearly all there is: what is added to sums stays exact.
bool stored_in_half(const ModelSpec& spec, const NamedTensor& tensor) {
  return spec.stored_precision == StoredPrecision::kFloat16 && tensor.shape.size() > 1 &&
         std::ranges::all_of(tensor.values,
                             [](float value) { return std::fabs(value) <= kLargestHalf; });
}

// Takes the tensors of one network out of `tensors`.
std::vector<NamedTensor> take_network(const NetworkSpec& spec, const std::string& prefix,
                                      std::map<std::string, TensorBytes>& tensors) {
  Network<float> network(spec);
  std::vector<NamedTensor> ordered;
  for (const NamedTensor& expected : network.tensors()) {
    const auto found = tensors.find(prefix + expected.name);
    if (found == tensors.end()) {
      model_error(fmt::format("tensor '{}{}' is missing", prefix, expected.name));
    }
    ordered.push_back({expected.name, found->second.shape, found->second.floats()});
    tensors.erase(found);
  }
  // Shapes and values are the network's to judge.
  network.set_tensors(ordered);
  return ordered;
}

// Codes as a file has them: finite numbers, at least one code and no more than the spec says.
Matrix<float> checked_codes(const TensorBytes& tensor, Index most, Index latent_dim,
                            const std::string& name) {
  const std::vector<Index>& shape = tensor.shape;
  const bool fits = tensor.type == TensorType::kF32 && shape.size() == 2 && shape[0] >= 1 &&
                    shape[0] <= most && shape[1] == latent_dim;
  if (!fits) {
    model_error(fmt::format("{}: tensor '{}' is not 1 to {} codes of {} numbers", name, tensor.name,
                            most, latent_dim));
  }
  const std::vector<float> values = tensor.floats();
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    model_error(fmt::format("{}: tensor '{}' is not finite", name, tensor.name));
  }
  Matrix<float> codes(shape[0], shape[1]);
  std::copy(values.begin(), values.end(), codes.data());
  return codes;
}

}  // namespace

void add_reference_codes(const ModelSpec& spec, const ReferenceCodes& codes,
                         std::vector<TensorBytes>& tensors) {
  for (Index i = 0; i < std::ssize(codes); ++i) {
    tensors.push_back(tensor_bytes(member_prefix(spec, i) + kReferenceCodes,
                                   *codes[static_cast<std::size_t>(i)]));
  }
}

ReferenceCodes take_reference_codes(const ModelSpec& spec, const Encoding& encoding,
                                    std::map<std::string, TensorBytes>& tensors,
                                    const std::string& name) {
  ReferenceCodes codes;
  for (Index i = 0; i < spec.ensemble; ++i) {
    const std::string key = member_prefix(spec, i) + kReferenceCodes;
    const auto found = tensors.find(key);
    if (found == tensors.end()) continue;
    const Index latent_dim =
        network_of(member_spec(spec, i), encoding.features, encoding.sample_shape).latent_dim();
    codes.push_back(std::make_shared<const Matrix<float>>(
        checked_codes(found->second, spec.reference_codes, latent_dim, name)));
    tensors.erase(found);
  }
  if (!codes.empty() && std::ssize(codes) != spec.ensemble) {
    model_error(fmt::format("{}: {} of its {} members have '{}'", name, codes.size(), spec.ensemble,
                            kReferenceCodes));
  }
  return codes;
}

void round_as_stored(const ModelSpec& spec, std::vector<NamedTensor>& tensors) {
  for (NamedTensor& tensor : tensors) {
    if (!stored_in_half(spec, tensor)) continue;
    for (float& value : tensor.values) value = from_half(to_half(value));
  }
}

void add_networks(const ModelSpec& spec, const std::vector<std::vector<NamedTensor>>& networks,
                  std::vector<TensorBytes>& tensors) {
  for (Index i = 0; i < std::ssize(networks); ++i) {
    const std::string prefix = member_prefix(spec, i);
    for (const NamedTensor& tensor : networks[static_cast<std::size_t>(i)]) {
      const std::string name = prefix + tensor.name;
      tensors.push_back(stored_in_half(spec, tensor)
                            ? half_tensor_bytes(name, tensor.shape, tensor.values)
                            : tensor_bytes(name, tensor.shape, tensor.values));
    }
  }
}

std::vector<std::vector<NamedTensor>> take_networks(const ModelSpec& spec, const Encoding& encoding,
                                                    std::map<std::string, TensorBytes>& tensors,
                                                    const std::string& name) {
  std::vector<NetworkSpec> specs;
  for (Index i = 0; i < spec.ensemble; ++i) {
    specs.push_back(network_of(member_spec(spec, i), encoding.features, encoding.sample_shape));
  }
  check_values_held(specs, tensors, name);
  std::vector<std::vector<NamedTensor>> networks;
  try {
    for (Index i = 0; i < spec.ensemble; ++i) {
      networks.push_back(
          take_network(specs[static_cast<std::size_t>(i)], member_prefix(spec, i), tensors));
    }
    if (!tensors.empty()) {
      model_error(fmt::format("tensor '{}' does not belong to a model",
                              tensors.begin()->first.substr(0, 200)));
    }
  } catch (const Error& error) {
    model_error(fmt::format("{}: {}", name, error.what()));
  }
  return networks;
}

}  // namespace hourglass
