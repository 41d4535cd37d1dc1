#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string file, collection;
  ExportOptions side;
};

int run(const Options& options, const Common& common, Context& context) {
  const ExportReport report = export_vectors(collection_to_read(options.collection), options.file, options.side, context);
  if (common.json) {
    print_json({{"file", options.file}, {"n_vectors", report.n_vectors}, {"dim", report.dim}, {"seconds", report.seconds}});
  } else {
    print(options.file + ": " + bold(grouped(report.n_vectors) + " vectors") + " of " + grouped(report.dim) + " numbers in " +
          seconds_text(report.seconds) + "\n");
  }
  return 0;
}

}  // namespace

Run add_export(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("file", options->file, "Where to: .npy, .fvecs, .safetensors, or .jsonl with ids, texts and metadata")
      ->type_name("FILE")
      ->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  verb.add_option("--ids", options->side.ids, "Also a file of ids, a line a row")->type_name("FILE");
  verb.add_option("--metadata", options->side.metadata, "Also a JSONL file, an object a row: document, place, text, metadata")
      ->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
