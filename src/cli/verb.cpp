#include "cli/verb.h"

#include <algorithm>

#include "cli/common_options.h"

namespace hourglass::cli {

const std::vector<Verb>& verb_table() {
  static const std::vector<Verb> table = {train_verb(),  info_verb(),    encode_verb(),
                                          decode_verb(), sample_verb(),  reconstruct_verb(),
                                          detect_verb(), denoise_verb(), inpaint_verb(),
                                          index_verb(),  search_verb(),  compare_verb()};
  return table;
}

const Verb* find_verb(const std::string& name) {
  const auto& table = verb_table();
  const auto found = std::ranges::find(table, name, &Verb::name);
  return found == table.end() ? nullptr : &*found;
}

std::vector<Option> options_of(const Verb& verb) {
  std::vector<Option> options = verb.options;
  const auto add = [&](const Option& option) {
    if (std::ranges::find(options, option.name, &Option::name) == options.end()) {
      options.push_back(option);
    }
  };
  if ((verb.uses & kLearns) != 0) {
    for (const Option& option : setting_options()) add(option);
  }
  for (const Option& option : common_options()) {
    if (option.uses == kAnyVerb || (option.uses & verb.uses) != 0) add(option);
  }
  // Options of one group stand together, groups in the order they first appear in the list above
  // save that what every verb has comes last.
  std::vector<std::string> groups;
  for (const Option& option : options) {
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  }
  std::ranges::stable_sort(options, {}, [&](const Option& option) {
    return std::ranges::find(groups, option.group) - groups.begin();
  });
  return options;
}

std::string synopsis(const Verb& verb) {
  std::string line = "hourglass " + verb.name;
  for (const Argument& argument : verb.arguments) {
    line += argument.optional ? " [" + argument.name + "]" : " " + argument.name;
  }
  for (const Option& option : verb.options) {
    if (option.short_name == "-o") line += " -o " + option.value;
  }
  return line + " [options]";
}

}  // namespace hourglass::cli
