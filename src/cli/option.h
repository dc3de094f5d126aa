#pragma once

#include <string>
#include <vector>

namespace hourglass::cli {

/// What the shell should offer after an option or for an argument.
enum class Completes { kNothing, kFile };

/// Which verbs have an option; a verb names the groups of uses it takes part in.
enum Uses : unsigned {
  kAnyVerb = 0,        ///< every verb
  kReadsData = 1,      ///< reads a data file
  kEvaluates = 2,      ///< knows what to do with labels
  kLearns = 4,         ///< trains a model: has every setting
  kComputes = 8,       ///< has work to do on several threads
  kReadsColumns = 16,  ///< reads a file whose columns may be chosen
  kDraws = 32,         ///< draws random numbers without reading data
  kHasCodes = 64,      ///< works with codes, which each member of an ensemble has its own of
};

/// One option, as help, manual, completion and parser see it.
struct Option {
  std::string name = {};          ///< "--latent-dim"
  std::string short_name = {};    ///< "-o", or empty
  std::string value = {};         ///< what stands for its value, "N"; empty: a switch without one
  std::string description = {};   ///< one sentence
  std::string group = {};         ///< the heading it stands under
  std::string default_text = {};  ///< may be empty
  std::string range = {};         ///< "[1, 1000000]"; may be empty
  std::vector<std::string> choices = {};  ///< the only values it takes; empty: anything
  std::string setting = {};               ///< the key of the setting it gives; empty: none
  unsigned uses = kAnyVerb;
  bool repeatable = false;
  bool adds_up = false;  ///< of a setting that is a list: given again, it adds to the list
  Completes completes = Completes::kNothing;
};

/// One positional argument.
struct Argument {
  std::string name = {};  ///< "DATA"
  std::string description = {};
  bool optional = false;
};

/// A command line that works, and what it does.
struct Example {
  std::string explanation;
  std::string command;
};

}  // namespace hourglass::cli
