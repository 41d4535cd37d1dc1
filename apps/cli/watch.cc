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
  WatchOptions watch;
  bool keep_missing = false;
};

std::string change_text(const IndexReport& report) {
  return grouped(report.n_added) + " added, " + grouped(report.n_updated) + " updated, " + grouped(report.n_moved) + " moved, " +
         grouped(report.n_removed) + " removed, " + grouped(report.refused.size()) + " refused in " + seconds_text(report.seconds) + "\n";
}

int run(Options& options, const Common& common, Context& context) {
  const std::vector<fs::path> paths(options.paths.begin(), options.paths.end());
  options.watch.index.remove_missing = !options.keep_missing;
  const fs::path folder = collection_to_write(options.collection);
  if (!fs::exists(folder)) check_paths(paths);
  OpenCollection open = open_or_create(folder, common, context);
  bool first = true;
  const auto on_run = [&](const IndexReport& report) {
    if (common.json) {
      print_json_line(json_of(report, open.collection.info()));
    } else if (first) {
      print_report(report, open.collection.info());
      print("watching; Ctrl-C ends it\n");
    } else {
      print(change_text(report));
      for (const Refusal& r : report.refused) print(yellow("refused ") + shown_path(r.reason) + "\n");
    }
    first = false;
    finish_output();
  };
  open.collection.watch(paths, open.embedder, options.watch, on_run, context);
  return 0;
}

}  // namespace

Run add_watch(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("paths", options->paths, "Files and folders, as of index")->type_name("PATH")->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above, else a new .akin here")
      ->type_name("DIR");
  add_index_options(verb, options->watch.index, options->keep_missing);
  verb.add_option("--quiet-seconds", options->watch.times.quiet_seconds, "Changes are indexed once nothing has changed for so long")
      ->check(CLI::Range(0.01, 3600.0))
      ->type_name("S");
  verb.add_option("--poll-seconds", options->watch.times.poll_seconds,
                  "Everything is looked at so often where the system lets no more folders be watched")
      ->check(CLI::Range(0.1, 86400.0))
      ->type_name("S");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
