#include "cli/common_options.h"

#include <hourglass/hourglass.h>

namespace hourglass::cli {
namespace {

constexpr const char* kLearningGroup = "What to learn";
constexpr const char* kDataGroup = "Reading data";
constexpr const char* kGeneralGroup = "General";

/// "adam, adamw, sgd" → {"adam", "adamw", "sgd"}
std::vector<std::string> split_choices(const std::string& text) {
  std::vector<std::string> choices;
  std::string word;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!word.empty()) choices.push_back(word);
      word.clear();
    } else if (c != ' ') {
      word += c;
    }
  }
  return choices;
}

/// What stands for a setting's value in help.
std::string placeholder(const SettingInfo& setting) {
  if (!setting.choices.empty()) return "NAME";
  if (setting.type == "list of integers") return "N,N,...";
  if (setting.type == "integer") return "N";
  if (setting.type == "number") return "X";
  if (setting.type == "list of entries") return "NAME:LEVEL";
  if (setting.type == "true or false") return "BOOL";
  return "VALUE";
}

std::string heading(const std::string& setting_group) {
  std::string text = setting_group;
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text == "Data" ? kDataGroup : text;
}

}  // namespace

const std::vector<Option>& common_options() {
  static const std::vector<Option> table = {
      {.name = "--config",
       .value = "FILE.toml",
       .description = "Read settings from a TOML file; flags and --set overrule it.",
       .group = kLearningGroup,
       .uses = kLearns,
       .repeatable = true,
       .completes = Completes::kFile},
      {.name = "--set",
       .value = "KEY=VALUE",
       .description = "Give any setting by its key; of several, the last one counts.",
       .group = kLearningGroup,
       .uses = kLearns,
       .repeatable = true},
      {.name = "--noise",
       .value = "NAME:LEVEL",
       .description =
           "The same as --corrupt. With --for denoise on pictures, strengths that are values "
           "are levels of 8 bits: gaussian:25 is 25/255 of the range (see noise_unit). For sound: "
           "white.",
       .group = "Corruption",
       .setting = "corrupt",
       .uses = kLearns,
       .repeatable = true,
       .adds_up = true},
      {.name = "--noisy",
       .value = "FOLDER",
       .description =
           "The same pictures with the noise they came with, a file of the same name for "
           "each: these are seen, and those of DATA are to be given back.",
       .group = "Corruption",
       .setting = "noisy_from",
       .uses = kLearns,
       .completes = Completes::kFile},
      {.name = "--labels",
       .value = "NAME-or-FILE",
       .description = "Labels to evaluate with, never to learn from: a column, an array in the "
                      ".npz, or a file. A column is left out of the features.",
       .group = kDataGroup,
       .uses = kEvaluates,
       .completes = Completes::kFile},
      {.name = "--key",
       .value = "NAME",
       .description = "The array to take from an .npz.",
       .group = kDataGroup,
       .default_text = "X",
       .uses = kReadsData},
      {.name = "--columns",
       .value = "A,B,...",
       .description = "Keep these columns alone.",
       .group = kDataGroup,
       .uses = kReadsColumns,
       .repeatable = true},
      {.name = "--drop",
       .value = "A,B,...",
       .description = "Leave these columns out.",
       .group = kDataGroup,
       .uses = kReadsColumns,
       .repeatable = true},
      {.name = "--time",
       .value = "NAME",
       .description = "The column that says when each row was: no feature, but the rows must be in "
                      "its order (numbers, or dates that begin with the year). detect tells "
                      "it beside each score.",
       .group = kDataGroup,
       .uses = kReadsColumns},
      {.name = "--categorical",
       .value = "A,B,...",
       .description = "Read these columns as categories even if they look like numbers.",
       .group = kDataGroup,
       .uses = kReadsColumns,
       .repeatable = true},
      {.name = "--numeric",
       .value = "A,B,...",
       .description = "Read these columns as numbers; any other cell in them is an error.",
       .group = kDataGroup,
       .uses = kReadsColumns,
       .repeatable = true},
      {.name = "--missing",
       .value = "HOW",
       .description = "What happens to rows with empty cells, NaN or Inf: refuse them, leave the "
                      "holes out of the error (impute), or leave the rows out (drop).",
       .group = kDataGroup,
       .default_text = "error",
       .choices = {"error", "impute", "drop"},
       .uses = kReadsColumns},
      {.name = "--member",
       .value = "N",
       .description = "Which autoencoder of an ensemble, counted from 0.",
       .group = kGeneralGroup,
       .default_text = "0",
       .range = "[0, 255]",
       .uses = kHasCodes},
      {.name = "--seed",
       .value = "N",
       .description = "Where every random number starts; the same seed gives the same result. "
                      "Verbs that draw none take it and ignore it.",
       .group = kGeneralGroup,
       .default_text = "0",
       .uses = kReadsData | kDraws},
      {.name = "--threads",
       .value = "N",
       .description = "Threads to compute with; results do not depend on it.",
       .group = kGeneralGroup,
       .default_text = "all this process may use",
       .range = "[1, 1024]",
       .uses = kComputes},
      {.name = "--json",
       .description = "Print the result as one JSON object.",
       .group = kGeneralGroup},
      {.name = "--quiet",
       .description = "No progress, notes or summary; warnings and errors stay.",
       .group = kGeneralGroup},
      {.name = "--version", .description = "Print the version and stop.", .group = kGeneralGroup},
      {.name = "--help",
       .short_name = "-h",
       .description = "Print this help and stop.",
       .group = kGeneralGroup},
  };
  return table;
}

const std::vector<Option>& setting_options() {
  static const std::vector<Option> table = [] {
    std::vector<Option> options;
    for (const SettingInfo& setting : setting_table()) {
      if (setting.flag.empty()) continue;
      Option option{.name = setting.flag,
                    .value = placeholder(setting),
                    .description = setting.description,
                    .group = heading(setting.group),
                    .default_text = setting.default_text,
                    .range = setting.range,
                    .choices = split_choices(setting.choices),
                    .setting = setting.key,
                    .uses = kLearns,
                    .repeatable = true,
                    .adds_up = setting.adds_up};
      options.push_back(option);
    }
    return options;
  }();
  return table;
}

}  // namespace hourglass::cli
