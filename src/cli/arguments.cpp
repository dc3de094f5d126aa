#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/nearest.h"

namespace hourglass::cli {
namespace {

[[noreturn]] void unknown_option(const Verb& verb, const std::vector<Option>& options,
                                 const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(option.name);
  const std::string nearest = nearest_name(name, names);
  if (!nearest.empty()) {
    usage_error(fmt::format("unknown option {}: did you mean {}?", name, nearest));
  }
  for (const Verb& other : verb_table()) {
    const auto others = options_of(other);
    if (std::ranges::find(others, name, &Option::name) != others.end()) {
      usage_error(fmt::format("{} has no option {}; {} has it", verb.name, name, other.name));
    }
  }
  usage_error(fmt::format("unknown option {}: hourglass {} --help lists them", name, verb.name));
}

void check_choice(const Option& option, const std::string& value) {
  if (option.choices.empty() || std::ranges::find(option.choices, value) != option.choices.end()) {
    return;
  }
  const std::string nearest = nearest_name(value, option.choices);
  usage_error(fmt::format("{} cannot be '{}': {}", option.name, value,
                          nearest.empty()
                              ? fmt::format("choose from {}", fmt::join(option.choices, ", "))
                              : fmt::format("did you mean {}?", nearest)));
}

// A word that is itself an option was not meant as the value of the one before it.
void check_is_value(const std::vector<Option>& options, const Option& option,
                    const std::string& value) {
  if (value.empty()) usage_error(fmt::format("{} needs a value, not nothing", option.name));
  if (std::ranges::find(options, value, &Option::name) != options.end()) {
    usage_error(fmt::format("{} needs a value ({}) before {}", option.name, option.value, value));
  }
}

}  // namespace

Arguments Arguments::parse(const Verb& verb, const std::vector<std::string>& words) {
  const std::vector<Option> options = options_of(verb);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::map<const CLI::Option*, const Option*> known;
  for (const Option& option : options) {
    const std::string names =
        option.short_name.empty() ? option.name : option.short_name + "," + option.name;
    CLI::Option* added = option.value.empty() ? app.add_flag(names) : app.add_option(names);
    added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    known[added] = &option;
  }

  try {
    // CLI11 takes its words from the back.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    usage_error(fmt::format("{} needs a value", text.substr(0, text.find(':'))));
  } catch (const CLI::ParseError& error) {
    usage_error(error.what());
  }

  Arguments arguments;
  arguments.verb_ = &verb;
  arguments.words_ = words;
  std::vector<std::string> positionals;
  bool only_positionals = false;  // after "--"
  for (const std::string& word : app.remaining()) {
    if (word == "--") {
      only_positionals = true;
    } else if (!only_positionals && word.size() > 1 && word[0] == '-') {
      unknown_option(verb, options, word);
    } else {
      positionals.push_back(word);
    }
  }
  // parse_order() names an option once for each time it was given; its values lie in that order.
  std::map<const CLI::Option*, std::size_t> taken;
  for (const CLI::Option* given : app.parse_order()) {
    const Option& option = *known.at(given);
    const std::string& value = given->results().at(taken[given]++);
    if (!option.value.empty()) check_is_value(options, option, value);
    arguments.take_option(option, value);
  }
  // A plea for help needs no arguments.
  if (!arguments.has("--help") && !arguments.has("--version")) {
    arguments.take_positionals(positionals);
  }
  return arguments;
}

void Arguments::take_option(const Option& option, const std::string& value) {
  if (option.value.empty() && value != "true") return;  // --json=false
  check_choice(option, value);
  values_[option.name].push_back(value);
  if (!option.setting.empty()) {
    const auto given = std::find_if(settings_.rbegin(), settings_.rend(), [&](const auto& setting) {
      return setting.first == option.setting;
    });
    if (option.adds_up && given != settings_.rend()) {
      *given = parse_setting(option.setting + "=" + given->second + "," + value);
      return;
    }
    settings_.push_back(parse_setting(option.setting + "=" + value));
  } else if (option.name == "--set") {
    settings_.push_back(parse_setting(value));
  }
}

// With fewer words than arguments it is the optional ones, from the left, that were left out.
void Arguments::take_positionals(const std::vector<std::string>& words) {
  const std::vector<Argument>& expected = verb_->arguments;
  const auto required =
      static_cast<std::size_t>(std::ranges::count(expected, false, &Argument::optional));
  if (words.size() > expected.size()) {
    usage_error(
        fmt::format("'{}' is one argument too many: {}", words[expected.size()], synopsis(*verb_)));
  }
  if (words.size() < required) {
    std::size_t missing = words.size();
    for (const Argument& argument : expected) {
      if (argument.optional) continue;
      if (missing-- == 0) {
        usage_error(fmt::format("{} is missing: {}", argument.name, synopsis(*verb_)));
      }
    }
  }
  std::size_t to_skip = expected.size() - words.size();
  std::size_t next = 0;
  for (const Argument& argument : expected) {
    if (argument.optional && to_skip > 0) {
      --to_skip;
    } else {
      positionals_[argument.name] = words[next++];
    }
  }
}

std::string Arguments::text(const std::string& option, const std::string& fallback) const {
  const auto found = values_.find(option);
  return found == values_.end() ? fallback : found->second.back();
}

std::vector<std::string> Arguments::all(const std::string& option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::vector<std::string> Arguments::list(const std::string& option) const {
  std::vector<std::string> parts;
  for (const std::string& value : all(option)) {
    for (std::size_t begin = 0; begin <= value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      if (end > begin) parts.push_back(value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return parts;
}

std::int64_t Arguments::integer(const std::string& option, std::int64_t fallback, std::int64_t low,
                                std::int64_t high) const {
  if (!has(option)) return fallback;
  const std::string value = text(option);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < low || number > high) {
    usage_error(
        fmt::format("{} takes a whole number from {} to {}, not '{}'", option, low, high, value));
  }
  return number;
}

double Arguments::number(const std::string& option, double fallback) const {
  if (!has(option)) return fallback;
  const std::string value = text(option);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) {
    usage_error(fmt::format("{} takes a number, not '{}'", option, value));
  }
  return number;
}

std::string Arguments::positional(const std::string& name) const {
  const auto found = positionals_.find(name);
  return found == positionals_.end() ? "" : found->second;
}

}  // namespace hourglass::cli
