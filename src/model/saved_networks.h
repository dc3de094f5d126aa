#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/encoding.h"
#include "model/model_spec.h"
#include "model/safetensors.h"
#include "network/network.h"

namespace hourglass {

/// The networks of a model as a file's tensors: those of a single one by their own names, of an
/// ensemble behind "member.0.", "member.1.", …

/// Adds the tensors of each member's network to a file's.
void add_networks(const ModelSpec& spec, const std::vector<std::vector<NamedTensor>>& networks,
                  std::vector<TensorBytes>& tensors);

/// The way back from what is left of a file's tensors once all others are taken out; takes them
/// out, too. Throws ErrorKind::kModel, or what network_of() throws, unless they are exactly those
/// of the spec's networks; `name` is the file's.
std::vector<std::vector<NamedTensor>> take_networks(const ModelSpec& spec, const Encoding& encoding,
                                                    std::map<std::string, TensorBytes>& tensors,
                                                    const std::string& name);

}  // namespace hourglass
