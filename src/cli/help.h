#pragma once

#include <string>

#include "cli/verb.h"

namespace hourglass::cli {

/// `hourglass --help`
std::string general_help();
/// `hourglass VERB --help`
std::string verb_help(const Verb& verb);

/// What a user may know about an option besides its description: "one of …; from …; default …".
std::string option_facts(const Option& option);
/// "-o, --output FILE"
std::string option_usage(const Option& option);

/// A number a process ends with and its meaning.
struct ExitCode {
  std::string code;
  std::string meaning;
};
const std::vector<ExitCode>& exit_codes();

}  // namespace hourglass::cli
