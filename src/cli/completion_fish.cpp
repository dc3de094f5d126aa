#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/generate.h"

namespace hourglass::cli {
namespace {

/// Inside single quotes of fish.
std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string line_for(const Verb& verb, const Option& option) {
  std::string line = fmt::format("complete -c hourglass -n '__fish_seen_subcommand_from {}' -l {}",
                                 verb.name, option.name.substr(2));
  if (!option.short_name.empty()) line += " -s " + option.short_name.substr(1);
  if (!option.choices.empty()) {
    line += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  } else if (option.completes == Completes::kFile) {
    line += " -r -F";
  } else if (!option.value.empty()) {
    line += " -x";
  }
  return line + fmt::format(" -d '{}'\n", quoted(option.description));
}

}  // namespace

std::string fish_completion() {
  std::string text = "# fish completion of hourglass; generated from its table of verbs.\n";
  for (const Verb& verb : verb_table()) {
    text += fmt::format("complete -c hourglass -n __fish_use_subcommand -f -a {} -d '{}'\n",
                        verb.name, quoted(verb.summary));
  }
  for (const Verb& verb : verb_table()) {
    for (const Option& option : options_of(verb)) text += line_for(verb, option);
  }
  return text;
}

}  // namespace hourglass::cli
