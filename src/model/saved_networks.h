#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/encoding.h"
#include "model/safetensors.h"
#include "model/saved_model.h"

namespace hourglass {

/// The networks of a model as a file's tensors: those of a single one by their own names, of an
/// ensemble behind "member.0.", "member.1.", …; so, too, the codes it compares others with.

/// Rounds a network's tensors to what add_networks() makes of them (setting stored_precision), so
/// that a model is the same before it is written and after it is read.
void round_as_stored(const ModelSpec& spec, std::vector<NamedTensor>& tensors);

/// Adds the tensors of each member's network to a file's.
void add_networks(const ModelSpec& spec, const std::vector<std::vector<NamedTensor>>& networks,
                  std::vector<TensorBytes>& tensors);

/// Adds each member's "reference_codes", if there are any.
void add_reference_codes(const ModelSpec& spec, const ReferenceCodes& codes,
                         std::vector<TensorBytes>& tensors);

/// Takes them out again. Throws ErrorKind::kModel unless all members have some or none has, and
/// they fit the spec; `name` is the file's.
ReferenceCodes take_reference_codes(const ModelSpec& spec, const Encoding& encoding,
                                    std::map<std::string, TensorBytes>& tensors,
                                    const std::string& name);

/// The way back from what is left of a file's tensors once all others are taken out; takes them
/// out, too. Throws ErrorKind::kModel, or what network_of() throws, unless they are exactly those
/// of the spec's networks; `name` is the file's.
std::vector<std::vector<NamedTensor>> take_networks(const ModelSpec& spec, const Encoding& encoding,
                                                    std::map<std::string, TensorBytes>& tensors,
                                                    const std::string& name);

}  // namespace hourglass
