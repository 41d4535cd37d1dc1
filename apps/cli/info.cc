#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/hub/load_embedder.h"
#include "collection_choice.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNoLimit = std::size_t{1} << 30;

struct Options {
  std::string what;
  bool documents = false;
  bool digest = false;
};

using Rows = std::vector<std::pair<std::string, std::string>>;

void print_rows(const Rows& rows) {
  Table table;
  table.header = {"", ""};
  for (const auto& [key, value] : rows) table.rows.push_back({dim(key), value});
  const std::string text = table.text();
  print(text.substr(text.find('\n') + 1));
}

nlohmann::json json_of(const LocalModel& local, const Embedder& embedder) {
  const ModelInfo& info = embedder.info();
  nlohmann::json prompts = nlohmann::json::object();
  for (const auto& [name, prompt] : info.prompts) prompts[name] = prompt;
  return {{"kind", "model"},
          {"name", local.name},
          {"path", local.path.string()},
          {"origin", local.origin},
          {"family", info.family},
          {"n_layers", info.n_layers},
          {"dim_model", info.dim_model},
          {"n_heads", info.n_heads},
          {"vocabulary_size", info.vocabulary_size},
          {"n_parameters", info.n_parameters},
          {"dim", info.dim},
          {"max_tokens", info.max_tokens},
          {"takes_texts", info.takes_texts},
          {"takes_images", info.takes_images},
          {"image_width", info.image_width},
          {"image_height", info.image_height},
          {"pooling", info.pooling},
          {"normalized", info.normalized},
          {"similarity", info.similarity},
          {"prompts", prompts},
          {"weight_type", info.weight_type},
          {"precision", name_of(info.precision)},
          {"fingerprint", embedder.fingerprint()}};
}

// What is known of a model whose files are here.
void add_inner_rows(const ModelInfo& info, Rows& rows) {
  rows.emplace_back("layers", info.n_layers == 0 ? "none: a table"
                                                 : std::to_string(info.n_layers) + " of " + grouped(info.dim_model) + ", " +
                                                       std::to_string(info.n_heads) + " heads");
  rows.emplace_back("parameters", grouped(info.n_parameters));
  rows.emplace_back("vocabulary", grouped(info.vocabulary_size) + " tokens");
  rows.emplace_back("pooling", info.pooling);
  rows.emplace_back("weights", info.weight_type);
  rows.emplace_back("computes in", std::string(name_of(info.precision)));
}

Rows rows_of(const LocalModel& local, const Embedder& embedder) {
  const ModelInfo& info = embedder.info();
  Rows rows = {{"model", local.name},
               {"from", local.origin},
               {"family", info.family},
               {"takes", info.takes_texts && info.takes_images ? "texts and images"
                         : info.takes_images                   ? "images"
                                                               : "texts"}};
  if (!local.path.empty()) rows.insert(rows.begin() + 1, {"path", local.path.string()});
  rows.emplace_back("vectors", grouped(info.dim) + " dimensions, " + (info.normalized ? "unit length" : "not normalised"));
  rows.emplace_back("reads at most", info.max_tokens < kNoLimit ? grouped(info.max_tokens) + " tokens" : "texts of any length");
  rows.emplace_back("similarity", info.similarity);
  if (info.takes_images)
    rows.emplace_back("sees images as", std::to_string(info.image_width) + " × " + std::to_string(info.image_height) + " pixels");
  if (!local.path.empty()) add_inner_rows(info, rows);
  for (const auto& [name, prompt] : info.prompts) rows.emplace_back("prompt " + name, "'" + prompt + "'");
  if (const double price = dollars_per_million_tokens(local.name); price > 0)
    rows.emplace_back("price", "about $" + fixed(price, 2) + " a million tokens");
  rows.emplace_back("fingerprint", embedder.fingerprint());
  return rows;
}

int model_info(const Common& common, Context& context) {
  const LoadedEmbedder model = load_model(common, {}, context);
  if (common.json) {
    print_json(json_of(model.source, model.embedder));
  } else {
    print_rows(rows_of(model.source, model.embedder));
  }
  return 0;
}

nlohmann::json json_of(const CollectionInfo& info) {
  nlohmann::json json = {{"kind", "collection"},
                         {"path", info.path.string()},
                         {"model", info.model},
                         {"precision", name_of(info.precision)},
                         {"fingerprint", info.fingerprint},
                         {"dim", info.dim},
                         {"n_documents", info.n_documents},
                         {"n_chunks", info.n_chunks},
                         {"n_bytes", info.n_bytes},
                         {"n_vectors", info.n_vectors},
                         {"n_dead_vectors", info.n_dead_vectors},
                         {"n_segments", info.n_segments},
                         {"bytes",
                          {{"database", info.n_database_bytes},
                           {"log", info.n_log_bytes},
                           {"vectors", info.n_vector_bytes},
                           {"other", info.n_other_bytes},
                           {"free", info.n_free_bytes}}},
                         {"metric", info.metric}};
  if (info.word_pooling != WordPooling::mean) json["word_pooling"] = name_of(info.word_pooling);
  if (info.graph) {
    json["graph"] = {{"n_vectors", info.graph->n_vectors}, {"code_bits", info.graph->code_bits}, {"recall_at_ef", nlohmann::json::array()}};
    for (const auto& [ef, recall] : info.graph->recall) json["graph"]["recall_at_ef"].push_back({{"ef", ef}, {"recall", recall}});
  }
  return json;
}

// "98,000 vectors, codes of 4 bits; recall 0.953 with ef 16, 0.990 with ef 48"
std::string graph_text(const GraphInfo& graph) {
  std::string text = grouped(graph.n_vectors) + " vectors, codes of " + std::to_string(graph.code_bits) + " bits";
  std::string points;
  float next = 0.9F;
  for (const auto& [ef, recall] : graph.recall) {
    if (recall < next) continue;
    points += (points.empty() ? "; recall " : ", ") + fixed(static_cast<double>(recall), 3) + " with ef " + std::to_string(ef);
    next = recall < 0.95F ? 0.95F : recall < 0.99F ? 0.99F : 2;
  }
  return text + points;
}

std::string parts_of(const CollectionInfo& info) {
  std::string parts = "database " + bytes_text(info.n_database_bytes) + ", vectors " + bytes_text(info.n_vector_bytes) + " in " +
                      grouped(info.n_segments) + (info.n_segments == 1 ? " segment" : " segments");
  if (info.n_log_bytes > 0) parts += ", log " + bytes_text(info.n_log_bytes);
  if (info.n_other_bytes > 0) parts += ", other " + bytes_text(info.n_other_bytes);
  return parts;
}

/// What removed documents still take.
std::string dead_space(const CollectionInfo& info) {
  const double share = 100.0 * static_cast<double>(info.n_dead_vectors) / static_cast<double>(info.n_vectors + info.n_dead_vectors);
  return grouped(info.n_dead_vectors) + " vectors (" + fixed(share, 1) + " %), " + bytes_text(info.n_free_bytes) + " of the database";
}

Rows rows_of(const CollectionInfo& info) {
  Rows rows = {{"collection", info.path.string()},
               {"documents", grouped(info.n_documents)},
               {"chunks", grouped(info.n_chunks)},
               {"vectors", grouped(info.dim) + " dimensions, " + info.metric},
               {"on disk", bytes_text(info.n_bytes) + ": " + parts_of(info)},
               {"model", info.model},
               {"computed in", std::string(name_of(info.precision))}};
  if (info.n_dead_vectors + info.n_free_bytes > 0) rows.emplace_back("dead space", dead_space(info));
  if (info.word_pooling != WordPooling::mean) rows.emplace_back("words pooled by", name_of(info.word_pooling));
  if (info.graph) rows.emplace_back("graph", graph_text(*info.graph));
  rows.emplace_back("fingerprint", info.fingerprint);
  return rows;
}

int collection_info(const fs::path& folder, const Options& options, const Common& common) {
  const Collection collection = Collection::open(folder, false);
  const CollectionInfo info = collection.info();
  const std::string digest = options.digest ? collection.content_digest() : std::string();
  const std::vector<DocumentEntry> documents = options.documents ? collection.documents() : std::vector<DocumentEntry>();
  if (common.json) {
    nlohmann::json json = json_of(info);
    if (options.digest) json["content_digest"] = digest;
    for (const DocumentEntry& d : documents)
      json["documents"].push_back(
          {{"uri", d.uri}, {"title", d.title}, {"format", d.format}, {"content_hash", d.content_hash}, {"n_chunks", d.n_chunks}});
    print_json(json);
    return 0;
  }
  Rows rows = rows_of(info);
  if (options.digest) rows.emplace_back("content", digest);
  print_rows(rows);
  Table table{{"chunks", "format", "document"}, {}};
  for (const DocumentEntry& d : documents) table.rows.push_back({std::to_string(d.n_chunks), d.format, shown_path(d.uri)});
  if (options.documents) print("\n" + table.text());
  return 0;
}

// A folder that has no model in it is taken for a collection.
bool is_collection(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return false;
  for (const char* file : {"config.json", "modules.json", "model.safetensors"})
    if (fs::exists(path / file, ignored)) return false;
  return true;
}

int run(const Options& options, Common& common, Context& context) {
  if (options.what.empty() && common.model.empty()) {
    const fs::path found = Collection::find_upward(fs::current_path());
    if (!found.empty()) return collection_info(found, options, common);
  }
  if (!options.what.empty() && is_collection(options.what)) return collection_info(options.what, options, common);
  if (!options.what.empty()) common.model = options.what;
  return model_info(common, context);
}

}  // namespace

Run add_info(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("what", options->what, "A model or a collection; default: the collection found here or above, else the default model")
      ->type_name("MODEL|COLLECTION");
  verb.add_flag("--documents", options->documents, "List the collection's documents");
  verb.add_flag("--digest", options->digest, "Of a collection: SHA-256 of all it holds, equal if and only if the content is");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
