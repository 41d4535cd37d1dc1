#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "eval_ann.h"
#include "eval_anomaly.h"
#include "eval_classification.h"
#include "eval_classifier.h"
#include "eval_clustering.h"
#include "eval_map.h"
#include "eval_words.h"
#include "pair_source.h"
#include "reranker.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::string benchmark, mode = "dense";
  std::vector<std::string> paths;
  std::string rerank, label;
  std::size_t depth = kRerankDepth;
  AnnOptions ann;
  AnomalyTest anomaly;
  ClassificationTest classification;
  ClassifierTest classifier;
  ClusteringTest clustering;
  MapTest map;
  std::size_t max_words = kAnalogyWords;
  std::size_t neighbours = 10;
  bool per_query = false;
};

void run_sts(const Options& options, const Common& common, const Embedder& embedder, Context& context) {
  Table table{{"spearman", "pearson", "pairs", "dropped", "file"}, {}};
  for (const std::string& path : options.paths) {
    const StsScores scores = evaluate_sts(embedder, path, context);
    if (common.json) {
      print_json_line({{"file", path},
                       {"model", embedder.info().name},
                       {"precision", name_of(embedder.info().precision)},
                       {"n_pairs", scores.n_pairs},
                       {"spearman", scores.spearman},
                       {"pearson", scores.pearson},
                       {"n_tokens_dropped", scores.n_tokens_dropped}});
    }
    table.rows.push_back(
        {fixed(100 * scores.spearman, 2), fixed(100 * scores.pearson, 2), grouped(scores.n_pairs), grouped(scores.n_tokens_dropped), path});
  }
  if (!common.json) print(table.text());
}

/// One file: each text among the others; two: those of the second among those of the first.
void run_knn(const Options& options, const Common& common, const Embedder& embedder, Context& context) {
  if (options.paths.size() > 2) throw UsageError("knn takes one file, or two: what is known and what is asked");
  const LabelledTexts known = read_labelled({options.paths.front()}, {}), asked = read_labelled({options.paths.back()}, {});
  const Matrix<float> known_vectors = embedder.embed(known.texts, TextRole::plain, context).vectors;
  const Matrix<float> asked_vectors = embedder.embed(asked.texts, TextRole::plain, context).vectors;
  const LabelledVectors from{known_vectors.view(), known.labels}, to{asked_vectors.view(), asked.labels};
  const double accuracy =
      options.paths.size() == 1 ? knn_accuracy(from, options.neighbours, context) : knn_accuracy(from, to, options.neighbours, context);
  if (common.json) {
    return print_json({{"file", options.paths.back()},
                       {"model", embedder.info().name},
                       {"k", options.neighbours},
                       {"n_known", known.texts.size()},
                       {"n_texts", asked.texts.size()},
                       {"accuracy", accuracy}});
  }
  print(Table{{"accuracy", "k", "texts", "known", "file"},
              {{fixed(100 * accuracy, 2), std::to_string(options.neighbours), grouped(asked.texts.size()), grouped(known.texts.size()),
                options.paths.back()}}}
            .text());
}

nlohmann::json json_of(const RetrievalScores& scores, const std::string& folder, const Options& options) {
  nlohmann::json json = {{"folder", folder},
                         {"mode", options.mode},
                         {"n_documents", scores.n_documents},
                         {"n_queries", scores.n_queries},
                         {"n_documents_truncated", scores.n_documents_truncated},
                         {"ndcg_at_10", scores.ndcg_at_10},
                         {"recall_at_100", scores.recall_at_100},
                         {"mrr_at_10", scores.mrr_at_10}};
  if (!options.rerank.empty()) {
    json["reranked_by"] = options.rerank;
    json["rerank_depth"] = options.depth;
    json["n_pairs_truncated"] = scores.n_pairs_truncated;
  }
  if (options.per_query)
    for (const auto& [query, ndcg] : scores.ndcg_of_query) json["ndcg_at_10_of_query"][query] = ndcg;
  return json;
}

void run_retrieval(const Options& options, const Common& common, const Embedder* embedder, Context& context) {
  RetrievalOptions how{.mode = search_mode_from(options.mode), .reranker = nullptr, .rerank = {options.depth, options.label}};
  std::optional<CrossEncoder> reranker;
  if (!options.rerank.empty()) how.reranker = &reranker.emplace(load_reranker(options.rerank, common, 0, context));
  Table table{{"nDCG@10", "recall@100", "MRR@10", "queries", "documents", "cut", "folder"}, {}};
  for (const std::string& folder : options.paths) {
    const RetrievalScores scores = evaluate_retrieval(embedder, folder, how, context);
    if (common.json) print_json_line(json_of(scores, folder, options));
    table.rows.push_back({fixed(scores.ndcg_at_10, 4), fixed(scores.recall_at_100, 4), fixed(scores.mrr_at_10, 4),
                          grouped(scores.n_queries), grouped(scores.n_documents), grouped(scores.n_documents_truncated), folder});
  }
  if (!common.json) print(table.text());
}

int run(const Options& options, const Common& common, Context& context) {
  check_choice("BENCHMARK", options.benchmark,
               {"sts", "retrieval", "knn", "ann", "words", "analogies", "anomaly", "classification", "classifier", "clustering", "map"});
  check_choice("--mode", options.mode, {"dense", "text", "hybrid"});
  if (!options.rerank.empty() && options.benchmark != "retrieval") throw UsageError("--rerank belongs to retrieval");
  if (options.benchmark == "ann") {
    run_ann(options.paths, options.ann, common, context);
    return 0;
  }
  if (options.benchmark == "anomaly") {
    run_anomaly(options.paths, options.anomaly, options.classification.label_field, common);
    return 0;
  }
  if (options.benchmark == "classification") {
    run_classification(options.paths, options.classification, options.classifier.per_label, common, context);
    return 0;
  }
  if (options.benchmark == "classifier") {
    run_classifier_test(options.paths, options.classifier, common, context);
    return 0;
  }
  if (options.benchmark == "clustering") {
    run_clustering_test(options.paths, options.clustering, common, context);
    return 0;
  }
  if (options.benchmark == "map") {
    run_map_test(options.paths, options.map, options.clustering.truth_field, common, context);
    return 0;
  }
  if (options.benchmark == "words" || options.benchmark == "analogies") {
    options.benchmark == "words" ? run_words(options.paths, common, context)
                                 : run_analogies(options.paths, options.max_words, common, context);
    return 0;
  }
  std::optional<LoadedEmbedder> model;
  const bool is_plain = options.benchmark == "sts" || options.benchmark == "knn";
  if (is_plain || options.mode != "text") model = load_model(common, {}, context);
  if (options.benchmark == "sts") {
    run_sts(options, common, model->embedder, context);
  } else if (options.benchmark == "knn") {
    run_knn(options, common, model->embedder, context);
  } else {
    run_retrieval(options, common, model ? &model->embedder : nullptr, context);
  }
  return 0;
}

}  // namespace

Run add_eval(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option(
          "benchmark", options->benchmark,
          "sts: files of sentence pairs (.csv: sentence, sentence, score; .tsv: score, sentence, sentence); retrieval: folders in "
          "the BEIR layout; ann: files of vectors (.npy, .fvecs, .safetensors), graph search against exact search; words: files of "
          "two words "
          "and a score; analogies: files of four words a line; knn: one or two files of labelled texts (.csv, .tsv, .jsonl: text, label), "
          "the second asked among the first; anomaly: tables of scores with labels, as outliers --out writes them; classification: "
          "labelled vectors, texts or pictures, by a head; classifier: files of labelled "
          "lines, as they are trained with; clustering: a file of clusters "
          "and "
          "one of true labels, or one with both (.csv, .jsonl, .npy, a label a line); map: a file of vectors and one of their places")
      ->type_name("BENCHMARK")
      ->required();
  verb.add_option("paths", options->paths, "The files or folders; .gz and .zst are unpacked")->type_name("PATH")->required();
  verb.add_option("--mode", options->mode, "Of retrieval: dense, text (BM25) or hybrid")->capture_default_str()->type_name("MODE");
  verb.add_option("--rerank", options->rerank, "Of retrieval: let a cross-encoder order the first documents of each query anew")
      ->type_name("MODEL");
  verb.add_option("--rerank-depth", options->depth, "How many documents it reads")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 100));
  verb.add_option("--rerank-label", options->label, "Of rerankers with several labels: the one to order by")->type_name("NAME");
  verb.add_flag("--per-query", options->per_query, "Of retrieval, with --json: the score of each query too");
  verb.add_option("--max-words", options->max_words, "Of analogies: only so many of the most frequent words ask and answer; 0: all")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--neighbours", options->neighbours, "Of knn: how many have a say")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  add_anomaly_options(verb, options->anomaly);
  add_classification_options(verb, options->classification);
  add_classifier_test_options(verb, options->classifier);
  add_clustering_test_options(verb, options->clustering);
  add_map_test_options(verb, options->map);
  add_ann_options(verb, options->ann);
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
