#include <memory>

#include "analysis_source.h"
#include "cluster_methods.h"
#include "cluster_output.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  AnalysisSourceOptions source;
  ClusterOptions method;
  ClusterView view;
  std::string out;
};

int run(const Options& options, const Common& common, Context& context) {
  check_cluster_options(options.method);
  check_labels_file(options.out);
  const AnalysisItems items = read_analysis_items(options.source, common, context);
  const Clustering clustering = cluster_by(options.method, items, context);
  if (!options.out.empty()) write_labels(options.out, items, clustering);
  print_clusters(items, clustering, options.view, common.json, context);
  return 0;
}

}  // namespace

Run add_cluster(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_analysis_source(verb, options->source, common);
  add_cluster_options(verb, options->method);
  verb.add_option("--words", options->view.n_words, "So many words or pairs of words name a cluster of texts")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--examples", options->view.n_examples, "So many of the most central rows of each cluster are shown")
      ->capture_default_str()
      ->type_name("N");
  verb.add_flag("--scores", options->view.with_scores,
                "Also how well they lie apart: silhouette (of 5,000 rows at most) and Davies–Bouldin");
  verb.add_option("-o,--out", options->out, "Each row's cluster, to .csv, .jsonl or .npy")->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
