#include <algorithm>
#include <memory>

#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct VerbWords {
  std::string name, summary;
  std::vector<std::string> options;
};

std::vector<VerbWords> words_of(const CLI::App& app) {
  std::vector<VerbWords> all;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    VerbWords words{verb->get_name(), verb->get_description(), {}};
    const auto add_options = [&](const CLI::App& of) {
      for (const CLI::Option* option : of.get_options())
        for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
    };
    add_options(*verb);
    for (const CLI::App* kind : verb->get_subcommands([](const CLI::App*) { return true; })) add_options(*kind);
    std::sort(words.options.begin(), words.options.end());
    words.options.erase(std::unique(words.options.begin(), words.options.end()), words.options.end());
    all.push_back(std::move(words));
  }
  return all;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string bash_script(const std::vector<VerbWords>& verbs) {
  std::string names, cases;
  for (const VerbWords& verb : verbs) {
    names += (names.empty() ? "" : " ") + verb.name;
    cases += "    " + verb.name + ") options=" + quoted(joined(verb.options)) + " ;;\n";
  }
  return "_akin() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" options=''\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W " +
         quoted(names + " --help --version") +
         " -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac\n"
         "  case \"$word\" in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _akin akin\n";
}

std::string zsh_script(const std::vector<VerbWords>& verbs) {
  std::string names, cases;
  for (const VerbWords& verb : verbs) {
    names += "    " + quoted(verb.name + ":" + verb.summary) + "\n";
    cases += "    " + verb.name + ") compadd -- " + joined(verb.options) + " ;;\n";
  }
  return "#compdef akin\n"
         "_akin() {\n"
         "  local -a verbs\n"
         "  verbs=(\n" +
         names +
         "  )\n"
         "  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi\n"
         "  if [[ ${words[CURRENT]} != -* ]]; then _files; return; fi\n"
         "  case ${words[2]} in\n" +
         cases +
         "  esac\n"
         "}\n"
         "compdef _akin akin\n";
}

std::string fish_script(const std::vector<VerbWords>& verbs) {
  std::string out;
  for (const VerbWords& verb : verbs) {
    out += "complete -c akin -n __fish_use_subcommand -f -a " + verb.name + " -d " + quoted(verb.summary) + "\n";
    for (const std::string& option : verb.options)
      out += "complete -c akin -n '__fish_seen_subcommand_from " + verb.name + "' -l " + option.substr(2) + "\n";
  }
  return out;
}

}  // namespace

Run add_completions(CLI::App& verb, Common&) {
  auto shell = std::make_shared<std::string>();
  verb.add_option("shell", *shell, "bash, zsh or fish")->type_name("SHELL")->required();
  return [shell, app = &verb](Context&) {
    check_choice("SHELL", *shell, {"bash", "zsh", "fish"});
    const std::vector<VerbWords> verbs = words_of(*app->get_parent());
    print(*shell == "bash" ? bash_script(verbs) : *shell == "zsh" ? zsh_script(verbs) : fish_script(verbs));
    return 0;
  };
}

}  // namespace akin::cli
