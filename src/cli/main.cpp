#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/generate.h"
#include "cli/help.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "cli/verb.h"

namespace hourglass::cli {
namespace {

constexpr int kFailed = static_cast<int>(ErrorKind::kFailed);

int report(const std::string& message, int code) {
  std::fprintf(stderr, "hourglass: %s\n", one_line(message).c_str());
  return code;
}

int printed(const std::string& text) {
  print(text);
  return 0;
}

std::string version_text() { return "hourglass " + version() + "\n" + describe_machine(); }

[[noreturn]] void unknown_verb(const std::string& word) {
  if (word.starts_with('-')) {
    usage_error("the verb comes first, before " + word + ": hourglass --help lists the verbs");
  }
  std::vector<std::string> names;
  for (const Verb& verb : verb_table()) names.push_back(verb.name);
  const std::string nearest = nearest_name(word, names);
  usage_error(
      "unknown verb '" + word + "': " +
      (nearest.empty() ? "hourglass --help lists the verbs" : "did you mean " + nearest + "?"));
}

int run_verb(const Verb& verb, const std::vector<std::string>& words) {
  const Arguments arguments = Arguments::parse(verb, words);
  if (arguments.has("--help")) return printed(verb_help(verb));
  if (arguments.has("--version")) return printed(version_text());
  Console console(arguments.has("--quiet"), arguments.has("--json"));
  verb.run(arguments, console);
  return printed(console.output());
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) usage_error("name a verb: hourglass --help lists them");
  const std::string& first = words[0];
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (const Verb* verb = find_verb(first)) return run_verb(*verb, rest);
  if (first == "--help" || first == "-h" || first == "help") {
    const Verb* verb = rest.empty() ? nullptr : find_verb(rest[0]);
    if (!rest.empty() && verb == nullptr) unknown_verb(rest[0]);
    return printed(verb == nullptr ? general_help() : verb_help(*verb));
  }
  if (first == "--version") return printed(version_text());
  // Not in help: the build calls it.
  if (first == "--generate" && rest.size() == 1) {
    generate_files(rest[0]);
    return 0;
  }
  unknown_verb(first);
}

int exit_code(ErrorKind kind) {
  if (kind != ErrorKind::kInterrupted) return static_cast<int>(kind);
  return 128 + (received_signal() != 0 ? received_signal() : SIGINT);
}

int guarded(const std::vector<std::string>& words) {
  try {
    return run(words);
  } catch (const Error& error) {
    return report(error.what(), exit_code(error.kind()));
  } catch (const ClosedPipe&) {
    // No error, yet no success either: the code is that of a process ended by SIGPIPE.
    return 128 + SIGPIPE;
  } catch (const std::bad_alloc&) {
    return report("not enough memory: give fewer rows or columns, or a smaller network or batch",
                  kFailed);
  } catch (const std::exception& error) {
    return report(std::string("this should not have happened, please report it: ") + error.what(),
                  kFailed);
  }
}

}  // namespace
}  // namespace hourglass::cli

int main(int argc, char** argv) {
  hourglass::cli::install_signal_handlers();
  return hourglass::cli::guarded(std::vector<std::string>(argv + 1, argv + argc));
}
