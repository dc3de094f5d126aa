#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <hourglass/hourglass.h>

#include "cli/verb.h"

namespace hourglass::cli {

/// A parsed command line of one verb.
class Arguments {
 public:
  /// Throws ErrorKind::kUsage: an option the verb does not have (naming the nearest), a value that
  /// is missing or not among an option's choices, too few or too many arguments.
  static Arguments parse(const Verb& verb, const std::vector<std::string>& words);

  const Verb& verb() const { return *verb_; }
  /// What was parsed.
  const std::vector<std::string>& words() const { return words_; }

  bool has(const std::string& option) const { return values_.contains(option); }
  /// The last value given, or `fallback`.
  std::string text(const std::string& option, const std::string& fallback = "") const;
  /// Every value given, in order.
  std::vector<std::string> all(const std::string& option) const;
  /// The same with each value split at commas.
  std::vector<std::string> list(const std::string& option) const;
  /// The last value as a number within [low, high]; throws ErrorKind::kUsage.
  std::int64_t integer(const std::string& option, std::int64_t fallback, std::int64_t low,
                       std::int64_t high) const;
  double number(const std::string& option, double fallback) const;

  /// By the argument's name; empty if it was optional and left out.
  std::string positional(const std::string& name) const;

  /// The settings that flags and --set gave, in the order they stood on the command line.
  const Settings& settings() const { return settings_; }

 private:
  void take_option(const Option& option, const std::string& value);
  void take_positionals(const std::vector<std::string>& words);

  const Verb* verb_ = nullptr;
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>> values_;
  std::map<std::string, std::string> positionals_;
  Settings settings_;
};

}  // namespace hourglass::cli
