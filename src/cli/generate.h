#pragma once

#include <string>

#include "cli/verb.h"

namespace hourglass::cli {

/// hourglass.1 and hourglass-VERB.1, in roff.
std::string general_manual();
std::string verb_manual(const Verb& verb);

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

/// Writes all of the above under `folder`: man1/, bash/hourglass, zsh/_hourglass,
/// fish/hourglass.fish. What the build calls as `hourglass --generate FOLDER`.
void generate_files(const std::string& folder);

}  // namespace hourglass::cli
