// akin: the command. Declares the verbs, runs one, turns errors into one line on standard error and an exit code:
// 0 done, 1 the work failed, 2 called wrongly, 130 interrupted by Ctrl-C (143 by SIGTERM).
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "akin/akin.h"
#include "akin/base/error.h"
#include "command.h"
#include "interrupt.h"
#include "suggest.h"
#include "terminal.h"

namespace akin::cli {
namespace {

constexpr int kDone = 0, kFailed = 1, kUsage = 2, kSignalBase = 128;

// A message on one line, whatever was inside it (a file name with a line end, a library's text). What shows a place in a text, in lines
// that begin with two spaces, is for people.
std::string one_line(std::string text) {
  const std::size_t shown = text.find("\n  ");
  if (shown != std::string::npos && stderr_is_terminal()) return text;
  text.resize(std::min(text.size(), shown));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

int fail(int code, const std::string& message) {
  print_error_line("akin: error: " + one_line(message));
  return code;
}

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.emplace_back(verb.name);
  return names;
}

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string help_hint(const CLI::App* verb) {
  return " (see 'akin " + (verb != nullptr ? verb->get_name() + " " : std::string()) + "--help')";
}

// What CLI11 found wrong, said better where it can be: unknown options first, as they are often the cause of the rest.
std::string explain(const CLI::ParseError& error, const CLI::App* verb) {
  if (verb != nullptr) {
    for (const std::string& word : verb->remaining()) {
      const std::string name = word.substr(0, word.find('='));
      if (name.size() > 1 && name.front() == '-')
        return verb->get_name() + ": unknown option '" + name + "'" + did_you_mean(name, option_names(*verb)) + help_hint(verb);
    }
    if (error.get_name() == "ExtrasError" && !verb->remaining().empty())
      return verb->get_name() + ": unexpected argument '" + verb->remaining().front() + "'" + help_hint(verb);
    return verb->get_name() + ": " + error.what() + help_hint(verb);
  }
  return error.what() + help_hint(nullptr);
}

struct Program {
  CLI::App app{"Texts and documents into vectors, and search that finds them.", "akin"};
  Common common;
  std::vector<std::pair<CLI::App*, Run>> runs;

  Program() {
    app.set_version_flag("--version", "akin " + std::string(version()), "Print the version and stop");
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.footer(
        "'akin VERB --help' says more and gives an example.\n"
        "Exit codes: 0 done, 1 the work failed, 2 called wrongly, 130 interrupted. Docs: docs/guides/getting-started.md");
    for (const Verb& entry : verbs()) {
      CLI::App* verb = app.add_subcommand(entry.name, entry.summary);
      verb->footer("Example:\n  " + std::string(entry.example));
      Run run = entry.add(*verb, common);
      verb->add_flag("--json", common.json, "Print JSON for machines");
      verb->add_option("-t,--threads", common.threads, "Threads; 0 means every CPU")->type_name("N")->check(CLI::Range(0, 1024));
      verb->add_option("--seed", common.seed, "Of everything random")->type_name("N");
      verb->add_flag("-v,--verbose", common.verbose, "Say more on standard error");
      runs.emplace_back(verb, std::move(run));
    }
  }

  [[nodiscard]] const CLI::App* parsed_verb() const {
    const auto found = app.get_subcommands();
    return found.empty() ? nullptr : found.front();
  }

  int run_verb() {
    Context context(common.threads, progress_bar());
    context.seed = common.seed;
    context.log = log_to_stderr(common.verbose);
    const InterruptScope interrupts(context.cancel);
    for (const auto& [verb, run] : runs) {
      if (!verb->parsed()) continue;
      const int code = run(context);
      finish_output();
      return code;
    }
    return kUsage;
  }
};

int run_guarded(Program& program) {
  const CLI::App* verb = program.parsed_verb();
  const auto told = [prefix = verb != nullptr ? verb->get_name() + ": " : std::string()](const std::string& message) {
    return message.starts_with(prefix) ? message : prefix + message;  // an algorithm may have the verb's name
  };
  try {
    return program.run_verb();
  } catch (const UsageError& error) {
    return fail(kUsage, told(error.what()) + help_hint(verb));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      const int signal = interrupt_signal();
      return fail(signal != 0 ? kSignalBase + signal : kFailed, told(error.what()));
    }
    return fail(error.code() == ErrorCode::invalid_argument ? kUsage : kFailed, told(error.what()));
  } catch (const std::bad_alloc&) {
    return fail(kFailed, told("not enough memory"));
  } catch (const std::exception& error) {
    return fail(kFailed, told(error.what()));
  }
}

int run_program(int argc, char** argv) {
  Program program;
  if (argc > 1 && argv[1][0] != '-') {
    const std::vector<std::string> names = verb_names();
    const std::string given = argv[1];
    if (std::find(names.begin(), names.end(), given) == names.end())
      return fail(kUsage, "no verb '" + given + "'" + did_you_mean(given, names) + help_hint(nullptr));
  }
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    program.app.exit(success);  // prints the help or the version
    return std::fflush(stdout) == 0 ? kDone : fail(kFailed, "standard output: cannot write");
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, explain(error, program.parsed_verb()));
  } catch (const UsageError& error) {
    return fail(kUsage, error.what() + help_hint(program.parsed_verb()));
  }
  return run_guarded(program);
}

}  // namespace
}  // namespace akin::cli

int main(int argc, char** argv) {
  try {
    return akin::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    return akin::cli::fail(akin::cli::kFailed, error.what());
  }
}
