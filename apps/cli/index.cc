#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "cost.h"
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

nlohmann::json json_of(const IndexReport& report, const CollectionInfo& info) {
  nlohmann::json refused = nlohmann::json::array();
  for (const Refusal& r : report.refused) refused.push_back({{"uri", r.uri}, {"reason", r.reason}});
  return {{"collection", info.path.string()},
          {"model", info.model},
          {"n_files_seen", report.n_files_seen},
          {"n_added", report.n_added},
          {"n_updated", report.n_updated},
          {"n_unchanged", report.n_unchanged},
          {"n_moved", report.n_moved},
          {"n_removed", report.n_removed},
          {"n_ignored", report.n_ignored},
          {"n_chunks_embedded", report.n_chunks_embedded},
          {"n_images_embedded", report.n_images_embedded},
          {"n_tokens", report.n_tokens},
          {"n_tokens_dropped", report.n_tokens_dropped},
          {"n_invalid", report.n_invalid},
          {"refused", refused},
          {"n_documents", info.n_documents},
          {"n_chunks", info.n_chunks},
          {"seconds", report.seconds}};
}

void print_report(const IndexReport& report, const CollectionInfo& info) {
  print(bold(grouped(report.n_files_seen) + (report.n_files_seen == 1 ? " file" : " files")) + " seen: " + grouped(report.n_added) +
        " added, " + grouped(report.n_updated) + " updated, " + grouped(report.n_unchanged) + " unchanged, " +
        (report.n_moved > 0 ? grouped(report.n_moved) + " moved, " : "") + grouped(report.n_removed) +
        " removed, " + grouped(report.refused.size()) + " refused\n");
  if (report.n_images_embedded > 0) print(grouped(report.n_images_embedded) + " of the chunks are pictures\n");
  print(grouped(report.n_chunks_embedded) + " chunks of " + grouped(report.n_tokens) + " tokens embedded in " +
        seconds_text(report.seconds) + ", " + grouped(report.n_tokens_dropped) + " tokens dropped" +
        cost_text(info.model, report.n_tokens) + "\n");
  if (report.n_invalid > 0) print(grouped(report.n_invalid) + " malformed UTF-8 sequences were read as U+FFFD\n");
  for (const Refusal& r : report.refused) print(yellow("refused ") + shown_path(r.reason) + "\n");
  print(shown_path(info.path.string()) + ": " + grouped(info.n_documents) + " documents, " + grouped(info.n_chunks) + " chunks, " +
        bytes_text(info.n_bytes) + "\n");
}

/// Before a collection is made of nothing; one that is there may know of files that no longer are.
void check_paths(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(path, ignored)))
      throw Error(ErrorCode::not_found, "'" + path.string() + "': no such file or folder");
  }
}

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
  verb.add_option("--chunk-tokens", options->index.chunk_tokens, "Tokens of a chunk at most; 0 = the model's limit")->type_name("N");
  verb.add_option("--overlap", options->index.overlap_tokens, "Tokens that a chunk repeats from the one before")->type_name("N");
  verb.add_flag("--keep-missing", options->keep_missing, "Do not forget documents whose files have vanished");
  verb.add_flag("--hidden", options->index.hidden, "Read hidden files and folders too");
  verb.add_flag("!--no-ignore", options->index.ignore,
                "Read what .akinignore files and the built-in list (.git, node_modules, …) leave out");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
