#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/generate.h"

namespace hourglass::cli {
namespace {

/// Inside single quotes of zsh, within a spec of _arguments or _describe.
std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
    } else if (c == ':' || c == '[' || c == ']' || c == '\\') {
      escaped += '\\';
      escaped += c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string action(const Option& option) {
  if (option.value.empty()) return "";
  const std::string message = fmt::format(":{}:", quoted(option.value));
  if (!option.choices.empty()) {
    return fmt::format("{}({})", message, fmt::join(option.choices, " "));
  }
  return message + (option.completes == Completes::kFile ? "_files" : " ");
}

std::string spec(const Option& option, const std::string& name, const char* joint) {
  return fmt::format("        '{}{}{}[{}]{}' \\\n", option.repeatable ? "*" : "", name,
                     option.value.empty() ? "" : joint, quoted(option.description), action(option));
}

std::string verb_case(const Verb& verb) {
  std::string specs;
  for (const Option& option : options_of(verb)) {
    specs += spec(option, option.name, "=");
    if (!option.short_name.empty()) specs += spec(option, option.short_name, "+");
  }
  return fmt::format("    {})\n      _arguments \\\n{}        '*:file:_files' ;;\n", verb.name,
                     specs);
}

}  // namespace

std::string zsh_completion() {
  std::string verbs;
  std::string cases;
  for (const Verb& verb : verb_table()) {
    verbs += fmt::format("    '{}:{}'\n", verb.name, quoted(verb.summary));
    cases += verb_case(verb);
  }
  return "#compdef hourglass\n"
         "# zsh completion of hourglass; generated from its table of verbs.\n"
         "_hourglass() {\n"
         "  local context curcontext=\"$curcontext\" state line\n"
         "  typeset -A opt_args\n"
         "  local -a verbs\n"
         "  verbs=(\n" +
         verbs +
         "  )\n"
         "  _arguments -C '(- *)--help[Print help and stop.]' "
         "'(- *)--version[Print the version and stop.]' '1:verb:->verb' '*::argument:->rest'\n"
         "  case $state in\n"
         "  verb) _describe verb verbs ;;\n"
         "  rest)\n"
         "    case $words[1] in\n" +
         cases +
         "    esac ;;\n"
         "  esac\n"
         "}\n"
         "_hourglass \"$@\"\n";
}

}  // namespace hourglass::cli
