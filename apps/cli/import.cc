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
  ImportOptions import;
};

int run(const Options& options, const Common& common, Context& context) {
  const ImportReport report = import_vectors(options.file, collection_to_write(options.collection), options.import, context);
  if (common.json) {
    print_json({{"collection", report.collection.string()},
                {"model", report.model},
                {"fingerprint", report.fingerprint},
                {"metric", report.metric},
                {"dim", report.dim},
                {"n_vectors", report.n_vectors},
                {"n_texts", report.n_texts},
                {"n_documents", report.n_documents},
                {"graph_failure", report.graph_failure},
                {"seconds", report.seconds}});
    return 0;
  }
  print(bold(grouped(report.n_vectors) + " vectors") + " of " + grouped(report.dim) + " numbers, " + grouped(report.n_texts) +
        " with texts, imported in " + seconds_text(report.seconds) + "\n");
  print(shown_path(report.collection.string()) + ": " + grouped(report.n_documents) + " documents of '" + report.model + "', compared by " +
        report.metric + "\n");
  return 0;
}

}  // namespace

Run add_import(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("file", options->file,
                  "Vectors, a row each: .npy, .fvecs, .ivecs, .bvecs, .safetensors, or .jsonl with 'id', 'vector', 'text'")
      ->type_name("FILE")
      ->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above, else a new .akin here")
      ->type_name("DIR");
  verb.add_option("--space", options->import.space,
                  "A name for the space the vectors live in, where the file does not say which model made them")
      ->type_name("NAME");
  verb.add_option_function<std::string>(
          "--metric",
          [options](const std::string& value) {
            check_choice("--metric", value, {"cosine", "dot", "euclidean"});
            options->import.metric = value;
          },
          "How they are compared: cosine, dot or euclidean")
      ->type_name("NAME");
  verb.add_option("--ids", options->import.ids, "A file with a line a row")->type_name("FILE");
  verb.add_option("--metadata", options->import.metadata, "JSONL with an object a row: 'text' is the row's text, the rest metadata")
      ->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
