#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/encoding.h"
#include "model/safetensors.h"

namespace hourglass {

/// The numbers of an encoding that go into the file as tensors, one value a column: a table may
/// have 100,000 of them.
struct EncodingNumbers {
  std::vector<double> shift, scale, constant, observed_min, observed_max;
};

EncodingNumbers numbers_of(const Encoding& encoding);
std::vector<TensorBytes> tensors_of(const EncodingNumbers& numbers);

/// The rest: scaling, sample shape, names, kinds and levels.
nlohmann::json encoding_json(const Encoding& encoding);

/// Takes its tensors by name out of `tensors`. Throws ErrorKind::kModel, naming `what`, unless
/// every column is one that encode_rows() and decode_rows() can work with.
Encoding encoding_from(const nlohmann::json& json, std::map<std::string, TensorBytes>& tensors,
                       const std::string& what);

/// Removes the tensor from `tensors`; nothing there gives an empty list. Throws ErrorKind::kModel
/// unless it is a list of F64.
std::vector<double> take_doubles(std::map<std::string, TensorBytes>& tensors,
                                 const std::string& tensor, const std::string& what);

}  // namespace hourglass
