#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "collection_choice.h"
#include "cost.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

nlohmann::json json_of(const ReindexReport& report, const CollectionInfo& info) {
  return {{"collection", info.path.string()},
          {"model", info.model},
          {"precision", name_of(info.precision)},
          {"fingerprint", info.fingerprint},
          {"dim", info.dim},
          {"switched", report.switched},
          {"n_chunks", report.n_chunks},
          {"n_embedded", report.n_embedded},
          {"n_kept", report.n_kept},
          {"n_images", report.n_images},
          {"n_tokens", report.n_tokens},
          {"n_tokens_dropped", report.n_tokens_dropped},
          {"n_chunks_cut", report.n_chunks_cut},
          {"graph_failure", report.graph_failure},
          {"seconds", report.seconds}};
}

void print_report(const ReindexReport& report, const CollectionInfo& info) {
  const std::string folder = shown_path(info.path.string());
  if (!report.switched) return print(folder + ": is of model " + bold(info.model) + " already\n");
  print(bold(grouped(report.n_embedded) + " chunks") + " of " + grouped(report.n_tokens) + " tokens embedded in " +
        seconds_text(report.seconds) + cost_text(info.model, report.n_tokens) + "\n");
  if (report.n_kept > 0) print(grouped(report.n_kept) + " more were there from a run before\n");
  if (report.n_chunks_cut > 0)
    print(yellow(grouped(report.n_chunks_cut) + " chunks are longer than the model reads") + ": " + grouped(report.n_tokens_dropped) +
          " tokens dropped; 'akin index' makes chunks of its length where the files are there\n");
  print(folder + ": of model " + bold(info.model) + " from here on, " + grouped(info.dim) + " dimensions, " + bytes_text(info.n_bytes) +
        "\n");
}

int run(const std::string& given, const Common& common, Context& context) {
  if (common.model.empty()) throw UsageError("--model names the model to change to");
  const std::filesystem::path folder = collection_to_read(given);
  const LoadedEmbedder model = load_model(common, {}, context);
  Collection collection = Collection::open(folder, true);
  const ReindexReport report = collection.reindex(lasting_name(model.source), model.embedder, context);
  const CollectionInfo info = collection.info();
  if (common.json) {
    print_json(json_of(report, info));
  } else {
    print_report(report, info);
  }
  return 0;
}

}  // namespace

Run add_reindex(CLI::App& verb, Common& common) {
  auto collection = std::make_shared<std::string>();
  verb.add_option("-c,--collection", *collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  add_model_options(verb, common);
  return [collection, &common](Context& context) { return run(*collection, common, context); };
}

}  // namespace akin::cli
