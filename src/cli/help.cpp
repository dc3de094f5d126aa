#include "cli/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <hourglass/hourglass.h>

#include "cli/text.h"

namespace hourglass::cli {

const std::vector<ExitCode>& exit_codes() {
  static const std::vector<ExitCode> table = {
      {"0", "done"},
      {"1", "failed while running: a full disk, training that diverged"},
      {"2", "wrong usage: an option or a setting that makes no sense"},
      {"3", "bad data: a missing or broken file, data that does not fit the model"},
      {"4", "bad model: a missing or broken model file"},
      {"130, 143", "interrupted by Ctrl-C or a request to terminate; a --run is saved"},
  };
  return table;
}

std::string option_usage(const Option& option) {
  std::string usage = option.short_name.empty() ? "" : option.short_name + ", ";
  usage += option.name;
  return option.value.empty() ? usage : usage + " " + option.value;
}

std::string option_facts(const Option& option) {
  std::vector<std::string> facts;
  if (!option.choices.empty()) facts.push_back(fmt::format("{}", fmt::join(option.choices, ", ")));
  if (!option.range.empty()) facts.push_back("in " + option.range);
  if (!option.default_text.empty()) facts.push_back("default: " + option.default_text);
  return fmt::format("{}", fmt::join(facts, "; "));
}

std::string general_help() {
  std::string text =
      "hourglass learns the shape of data without labels and finds what does not fit.\n\n"
      "Usage: hourglass VERB [arguments] [options]\n\nVerbs:\n";
  for (const Verb& verb : verb_table()) {
    text += "  " + padded(verb.name, 12) + verb.summary + "\n";
  }
  text += "\nExamples:\n";
  for (const Verb& verb : verb_table()) {
    if (verb.name != "train" && verb.name != "detect") continue;
    text += wrapped(verb.examples.front().explanation + ":", 2);
    text += "    " + verb.examples.front().command + "\n";
  }
  text += "\nFamilies of autoencoders (--family):\n";
  for (const auto& [name, sentence] : family_table()) {
    const std::string block = wrapped(sentence, 16);
    text += "  " + padded(name, 14) + block.substr(std::min<std::size_t>(16, block.size()));
  }
  text += "\nExit codes:\n";
  for (const ExitCode& code : exit_codes()) {
    text += "  " + padded(code.code, 12) + code.meaning + "\n";
  }
  return text +
         "\n`hourglass VERB --help` tells all about one verb; `hourglass --version` tells which\n"
         "arithmetic this machine gets.\n";
}

std::string verb_help(const Verb& verb) {
  std::string text =
      fmt::format("{}\n\nUsage: {}\n\n", wrapped(verb.summary + ".", 0), synopsis(verb));
  text.erase(text.find('\n'), 1);
  for (const std::string& paragraph : verb.description) text += wrapped(paragraph, 0) + "\n";
  text += "Arguments:\n";
  for (const Argument& argument : verb.arguments) {
    const std::string block = wrapped(argument.description, 12);
    text += "  " + padded(argument.name, 10) + block.substr(12);
  }
  std::string group;
  for (const Option& option : options_of(verb)) {
    if (option.group != group) text += "\n" + (group = option.group) + ":\n";
    text += "  " + option_usage(option) + "\n" + wrapped(option.description, 6);
    const std::string facts = option_facts(option);
    if (!facts.empty()) text += wrapped("(" + facts + ")", 6);
  }
  text += "\nExamples:\n";
  for (const Example& example : verb.examples) {
    text += wrapped(example.explanation + ":", 2) + "    " + example.command + "\n";
  }
  return text;
}

}  // namespace hourglass::cli
