#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "cli/generate.h"
#include "cli/help.h"

namespace hourglass::cli {
namespace {

/// Text that roff prints as it stands: no line may start with a control character, and a hyphen
/// stays the ASCII one that can be pasted into a shell.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  if (!escaped.empty() && (escaped[0] == '.' || escaped[0] == '\'')) escaped = "\\&" + escaped;
  return escaped;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

std::string title(const std::string& name) {
  return fmt::format(".TH {} 1 \"\" \"hourglass {}\" \"Hourglass manual\"\n", upper(roff(name)),
                     version());
}

std::string name_section(const std::string& name, const std::string& summary) {
  return fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(summary));
}

std::string entry(const std::string& term, const std::string& text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term), roff(text));
}

std::string option_entry(const Option& option) {
  const std::string facts = option_facts(option);
  return entry(option_usage(option),
               option.description + (facts.empty() ? "" : " (" + facts + ")"));
}

std::string example_entry(const Example& example) {
  return fmt::format(".PP\n{}:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(example.explanation),
                     roff(example.command));
}

std::string exit_section() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCode& code : exit_codes()) text += entry(code.code, code.meaning);
  return text;
}

}  // namespace

std::string general_manual() {
  std::string text = title("hourglass") +
                     name_section("hourglass", "learn the shape of data without labels") +
                     ".SH SYNOPSIS\n.B hourglass\n.I VERB\n[arguments] [options]\n"
                     ".SH DESCRIPTION\n" +
                     roff(
                         "Trains autoencoders on tables, arrays and images, and uses them to find "
                         "what does not fit, to compress and to reconstruct. Results go to "
                         "standard output or to the file given with -o; progress, notes and "
                         "warnings go to standard error. Output files appear whole or not at "
                         "all.") +
                     "\n.SH VERBS\n";
  for (const Verb& verb : verb_table()) {
    text += entry(verb.name, verb.summary + "; see hourglass-" + verb.name + "(1)");
  }
  text += ".SH FAMILIES\n";
  for (const auto& [name, sentence] : family_table()) text += entry(name, sentence);
  text += ".SH SETTINGS\n" +
          roff(
              "Keys of --set key=value and of a TOML file given with --config, where they may "
              "stand under the heading of their group.") +
          "\n";
  for (const SettingInfo& setting : setting_table()) {
    const std::string allowed = setting.choices.empty() ? setting.range : setting.choices;
    text += entry(fmt::format("{} ({})", setting.key, setting.group),
                  fmt::format("{} ({}{}; default: {})", setting.description, setting.type,
                              allowed.empty() ? "" : ": " + allowed, setting.default_text));
  }
  text += exit_section();
  text += ".SH ENVIRONMENT\n" + entry("NO_COLOR",
                                      "If set to anything, the progress bar is drawn "
                                      "without colour.");
  text += ".SH EXAMPLES\n";
  for (const Verb& verb : verb_table()) {
    if (!verb.examples.empty()) text += example_entry(verb.examples.front());
  }
  text += ".SH SEE ALSO\n";
  for (const Verb& verb : verb_table()) {
    text += fmt::format(".BR {} (1){}\n", roff("hourglass-" + verb.name),
                        &verb == &verb_table().back() ? "" : ",");
  }
  return text;
}

std::string verb_manual(const Verb& verb) {
  const std::string name = "hourglass-" + verb.name;
  std::string text = title(name) + name_section(name, verb.summary) + ".SH SYNOPSIS\n" +
                     roff(synopsis(verb)) + "\n.SH DESCRIPTION\n";
  for (std::size_t i = 0; i < verb.description.size(); ++i) {
    text += (i > 0 ? ".PP\n" : "") + roff(verb.description[i]) + "\n";
  }
  text += ".SH ARGUMENTS\n";
  for (const Argument& argument : verb.arguments) {
    text += entry(argument.name, argument.description);
  }
  text += ".SH OPTIONS\n";
  std::string group;
  for (const Option& option : options_of(verb)) {
    if (option.group != group) text += ".SS " + roff(group = option.group) + "\n";
    text += option_entry(option);
  }
  text += exit_section() + ".SH EXAMPLES\n";
  for (const Example& example : verb.examples) text += example_entry(example);
  return text + ".SH SEE ALSO\n.BR hourglass (1)\n";
}

}  // namespace hourglass::cli
