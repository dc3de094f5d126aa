#pragma once

#include <string>
#include <vector>

#include "cli/option.h"

namespace hourglass::cli {

class Arguments;
class Console;

/// Everything there is to know about one verb: parser, help, manual and completion read nothing
/// else.
struct Verb {
  std::string name = {};
  std::string summary = {};                   ///< one line, for lists
  std::vector<std::string> description = {};  ///< paragraphs
  std::vector<Argument> arguments = {};
  std::vector<Option> options = {};  ///< its own; shared ones follow from `uses`
  unsigned uses = kAnyVerb;          ///< Uses, or-ed together
  std::vector<Example> examples = {};
  void (*run)(const Arguments&, Console&) = nullptr;
};

/// The verbs in the order help shows them.
const std::vector<Verb>& verb_table();
/// Null if there is none of that name.
const Verb* find_verb(const std::string& name);

/// Every option of a verb, grouped in the order help shows them: its own, then those it shares.
std::vector<Option> options_of(const Verb& verb);

/// "hourglass detect [MODEL] DATA [options]"
std::string synopsis(const Verb& verb);

Verb train_verb();
Verb info_verb();
Verb encode_verb();
Verb decode_verb();
Verb sample_verb();
Verb reconstruct_verb();
Verb detect_verb();
Verb denoise_verb();
Verb inpaint_verb();
Verb index_verb();
Verb search_verb();
Verb compare_verb();

}  // namespace hourglass::cli
