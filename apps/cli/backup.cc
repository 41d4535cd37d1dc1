#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string target, collection;
};

int run(const Options& options, const Common& common, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  Collection::open(collection_to_read(options.collection), false).backup(options.target, context);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const CollectionInfo info = Collection::open(options.target, false).info();
  if (common.json) {
    print_json({{"backup", info.path.string()},
                {"n_documents", info.n_documents},
                {"n_chunks", info.n_chunks},
                {"n_bytes", info.n_bytes},
                {"seconds", seconds}});
  } else {
    print(shown_path(info.path.string()) + ": " + bold(grouped(info.n_documents) + " documents") + ", " + grouped(info.n_chunks) +
          " chunks, " + bytes_text(info.n_bytes) + ", written and read back in " + seconds_text(seconds) + "\n");
  }
  return 0;
}

}  // namespace

Run add_backup(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("target", options->target, "The backup's folder: new or empty")->type_name("DIR")->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
