#include "cluster_output.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <span>

#include "akin/akin.h"
#include "akin/base/atomic_file.h"
#include "akin/formats/npy.h"
#include "terminal.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

/// A cell of RFC 4180.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

void write_npy(const std::string& path, std::span<const std::int32_t> labels) {
  NpyWriter writer(path, TensorType::i32, {});
  writer.append(std::as_bytes(labels));
  writer.commit();
}

struct Group {
  std::int32_t label = 0;
  std::size_t size = 0;
  std::vector<std::size_t> examples;  ///< rows, the most central first
};

/// The largest first; rows of no cluster are not among them.
std::vector<Group> groups_of(const AnalysisItems& items, const Clustering& clustering, std::size_t n_examples, Context& context) {
  std::vector<std::vector<std::size_t>> examples = central_rows(items.vectors.view(), clustering.labels, n_examples, context);
  std::vector<Group> groups(examples.size());
  for (std::size_t c = 0; c < groups.size(); ++c) groups[c] = {static_cast<std::int32_t>(c), 0, std::move(examples[c])};
  for (const std::int32_t label : clustering.labels)
    if (label >= 0) ++groups[static_cast<std::size_t>(label)].size;
  std::ranges::stable_sort(groups, std::greater(), &Group::size);
  return groups;
}

nlohmann::json json_of(const Group& group, const AnalysisItems& items) {
  nlohmann::json examples = nlohmann::json::array();
  for (const std::size_t row : group.examples) {
    examples.push_back({{"row", row}, {"name", items.names[row]}});
    if (!items.texts.empty()) examples.back()["text"] = items.texts[row];
  }
  return {{"label", group.label}, {"size", group.size}, {"examples", std::move(examples)}};
}

std::string table_of(const std::vector<Group>& groups, const AnalysisItems& items) {
  Table table{{"cluster", "size", "most central"}, {}};
  const auto columns = static_cast<std::size_t>(std::max(30, terminal_columns() - 20));
  for (const Group& group : groups) {
    for (std::size_t i = 0; i < std::max<std::size_t>(group.examples.size(), 1); ++i) {
      const std::string text = group.examples.empty() ? "" : shortened(items.shown(group.examples[i]), columns);
      table.rows.push_back({i == 0 ? std::to_string(group.label) : "", i == 0 ? grouped(group.size) : "", text});
    }
  }
  return table.text();
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
  AtomicFile file(path);
  if (ending == ".csv") file.write(items.texts.empty() ? "name,cluster\n" : "name,cluster,text\n");
  for (std::size_t r = 0; r < items.size(); ++r) {
    if (ending == ".csv") {
      const std::string text = items.texts.empty() ? "" : "," + cell(items.texts[r]);
      file.write(cell(items.names[r]) + "," + std::to_string(clustering.labels[r]) + text + "\n");
    } else {
      nlohmann::json record = {{"name", items.names[r]}, {"cluster", clustering.labels[r]}};
      if (!items.texts.empty()) record["text"] = items.texts[r];
      file.write(json_text(record) + "\n");
    }
  }
  file.commit();
}

void print_clusters(const AnalysisItems& items, const Clustering& clustering, const ClusterView& view, bool as_json, Context& context) {
  const std::vector<Group> groups = groups_of(items, clustering, view.n_examples, context);
  const auto n_outside = static_cast<std::size_t>(std::ranges::count(clustering.labels, -1));
  if (!as_json) {
    print(table_of(groups, items));
    print(clustering.summary + "\n");
    return;
  }
  nlohmann::json json = clustering.about;
  json.update({{"source", items.source}, {"n", items.size()}, {"dim", items.vectors.cols()}, {"n_outside", n_outside}});
  if (!items.model.empty()) json["model"] = items.model;
  if (!items.fingerprint.empty()) json["fingerprint"] = items.fingerprint;
  json["clusters"] = nlohmann::json::array();
  for (const Group& group : groups) json["clusters"].push_back(json_of(group, items));
  print_json(json);
}

}  // namespace akin::cli
