#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "collection_choice.h"
#include "pictures.h"
#include "reranker.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"
#include "where.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string query, collection, mode = "hybrid";
  std::vector<std::string> where;
  std::string rerank, label;
  std::size_t k = 10, depth = kRerankDepth;
  DenseEffort effort;
  bool full = false;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

SearchOptions search_options(const Options& options) {
  SearchOptions search;
  check_choice("--mode", options.mode, {"dense", "text", "hybrid"});
  search.mode = search_mode_from(options.mode);
  search.k = options.rerank.empty() ? options.k : std::max(options.k, options.depth);
  search.where = read_where(options.where);
  search.effort = options.effort;
  return search;
}

std::string place_of(const Hit& hit) {
  std::string place = shown_path(hit.uri);
  if (hit.page > 0) place += ", page " + std::to_string(hit.page);
  if (hit.line > 0) place += ":" + std::to_string(hit.line);
  return place;
}

std::string headings_of(const Hit& hit) {
  std::string path;
  for (const std::string& heading : hit.headings) path += (path.empty() ? "" : " > ") + heading;
  return path;
}

nlohmann::json json_of(const Hit& hit) {
  nlohmann::json metadata = nlohmann::json::object();
  for (const auto& [key, value] : hit.metadata) metadata[key] = value;
  return {{"score", hit.score}, {"uri", hit.uri},   {"title", hit.title},     {"headings", hit.headings}, {"page", hit.page},
          {"line", hit.line},   {"text", hit.text}, {"snippet", hit.snippet}, {"chunk_id", hit.chunk_id}, {"metadata", metadata}};
}

void print_hit(std::size_t rank, const Hit& hit, bool full) {
  const auto columns = static_cast<std::size_t>(terminal_columns());
  print(bold(std::to_string(rank) + ". " + place_of(hit)) + "  " + dim(fixed(hit.score, 4)) + "\n");
  const std::string headings = headings_of(hit);
  if (!headings.empty()) print("   " + green(shortened(headings, columns - 3)) + "\n");
  print(full ? hit.text + "\n" : "   " + shortened(hit.snippet, 3 * columns - 9) + "\n");
}

int run(const Options& options, const Common& common, Context& context) {
  const SearchOptions search = search_options(options);
  std::string query = options.query;
  if (query == "-") {
    const std::vector<std::string> lines = read_all_texts({"-"}, {}, 100'000);
    query.clear();
    for (const std::string& line : lines) query += (query.empty() ? "" : " ") + line;
  }
  if (query.find_first_not_of(" \t\n") == std::string::npos) throw UsageError("the query is empty");
  const Collection collection = Collection::open(collection_to_read(options.collection), false);
  const bool picture = is_picture(query);
  if (picture && !options.rerank.empty()) throw UsageError("--rerank reads the query with the hits; the query is a picture");
  std::optional<CrossEncoder> reranker;
  if (!options.rerank.empty()) reranker = load_reranker(options.rerank, common, 0, context);
  std::optional<Embedder> embedder;
  if (picture || search.mode != SearchMode::text) embedder = embedder_for(collection, common, context);
  const Clock::time_point start = Clock::now();
  std::vector<Hit> hits = picture ? collection.search(read_image(query), *embedder, search, context)
                                  : collection.search(query, embedder ? &*embedder : nullptr, search, context);
  if (reranker) hits = rerank(query, std::move(hits), *reranker, {options.k, options.label}, context);
  const double seconds = seconds_since(start);
  if (common.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const Hit& hit : hits) list.push_back(json_of(hit));
    nlohmann::json json = {{"query", query}, {"mode", picture ? "dense" : options.mode}, {"seconds", seconds}, {"hits", list}};
    if (reranker) json["reranked_by"] = reranker->info().name;
    print_json(json);
    return 0;
  }
  for (std::size_t i = 0; i < hits.size(); ++i) print_hit(i + 1, hits[i], options.full);
  print(dim((hits.empty() ? "no hits" : grouped(hits.size()) + (hits.size() == 1 ? " hit" : " hits")) + " among " +
            grouped(collection.info().n_chunks) + " chunks in " + seconds_text(seconds)) +
        "\n");
  return 0;
}

}  // namespace

Run add_search(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("query", options->query, "What to look for: a text, a picture file, or - for standard input")
      ->type_name("QUERY")
      ->required();
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  verb.add_option("-k", options->k, "Hits at most")->capture_default_str()->type_name("N")->check(CLI::Range(1, 100'000));
  add_where_option(verb, options->where);
  verb.add_option("--mode", options->mode, "dense (by meaning), text (by words, BM25) or hybrid (both)")
      ->capture_default_str()
      ->type_name("MODE");
  verb.add_option("--rerank", options->rerank, "Let a cross-encoder read the first hits with the query and order them anew")
      ->type_name("MODEL");
  verb.add_option("--rerank-depth", options->depth, "How many hits it reads")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 10'000));
  verb.add_option("--rerank-label", options->label, "Of rerankers with several labels: the one to order by")->type_name("NAME");
  auto* recall =
      verb.add_option("--recall", options->effort.recall,
                      "By meaning, in collections with a graph: the share of the nearest chunks to find, as measured on its own; "
                      "default: 0.99")
          ->type_name("SHARE")
          ->check(CLI::Range(0.0, 1.0));
  auto* ef = verb.add_option("--ef", options->effort.ef, "The same as a number: candidates kept on the way through the graph")
                 ->type_name("N")
                 ->check(CLI::Range(1, 1'000'000));
  auto* exact = verb.add_flag("--exact", options->effort.exact, "By meaning: look at every vector, graph or not");
  recall->excludes(ef)->excludes(exact);
  ef->excludes(exact);
  verb.add_flag("--full", options->full, "Print the whole chunk, not a snippet");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
