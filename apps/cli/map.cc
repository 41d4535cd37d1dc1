#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>

#include "akin/akin.h"
#include "akin/retrieval/cluster_words.h"
#include "analysis_source.h"
#include "map_output.h"
#include "projection.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  AnalysisSourceOptions source;
  std::vector<std::string> outs;
  std::string color_by, onto;
  ProjectionOptions projection;
  std::size_t n_clusters = 12;
  MapView view;
};

void take(PlacedMap& map, Projection placed) {
  map.points = std::move(placed.points);
  map.about = std::move(placed.about);
  map.made_by = std::move(placed.made_by);
  map.made = std::move(placed.made);
}

/// Where the rows stand on the map.
void place(const Options& options, PlacedMap& map, Context& context) {
  if (!options.onto.empty()) {
    const SavedMap old = read_map(options.onto);
    check_space(old, map.items.fingerprint, map.items.model, map.items.source);
    take(map, project_onto(old, map.items.vectors.view(), context));
    return;
  }
  ProjectedRows given{map.items.vectors.view(), {}, map.items.metric};
  ValueGroups labels;
  if (options.projection.supervised) {
    if (map.items.labels.empty()) throw UsageError("--supervised wants --label-field: what rows truly are");
    labels = group_by_value(map.items.labels, map.items.size());
    given.labels = labels.groups;
  }
  take(map, project(options.projection, given, context));
}

/// A name for each cluster: its own words where there are texts, else a number.
std::vector<std::string> names_of(const std::vector<std::string>& texts, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::vector<ClusterTerm>> words(k);
  if (!texts.empty()) words = cluster_words(texts, labels, {.n_terms = 2});
  words.resize(k);
  std::vector<std::string> names;
  for (std::size_t c = 0; c < k; ++c) {
    std::string name;
    for (const ClusterTerm& term : words[c]) name += (name.empty() ? "" : ", ") + term.term;
    const std::string number = "cluster " + std::to_string(c + 1);
    const bool is_new = !name.empty() && std::ranges::find(names, name) == names.end();
    names.push_back(is_new ? name : name.empty() ? number : name + " (" + number + ")");
  }
  return names;
}

/// A word a row to colour it by, and what these words are.
void add_groups(const Options& options, PlacedMap& map, Context& context) {
  const std::string by = !options.color_by.empty() ? options.color_by : !map.items.labels.empty() ? map.items.label_field : "cluster";
  if (by == "none") return;
  map.color_by = by;
  map.are_kinds = options.color_by.empty() && by == map.items.label_field;
  const std::size_t n = map.items.size();
  if (by == "cluster") {
    KMeansOptions kmeans_options;
    kmeans_options.k = std::min(options.n_clusters, n);
    const std::vector<std::int32_t> labels = kmeans(map.items.vectors.view(), kmeans_options, context).labels;
    const std::vector<std::string> names = names_of(map.items.texts, labels, kmeans_options.k);
    for (const std::int32_t label : labels) map.colors.push_back(names[static_cast<std::size_t>(label)]);
    return;
  }
  for (std::size_t row = 0; row < n; ++row) map.colors.emplace_back(map.items.field(row, by));
  if (std::ranges::all_of(map.colors, &std::string::empty))
    throw Error(ErrorCode::not_found, map.items.source + ": no row has a field '" + by + "' to be coloured by");
}

int run(const Options& options, const Common& common, Context& context) {
  check_projection_options(options.projection);
  if (options.n_clusters == 0) throw UsageError("--clusters: at least one");
  check_map_outputs(options.outs, options.view);
  PlacedMap map;
  map.items = read_analysis_items(options.source, common, context);
  place(options, map, context);
  add_groups(options, map, context);
  const std::vector<WrittenFile> files = write_maps(options.outs, map, options.view);
  print_map(map, files, common.json);
  return 0;
}

}  // namespace

Run add_map(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_analysis_source(verb, options->source, common);
  verb.add_option(
          "-o,--out", options->outs,
          "Where to: .html (a page to look around in), .svg or .png (a picture), .csv, .jsonl or .npy (the places), .safetensors (all "
          "that --onto needs); may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->required();
  CLI::Option* onto = verb.add_option("--onto", options->onto,
                                      "A map that was kept (-o FILE.safetensors): its rows stand where they stood, others among them")
                          ->type_name("FILE");
  add_projection_options(verb, options->projection, onto);
  verb.add_option("--color-by", options->color_by,
                  "A field, cluster (groups by k-means) or none; default: what --label-field or --label-file tells, or else cluster")
      ->type_name("FIELD");
  verb.add_option("--clusters", options->n_clusters, "How many clusters, where they are what colours show")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--title", options->view.title, "Of the picture and the page; default: the name of the source")->type_name("TEXT");
  verb.add_option("--theme", options->view.theme, "light, dark, or auto: light pictures, and pages as the reader's system has it")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--outline", options->view.outline, "Around groups in a picture: none, hull or density")
      ->capture_default_str()
      ->type_name("KIND");
  verb.add_option("--width", options->view.width, "Of a picture, in points (a PNG has two pixels a point)")
      ->capture_default_str()
      ->check(CLI::Range(200, 4000))
      ->type_name("N");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
