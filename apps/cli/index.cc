#include <filesystem>
#include <memory>

#include "akin/akin.h"
#include "collection_choice.h"
#include "index_report.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> paths;
  std::string collection;
  IndexOptions index;
  bool keep_missing = false;
};

int run(Options& options, const Common& common, Context& context) {
  const std::vector<fs::path> paths(options.paths.begin(), options.paths.end());
  options.index.remove_missing = !options.keep_missing;
  const fs::path folder = collection_to_write(options.collection);
  if (!fs::exists(folder)) check_paths(paths);
  OpenCollection open = open_or_create(folder, common, context);
  const IndexReport report = open.collection.index(paths, open.embedder, options.index, context);
  const CollectionInfo info = open.collection.info();
  if (common.json) {
    print_json(json_of(report, info));
  } else {
    print_report(report, info);
  }
  return 0;
}

}  // namespace

Run add_index(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("paths", options->paths,
                  "Files and folders; " + supported_formats() + "; where the model takes images " + supported_image_formats())
      ->type_name("PATH")
      ->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above, else a new .akin here")
      ->type_name("DIR");
  add_index_options(verb, options->index, options->keep_missing);
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
