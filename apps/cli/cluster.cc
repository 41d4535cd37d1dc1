#include <chrono>
#include <memory>

#include "akin/akin.h"
#include "analysis_source.h"
#include "cluster_output.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  AnalysisSourceOptions source;
  KMeansOptions kmeans;
  ClusterView view;
  std::string out;
};

Clustering run_kmeans(const Options& options, const Common& common, const AnalysisItems& items, Context& context) {
  const Clock::time_point start = Clock::now();
  KMeansResult result = kmeans(items.vectors.view(), options.kmeans, context);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  Clustering out;
  out.labels = std::move(result.labels);
  out.about = {{"method", "kmeans"},
               {"k", options.kmeans.k},
               {"seed", common.seed},
               {"inertia", result.inertia},
               {"n_iterations", result.n_iterations},
               {"converged", result.converged},
               {"seconds", seconds}};
  out.summary = grouped(items.size()) + " in " + std::to_string(options.kmeans.k) + " clusters, inertia " + fixed(result.inertia, 3) +
                ", " + std::to_string(result.n_iterations) + " rounds, " + seconds_text(seconds);
  return out;
}

int run(const Options& options, const Common& common, Context& context) {
  check_labels_file(options.out);
  const AnalysisItems items = read_analysis_items(options.source, common, context);
  const Clustering clustering = run_kmeans(options, common, items, context);
  if (!options.out.empty()) write_labels(options.out, items, clustering);
  print_clusters(items, clustering, options.view, common.json, context);
  return 0;
}

}  // namespace

Run add_cluster(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_analysis_source(verb, options->source, common);
  verb.add_option("-k,--clusters", options->kmeans.k, "How many clusters")->capture_default_str()->type_name("N");
  verb.add_option("--starts", options->kmeans.n_starts, "Runs from different starts, of which the best is kept")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--max-iterations", options->kmeans.max_iterations, "Rounds of a run at most")->capture_default_str()->type_name("N");
  verb.add_flag("--spherical", options->kmeans.spherical, "By angle: vectors and centres are brought to length 1");
  verb.add_option("--examples", options->view.n_examples, "So many of the most central rows of each cluster are shown")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("-o,--out", options->out, "Each row's cluster, to .csv, .jsonl or .npy")->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
