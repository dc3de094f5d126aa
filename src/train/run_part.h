#pragma once

#include <string>
#include <utility>

#include "base/index.h"

namespace hourglass {

class RunFolder;

/// A part of a training by name (a fold's model, a member, a layer in pre-training), whose fit() a
/// run folder keeps the state of. Made by default it is part of no run, and nothing is kept.
class RunPart {
 public:
  RunPart() = default;
  RunPart(RunFolder& run, std::string name) : run_(&run), name_(std::move(name)) {}

  /// A part of this part.
  RunPart operator/(const std::string& name) const {
    RunPart part = *this;
    part.name_ += (name_.empty() ? "" : "/") + name;
    return part;
  }

  RunFolder* run() const { return run_; }
  const std::string& name() const { return name_; }  ///< empty: the training as a whole

 private:
  RunFolder* run_ = nullptr;  // null: of none
  std::string name_;
};

/// The names of a model's members, and of further models that are trained to calibrate it.
std::string member_part(Index member);
std::string fold_part(Index fold);

}  // namespace hourglass
