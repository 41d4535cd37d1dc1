#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "out_name.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string model, out, type = "q8_0";
};

int run(const Options& options, const Common& common, Context& context) {
  check_choice("--type", options.type, {"q8_0", "f16", "f32"});
  if (!options.out.ends_with(".gguf")) throw UsageError("--out: '" + options.out + "' must end in .gguf");
  const LocalModel local = resolve_model(options.model);
  convert_to_gguf(local.path, options.out, options.type, context);
  const auto n_bytes = std::filesystem::file_size(options.out);
  if (common.json) {
    print_json({{"model", local.name}, {"out", options.out}, {"type", options.type}, {"bytes", n_bytes}});
  } else {
    print(options.out + ": " + options.type + ", " + bytes_text(n_bytes) + "\n");
  }
  return 0;
}

}  // namespace

Run add_convert(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("model", options->model, "A name, a model folder or a .gguf file")->type_name("MODEL")->required();
  verb.add_option("-o,--out", options->out, "The file to write")->type_name("FILE.gguf")->required()->check(not_stdout);
  verb.add_option("--type", options->type, "Of the matrices: q8_0, f16 or f32; vectors stay f32")->capture_default_str()->type_name("TYPE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
