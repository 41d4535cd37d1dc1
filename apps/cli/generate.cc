#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string prompt;
  GenerationOptions how;
};

int run(const Options& options, const Common& common, Context& context) {
  check(options.how);
  const LanguageModel model = LanguageModel::load(resolve_model(common.model).path, precision_from(common.precision), context);
  const auto ids = generate_tokens(model, options.prompt, options.how, {}, context);
  const std::string text = model.tokenizer().decode(ids);
  if (common.json) {
    print_json({{"model", model.name()}, {"prompt", options.prompt}, {"text", text}, {"ids", ids}, {"seed", context.seed}});
  } else {
    print(options.prompt + text + "\n");
  }
  return 0;
}

}  // namespace

Run add_generate(CLI::App& verb, Common& common) {
  auto o = std::make_shared<Options>();
  verb.add_option("prompt", o->prompt, "How the text begins; may be empty")->type_name("TEXT");
  verb.add_option("-n,--tokens", o->how.n_tokens, "At most so many tokens")->capture_default_str()->type_name("N");
  verb.add_option("--temperature", o->how.temperature, "0: always the likeliest token; 1: as the model says")
      ->capture_default_str()
      ->type_name("X");
  verb.add_option("-k,--top-k", o->how.top_k, "Drawn from the k likeliest; 0: from all")->capture_default_str()->type_name("N");
  verb.add_option("--top-p", o->how.top_p, "And of those from the fewest that hold this share")->capture_default_str()->type_name("X");
  add_model_options(verb, common);
  return [o, &common](Context& context) { return run(*o, common, context); };
}

}  // namespace akin::cli
