#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "akin/base/background.h"
#include "collection_choice.h"
#include "hits.h"
#include "pictures.h"
#include "query_vector.h"
#include "reranker.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"
#include "where.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string query, like, vector, collection, mode = "hybrid";
  std::vector<std::string> where;
  std::string fusion = "rrf", group, rerank, label;
  double dense_weight = 0.5, mmr = 1;
  bool weight_given = false, mmr_given = false;
  std::size_t k = 10, depth = kRerankDepth;
  DenseEffort effort;
  bool full = false, explain = false;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void check_combination(const Options& options) {
  check_choice("--mode", options.mode, {"dense", "text", "hybrid"});
  check_choice("--fusion", options.fusion, {"rrf", "weighted"});
  if (!options.group.empty()) check_choice("--group", options.group, {"document"});
  if (options.weight_given && options.fusion != "weighted") throw UsageError("--dense-weight belongs to --fusion weighted");
  if (options.fusion == "weighted" && options.mode != "hybrid") throw UsageError("--fusion belongs to --mode hybrid");
  const int n_asked = int{!options.query.empty()} + int{!options.like.empty()} + int{!options.vector.empty()};
  if (n_asked != 1) throw UsageError("a query, --like or --vector is wanted, one of them");
  if (options.query.empty() && !options.rerank.empty())
    throw UsageError("--rerank reads a query with the hits; --like and --vector have none");
}

SearchOptions search_options(const Options& options, SearchPlan& plan) {
  check_combination(options);
  SearchOptions search;
  search.mode = search_mode_from(options.mode);
  search.k = options.rerank.empty() ? options.k : std::max(options.k, options.depth);
  search.where = read_where(options.where);
  search.effort = options.effort;
  search.fusion = fusion_from(options.fusion);
  search.dense_weight = options.dense_weight;
  if (options.mmr_given) search.mmr = options.mmr;
  search.group_by_document = options.group == "document";
  if (options.explain) search.plan = &plan;
  return search;
}

/// The query, read from standard input if it is "-".
std::string read_query(const Options& options) {
  std::string query = options.query;
  if (query == "-") {
    const std::vector<std::string> lines = read_all_texts({"-"}, {}, 100'000);
    query.clear();
    for (const std::string& line : lines) query += (query.empty() ? "" : " ") + line;
  }
  if (query.find_first_not_of(" \t\n") == std::string::npos) throw UsageError("the query is empty");
  return query;
}

/// More like a document: a relative path is meant as it stands, else below the current folder.
std::vector<Hit> search_like(const Collection& collection, const std::string& place, const SearchOptions& search, Context& context) {
  try {
    return collection.search_like(place, search, context);
  } catch (const Error& error) {
    const std::filesystem::path here = std::filesystem::current_path() / place;
    if (error.code() != ErrorCode::not_found || place.starts_with('/')) throw;
    return collection.search_like(here.lexically_normal().string(), search, context);
  }
}

struct Found {
  std::vector<Hit> hits;
  std::string query, mode, reranked_by;
  double seconds = 0;
};

/// What is looked for; read before the collection is, so that a query that is none is told first.
std::string wanted(const Options& options) {
  if (!options.like.empty()) return options.like;
  return options.vector.empty() ? read_query(options) : options.vector;
}

struct Question {
  const Options& options;
  const Common& common;
  SearchOptions search;
  std::string wanted;
};

Found find(const Question& question, const Collection& collection, Context& context) {
  const Options& options = question.options;
  const SearchOptions& search = question.search;
  Found found{{}, question.wanted, "dense", {}, 0};
  if (!options.like.empty()) {
    const Clock::time_point start = Clock::now();
    found.hits = search_like(collection, options.like, search, context);
    found.seconds = seconds_since(start);
    return found;
  }
  if (!options.vector.empty()) {
    const std::vector<float> vector = read_query_vector(options.vector);
    const Clock::time_point start = Clock::now();
    found.hits = collection.search(vector, search, context);
    found.seconds = seconds_since(start);
    return found;
  }
  const bool picture = is_picture(found.query);
  if (picture && !options.rerank.empty()) throw UsageError("--rerank reads the query with the hits; the query is a picture");
  if (!picture) found.mode = options.mode;
  std::optional<CrossEncoder> reranker;
  if (!options.rerank.empty()) reranker = load_reranker(options.rerank, question.common, 0, context);
  std::optional<Embedder> embedder;
  Context beside(1);
  Background opening;  // what fails there fails again in the search
  if (picture || search.mode != SearchMode::text) {
    opening.run([&] { collection.prepare_search(beside); });
    embedder = embedder_for(collection, question.common, context);
  }
  const Clock::time_point start = Clock::now();
  found.hits = picture ? collection.search(read_image(found.query), *embedder, search, context)
                       : collection.search(found.query, embedder ? &*embedder : nullptr, search, context);
  if (reranker) {
    found.hits = rerank(found.query, std::move(found.hits), *reranker, {options.k, options.label}, context);
    found.reranked_by = reranker->info().name;
  }
  found.seconds = seconds_since(start);
  return found;
}

void print_found_as_json(const Options& options, const Found& found, const SearchPlan& plan) {
  nlohmann::json list = nlohmann::json::array();
  for (const Hit& hit : found.hits) list.push_back(json_of(hit));
  nlohmann::json json = {{"mode", found.mode}, {"seconds", found.seconds}, {"hits", list}};
  json[!options.like.empty() ? "like" : !options.vector.empty() ? "vector" : "query"] = found.query;
  if (!found.reranked_by.empty()) json["reranked_by"] = found.reranked_by;
  if (options.explain) json["plan"] = json_of(plan);
  print_json(json);
}

int run(const Options& options, const Common& common, Context& context) {
  SearchPlan plan;
  const Question question{options, common, search_options(options, plan), wanted(options)};
  const Collection collection = Collection::open(collection_to_read(options.collection), false);
  const Found found = find(question, collection, context);
  if (common.json) {
    print_found_as_json(options, found, plan);
    return 0;
  }
  if (options.explain) print_plan(plan);
  for (std::size_t i = 0; i < found.hits.size(); ++i) print_hit(i + 1, found.hits[i], options.full);
  const std::string what = options.group.empty() ? " hit" : " document";
  print(dim((found.hits.empty() ? "no hits" : grouped(found.hits.size()) + what + (found.hits.size() == 1 ? "" : "s")) + " among " +
            grouped(collection.n_chunks()) + " chunks in " + seconds_text(found.seconds)) +
        "\n");
  return 0;
}

void add_choice_options(CLI::App& verb, Options& options) {
  verb.add_option("--mode", options.mode, "dense (by meaning), text (by words, BM25) or hybrid (both)")
      ->capture_default_str()
      ->type_name("MODE");
  verb.add_option("--fusion", options.fusion, "How hybrid search joins both: rrf (by ranks) or weighted (by scores)")
      ->capture_default_str()
      ->type_name("HOW");
  verb.add_option_function<double>(
          "--dense-weight", [&options](double weight) { options.dense_weight = weight, options.weight_given = true; },
          "Of weighted fusion: what meaning has to say, 0 to 1; default: 0.5")
      ->type_name("W")
      ->check(CLI::Range(0.0, 1.0));
  verb.add_option_function<double>(
          "--mmr", [&options](double lambda) { options.mmr = lambda, options.mmr_given = true; },
          "Choose hits that differ: 1 looks at relevance alone, 0 at difference alone; 0.7 is a fair start")
      ->type_name("LAMBDA")
      ->check(CLI::Range(0.0, 1.0));
  verb.add_option("--group", options.group, "document: each hit is another document, with its best chunks")->type_name("BY");
}

void add_effort_options(CLI::App& verb, Options& options) {
  auto* recall =
      verb.add_option("--recall", options.effort.recall,
                      "By meaning, in collections with a graph: the share of the nearest chunks to find, as measured on its own; "
                      "default: 0.99")
          ->type_name("SHARE")
          ->check(CLI::Range(0.0, 1.0));
  auto* ef = verb.add_option("--ef", options.effort.ef, "The same as a number: candidates kept on the way through the graph")
                 ->type_name("N")
                 ->check(CLI::Range(1, 1'000'000));
  auto* exact = verb.add_flag("--exact", options.effort.exact, "By meaning: look at every vector, graph or not");
  recall->excludes(ef)->excludes(exact);
  ef->excludes(exact);
}

void add_rerank_options(CLI::App& verb, Options& options) {
  verb.add_option("--rerank", options.rerank, "Let a cross-encoder read the first hits with the query and order them anew")
      ->type_name("MODEL");
  verb.add_option("--rerank-depth", options.depth, "How many hits it reads")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 10'000));
  verb.add_option("--rerank-label", options.label, "Of rerankers with several labels: the one to order by")->type_name("NAME");
}

}  // namespace

Run add_search(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("query", options->query, "What to look for: a text, a picture file, or - for standard input")->type_name("QUERY");
  verb.add_option("--like", options->like, "Instead of a query: more like this document, or like its Nth chunk, by meaning")
      ->type_name("URI[#N]");
  verb.add_option("--vector", options->vector,
                  "Instead of a query: a file with a vector of the collection's space, or - for standard input")
      ->type_name("FILE");
  verb.add_option("-c,--collection", options->collection, "The collection's folder; default: .akin here or above")->type_name("DIR");
  verb.add_option("-k", options->k, "Hits at most")->capture_default_str()->type_name("N")->check(CLI::Range(1, 100'000));
  add_where_option(verb, options->where);
  add_choice_options(verb, *options);
  add_effort_options(verb, *options);
  add_rerank_options(verb, *options);
  verb.add_flag("--explain", options->explain,
                "Show the filter as it was understood, how much passes, which way the search went, and times");
  verb.add_flag("--full", options->full, "Print the whole chunk, not a snippet");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
