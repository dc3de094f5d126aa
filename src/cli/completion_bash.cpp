#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/generate.h"

namespace hourglass::cli {
namespace {

/// "--output|-o": a pattern of bash's case.
std::string pattern(const Option& option) {
  return option.short_name.empty() ? option.name : option.name + "|" + option.short_name;
}

// What may follow an option: one of its choices, a file (bash's default when nothing is offered),
// or something that only the user knows.
std::string value_case(const Option& option) {
  if (option.value.empty()) return "";
  if (!option.choices.empty()) {
    return fmt::format("        {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                       pattern(option), fmt::join(option.choices, " "));
  }
  const char* files = option.completes == Completes::kFile ? "" : "compopt +o default; ";
  return fmt::format("        {}) {}return ;;\n", pattern(option), files);
}

std::string verb_case(const Verb& verb) {
  std::string values;
  std::vector<std::string> names;
  for (const Option& option : options_of(verb)) {
    values += value_case(option);
    names.push_back(option.name);
  }
  return fmt::format("    {})\n      case \"$before\" in\n{}      esac\n      names='{}' ;;\n",
                     verb.name, values, fmt::join(names, " "));
}

}  // namespace

std::string bash_completion() {
  std::string verbs;
  std::string cases;
  for (const Verb& verb : verb_table()) {
    verbs += verb.name + " ";
    cases += verb_case(verb);
  }
  return "# bash completion of hourglass; generated from its table of verbs.\n"
         "_hourglass() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} names=\n"
         "  COMPREPLY=()\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         verbs +
         "--help --version' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac\n"
         "  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$names\" -- \"$word\")); fi\n"
         "}\n"
         "complete -o default -F _hourglass hourglass\n";
}

}  // namespace hourglass::cli
