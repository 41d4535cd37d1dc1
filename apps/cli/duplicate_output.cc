#include "duplicate_output.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "akin/akin.h"
#include "akin/base/atomic_file.h"
#include "csv_cell.h"
#include "terminal.h"

namespace akin::cli {
namespace {

constexpr std::size_t kGroupsShown = 10;
constexpr std::size_t kMembersShown = 8;

/// One that stays, and those that go for it.
struct Group {
  std::uint32_t kept = 0;
  std::vector<std::uint32_t> going;
};

/// The largest first, equally large ones as they come.
std::vector<Group> groups_of(const Duplicates& found) {
  std::map<std::uint32_t, std::size_t> place;
  std::vector<Group> groups;
  for (std::uint32_t i = 0; i < found.size(); ++i) {
    if (!found.goes(i)) continue;
    const auto [at, is_new] = place.try_emplace(found.kept[i], groups.size());
    if (is_new) groups.push_back({found.kept[i], {}});
    groups[at->second].going.push_back(i);
  }
  std::ranges::stable_sort(groups, {}, &Group::kept);
  std::ranges::stable_sort(groups, std::greater(), [](const Group& group) { return group.going.size(); });
  return groups;
}

nlohmann::json json_of(const DuplicateRun& run, std::uint32_t i) {
  const AnalysisItems& items = run.items_of(i);
  const std::size_t row = run.row_of(i);
  nlohmann::json json = {{"row", row}, {"name", items.names[row]}};
  if (!items.texts.empty()) json["text"] = items.texts[row];
  if (run.found.goes(i)) json["similarity"] = run.found.similarity[i], json["method"] = name_of(run.found.by[i]);
  return json;
}

void print_as_json(const DuplicateRun& run, const std::vector<Group>& groups, std::size_t top) {
  nlohmann::json json = {{"source", run.items.source},       {"method", run.method},           {"n", run.items.size()},
                         {"n_groups", groups.size()},        {"n_going", run.found.n_going()}, {"seconds", run.seconds},
                         {"groups", nlohmann::json::array()}};
  if (run.jaccard > 0) json["jaccard"] = run.jaccard;
  if (run.cosine > 0) json["cosine"] = run.cosine;
  if (!run.items.model.empty()) json["model"] = run.items.model;
  if (run.n_known() > 0) json["against"] = {{"source", run.known.source}, {"n", run.n_known()}};
  for (std::size_t g = 0; g < std::min(top, groups.size()); ++g) {
    nlohmann::json going = nlohmann::json::array();
    for (const std::uint32_t i : groups[g].going) going.push_back(json_of(run, i));
    json["groups"].push_back({{"kept", json_of(run, groups[g].kept)}, {"going", std::move(going)}});
  }
  print_json(json);
}

std::string likeness_text(const DuplicateRun& run, std::uint32_t i) {
  const bool is_exact = run.found.by[i] == DuplicateBy::equality;
  return std::string(name_of(run.found.by[i])) + (is_exact ? "" : " " + fixed(static_cast<double>(run.found.similarity[i]), 3));
}

/// Where a row is from, unless that is all that is known of it.
std::string place_text(const AnalysisItems& items, std::size_t row, std::size_t columns) {
  return &items.shown(row) == &items.names[row] || items.names[row] == items.texts[row] ? "" : shortened(items.names[row], columns);
}

void add_rows(const DuplicateRun& run, const Group& group, Table& table) {
  const auto columns = static_cast<std::size_t>(std::max(60, terminal_columns())) - 24;
  const std::size_t for_names = columns / 4, for_texts = columns - for_names;
  const auto add = [&](std::uint32_t i, std::string size, std::string likeness, const char* indent) {
    const AnalysisItems& items = run.items_of(i);
    const std::size_t row = run.row_of(i);
    table.rows.push_back(
        {std::move(size), std::move(likeness), indent + shortened(items.shown(row), for_texts), place_text(items, row, for_names)});
  };
  add(group.kept, grouped(group.going.size() + 1), run.is_known(group.kept) ? "known" : "stays", "");
  for (std::size_t m = 0; m < std::min(kMembersShown, group.going.size()); ++m)
    add(group.going[m], "", likeness_text(run, group.going[m]), "  ");
  if (group.going.size() > kMembersShown)
    table.rows.push_back({"", "", "  and " + grouped(group.going.size() - kMembersShown) + " more", ""});
}

std::string summary_of(const DuplicateRun& run, std::size_t n_groups) {
  const std::string what = run.items.are_pictures ? "pictures" : run.items.texts.empty() ? "vectors" : "texts";
  const std::size_t n = run.items.size(), n_going = run.found.n_going();
  std::string line = grouped(n) + " " + (n == 1 ? what.substr(0, what.size() - 1) : what) + ", ";
  if (run.n_known() > 0) {
    line += grouped(n_going) + (n_going == 1 ? " is" : " are") + " in " + run.known.source + " (" + grouped(run.n_known()) + ")";
  } else {
    line += grouped(n_groups) + (n_groups == 1 ? " group, " : " groups, ") + grouped(n_going) + " can go";
  }
  return line + "; " + run.method + ", " + seconds_text(run.seconds) + "\n";
}

void print_as_table(const DuplicateRun& run, const std::vector<Group>& groups, std::size_t top) {
  Table table{{"size", "", run.items.texts.empty() ? "row" : "text", run.items.texts.empty() ? "" : "from"}, {}};
  for (std::size_t g = 0; g < std::min(top, groups.size()); ++g) add_rows(run, groups[g], table);
  if (!table.rows.empty()) print(table.text());
  if (top > 0 && groups.size() > top) print("… and " + grouped(groups.size() - top) + " more groups: --top, or --json for all\n");
  print(summary_of(run, groups.size()));
}

std::string ending_of(const std::string& path) { return std::filesystem::path(path).extension().string(); }

bool is_record_ending(const std::string& ending) {
  return ending == ".jsonl" || ending == ".ndjson" || ending == ".csv" || ending == ".tsv";
}

/// Of rows of vectors: all that is known of one.
nlohmann::json record_of(const AnalysisItems& items, std::size_t row) {
  nlohmann::json json = {{"id", items.names[row]}};
  if (!items.texts.empty()) json["text"] = items.texts[row];
  for (const auto& [name, value] : items.fields[row])
    if (!json.contains(name)) json[name] = value;
  return json;
}

void write_vectors(const std::string& path, const DuplicateRun& run) {
  const AnalysisItems& items = run.items;
  VectorMetadata metadata;
  if (!items.model.empty()) metadata["model"] = items.model;
  if (!items.fingerprint.empty()) metadata["fingerprint"] = items.fingerprint;
  VectorWriter writer(path, TensorType::f32, items.vectors.cols(), metadata);
  for (std::size_t row = 0; row < items.size(); ++row)
    if (run.stays(row)) writer.append(items.vectors.view().middle_rows(row, 1));
  writer.commit();
}

}  // namespace

void print_duplicates(const DuplicateRun& run, std::optional<std::size_t> top, bool as_json) {
  const std::vector<Group> groups = groups_of(run.found);
  as_json ? print_as_json(run, groups, top.value_or(groups.size())) : print_as_table(run, groups, top.value_or(kGroupsShown));
}

void check_rows_file(const std::string& path) {
  if (!path.empty() && ending_of(path) != ".csv" && ending_of(path) != ".jsonl")
    throw UsageError("--out: rows are written to .csv or .jsonl, not to '" + path + "'");
}

void write_row_list(const std::string& path, const DuplicateRun& run) {
  const bool is_csv = ending_of(path) == ".csv", has_texts = !run.items.texts.empty();
  AtomicFile file(path);
  if (is_csv) file.write(std::string("name,stays,for,similarity,method") + (has_texts ? ",text" : "") + "\n");
  for (std::size_t row = 0; row < run.items.size(); ++row) {
    const std::size_t i = run.n_known() + row, kept = run.found.kept[i];
    const std::string& name = run.items_of(kept).names[run.row_of(kept)];
    const auto similarity = static_cast<double>(run.found.similarity[i]);
    if (is_csv) {
      std::string line = csv_cell(run.items.names[row]) + (run.stays(row) ? ",1," : ",0,") + csv_cell(name) + "," + fixed(similarity, 6) +
                         "," + std::string(name_of(run.found.by[i]));
      if (has_texts) line += "," + csv_cell(run.items.texts[row]);
      file.write(line + "\n");
    } else {
      nlohmann::json json = {{"name", run.items.names[row]}, {"stays", run.stays(row)}};
      if (!run.stays(row)) json.update({{"for", name}, {"similarity", similarity}, {"method", name_of(run.found.by[i])}});
      if (has_texts) json["text"] = run.items.texts[row];
      file.write(json_text(json) + "\n");
    }
  }
  file.commit();
}

void check_deduplicated_file(const std::string& path, const DuplicateRunOptions& options) {
  if (path.empty()) return;
  const std::string ending = ending_of(path);
  if (ending == ".jsonl" || ending == ".ndjson") return;
  if (options.source.inputs.empty()) throw UsageError("--write: what stays of a collection is written to .jsonl, not to '" + path + "'");
  for (const std::string& input : options.source.inputs) {
    const std::string from = ending_of(input);
    const bool are_records = is_record_ending(from) && options.source.texts.format == "auto" && !options.source.texts.literal;
    const bool fits = are_records             ? from == ending
                      : is_vector_file(input) ? is_vector_file(path)
                                              : !is_record_ending(ending) && !is_vector_file(path);
    if (!fits) throw UsageError("--write: what stays of '" + input + "' is written to its own format or to .jsonl, not to '" + path + "'");
  }
}

void write_deduplicated(const std::string& path, const DuplicateRun& run) {
  const AnalysisItems& items = run.items;
  if (is_vector_file(path)) return write_vectors(path, run);
  const std::string ending = ending_of(path);
  const bool is_json = ending == ".jsonl" || ending == ".ndjson";
  const bool are_vectors = items.vectors.rows() > 0 && !run.made_vectors && !items.is_collection;
  if (are_vectors && !is_json)
    throw UsageError("--write: vectors are written to .npy, .fvecs, .safetensors or .jsonl, not to '" + path + "'");
  const bool as_written = items.records.size() == items.size() && is_json == items.records_head.empty();
  AtomicFile file(path);
  if (as_written && !is_json) file.write(items.records_head + "\n");
  for (std::size_t row = 0; row < items.size(); ++row) {
    if (!run.stays(row)) continue;
    if (as_written) {
      file.write(items.records[row] + "\n");
    } else if (!is_json) {
      file.write(items.shown(row) + "\n");  // of pictures their files
    } else if (are_vectors) {
      file.write(json_text(record_of(items, row), "vector", numbers_text(items.vectors.row(row), VectorCode::f32)) + "\n");
    } else {
      file.write(json_text(record_of(items, row)) + "\n");
    }
  }
  file.commit();
}

}  // namespace akin::cli
