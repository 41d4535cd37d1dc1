#include "cluster_output.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <span>
#include <utility>

#include "akin/akin.h"
#include "akin/analysis/cluster_scores.h"
#include "akin/analysis/label_agreement.h"
#include "akin/base/atomic_file.h"
#include "akin/formats/npy.h"
#include "akin/retrieval/cluster_words.h"
#include "csv_cell.h"
#include "terminal.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

// Of the silhouette: all pairs of more take minutes, and the mean of these is off by a hundredth.
constexpr std::size_t kSilhouetteRows = 5000;

void write_npy(const std::string& path, std::span<const std::int32_t> labels) {
  NpyWriter writer(path, TensorType::i32, {});
  writer.append(std::as_bytes(labels));
  writer.commit();
}

struct Group {
  std::int32_t label = 0;
  std::size_t size = 0;
  std::vector<std::size_t> examples;  ///< rows, the most central first
  std::vector<ClusterTerm> words;
};

/// The largest first; rows of no cluster are not among them.
std::vector<Group> groups_of(const AnalysisItems& items, const Clustering& clustering, const ClusterView& view, Context& context) {
  std::vector<std::vector<std::size_t>> examples = central_rows(items.vectors.view(), clustering.labels, view.n_examples, context);
  std::vector<std::vector<ClusterTerm>> words(examples.size());
  if (!items.texts.empty() && view.n_words > 0) words = cluster_words(items.texts, clustering.labels, {.n_terms = view.n_words});
  std::vector<Group> groups;
  for (std::size_t c = 0; c < examples.size(); ++c)
    groups.push_back({static_cast<std::int32_t>(c), 0, std::move(examples[c]), std::move(words[c])});
  for (const std::int32_t label : clustering.labels)
    if (label >= 0) ++groups[static_cast<std::size_t>(label)].size;
  std::ranges::stable_sort(groups, std::greater(), &Group::size);
  return groups;
}

nlohmann::json json_of(const Group& group, const AnalysisItems& items) {
  nlohmann::json examples = nlohmann::json::array(), words = nlohmann::json::array();
  for (const std::size_t row : group.examples) {
    examples.push_back({{"row", row}, {"name", items.names[row]}});
    if (!items.texts.empty()) examples.back()["text"] = items.texts[row];
  }
  for (const ClusterTerm& term : group.words) words.push_back({{"term", term.term}, {"weight", term.weight}, {"n_texts", term.n_texts}});
  nlohmann::json json = {{"label", group.label}, {"size", group.size}, {"examples", std::move(examples)}};
  if (!items.texts.empty()) json["words"] = std::move(words);
  return json;
}

std::string words_text(const Group& group) {
  std::string text;
  for (const ClusterTerm& term : group.words) text += (text.empty() ? "" : ", ") + term.term;
  return text;
}

std::string table_of(const std::vector<Group>& groups, const AnalysisItems& items) {
  const bool has_words = std::ranges::any_of(groups, [](const Group& group) { return !group.words.empty(); });
  Table table{{"cluster", "size", "words", "most central"}, {}};
  if (!has_words) table.header.erase(table.header.begin() + 2);
  const auto columns = static_cast<std::size_t>(std::max(40, terminal_columns() - 22));
  std::size_t widest = 0;
  for (const Group& group : groups) widest = std::max(widest, display_width(words_text(group)));
  const std::size_t for_words = std::min(widest, columns / 2), for_texts = columns - for_words;
  for (const Group& group : groups) {
    for (std::size_t i = 0; i < std::max<std::size_t>(group.examples.size(), 1); ++i) {
      const std::string& shown = group.examples.empty() ? std::string() : items.shown(group.examples[i]);
      std::vector<std::string> row = {i == 0 ? std::to_string(group.label) : "", i == 0 ? grouped(group.size) : ""};
      if (has_words) row.push_back(i == 0 ? shortened(words_text(group), for_words) : "");
      row.push_back(shortened(shown, for_texts));
      table.rows.push_back(std::move(row));
    }
  }
  return table.text();
}

/// How well the clusters lie apart; nothing where there are too few, which shows only when the work is done.
nlohmann::json scores_apart(const AnalysisItems& items, const Clustering& clustering, Context& context) {
  const bool by_angle = clustering.about.value("metric", "") == "cosine";
  const SilhouetteOptions options{by_angle ? Metric::cosine : Metric::euclidean, kSilhouetteRows};
  try {
    return {{"silhouette", silhouette(items.vectors.view(), clustering.labels, options, context)},
            {"davies_bouldin", davies_bouldin(items.vectors.view(), clustering.labels, context)}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    context.warn(error.what());
    return nlohmann::json::object();
  }
}

/// And how they agree with what the rows truly are.
nlohmann::json scores_of(const AnalysisItems& items, const Clustering& clustering, bool with_scores, Context& context) {
  nlohmann::json json = with_scores ? scores_apart(items, clustering, context) : nlohmann::json::object();
  if (!items.labels.empty()) {
    const LabelAgreement agreement = compare_labels(number_labels(items.labels), clustering.labels);
    json.update({{"adjusted_rand", agreement.adjusted_rand},
                 {"homogeneity", agreement.homogeneity},
                 {"completeness", agreement.completeness},
                 {"v_measure", agreement.v_measure},
                 {"n_true", agreement.n_true}});
  }
  return json;
}

std::string scores_text(const nlohmann::json& scores) {
  static constexpr std::pair<const char*, const char*> kNames[] = {{"silhouette", "silhouette"},   {"davies_bouldin", "Davies–Bouldin"},
                                                                   {"adjusted_rand", "ARI"},       {"v_measure", "V-measure"},
                                                                   {"homogeneity", "homogeneity"}, {"completeness", "completeness"}};
  std::string text;
  for (const auto& [field, name] : kNames)
    if (scores.contains(field)) text += (text.empty() ? "" : ", ") + std::string(name) + " " + fixed(scores[field].get<double>(), 4);
  return text.empty() ? text : text + "\n";
}

}  // namespace

void check_labels_file(const std::string& path) {
  const std::string ending = fs::path(path).extension().string();
  if (!path.empty() && ending != ".csv" && ending != ".jsonl" && ending != ".npy")
    throw UsageError("--out: labels are written to .csv, .jsonl or .npy, not to '" + path + "'");
}

void write_labels(const std::string& path, const AnalysisItems& items, const Clustering& clustering) {
  const std::string ending = fs::path(path).extension().string();
  if (ending == ".npy") return write_npy(path, clustering.labels);
  const bool has_probabilities = !clustering.probabilities.empty();
  AtomicFile file(path);
  if (ending == ".csv") {
    file.write(std::string("name,cluster") + (has_probabilities ? ",probability" : "") + (items.labels.empty() ? "" : ",label") +
               (items.texts.empty() ? "" : ",text") + "\n");
  }
  for (std::size_t r = 0; r < items.size(); ++r) {
    if (ending == ".csv") {
      std::string line = csv_cell(items.names[r]) + "," + std::to_string(clustering.labels[r]);
      if (has_probabilities) line += "," + fixed(clustering.probabilities[r], 6);
      if (!items.labels.empty()) line += "," + csv_cell(items.labels[r]);
      if (!items.texts.empty()) line += "," + csv_cell(items.texts[r]);
      file.write(line + "\n");
    } else {
      nlohmann::json record = {{"name", items.names[r]}, {"cluster", clustering.labels[r]}};
      if (has_probabilities) record["probability"] = clustering.probabilities[r];
      if (!items.labels.empty()) record["label"] = items.labels[r];
      if (!items.texts.empty()) record["text"] = items.texts[r];
      file.write(json_text(record) + "\n");
    }
  }
  file.commit();
}

void print_clusters(const AnalysisItems& items, const Clustering& clustering, const ClusterView& view, bool as_json, Context& context) {
  const std::vector<Group> groups = groups_of(items, clustering, view, context);
  const auto n_outside = static_cast<std::size_t>(std::ranges::count(clustering.labels, -1));
  const nlohmann::json scores = scores_of(items, clustering, view.with_scores, context);
  if (!as_json) {
    print(table_of(groups, items));
    print(grouped(items.size()) + (items.texts.empty() ? " vectors in " : " texts in ") + clustering.summary +
          (n_outside > 0 ? "; " + grouped(n_outside) + " belong to none" : "") + "\n");
    print(scores_text(scores));
    return;
  }
  nlohmann::json json = clustering.about;
  json.update({{"source", items.source}, {"n", items.size()}, {"dim", items.vectors.cols()}, {"n_outside", n_outside}});
  if (!items.model.empty()) json["model"] = items.model;
  if (!items.fingerprint.empty()) json["fingerprint"] = items.fingerprint;
  if (!scores.empty()) json["scores"] = scores;
  json["clusters"] = nlohmann::json::array();
  for (const Group& group : groups) json["clusters"].push_back(json_of(group, items));
  print_json(json);
}

}  // namespace akin::cli
