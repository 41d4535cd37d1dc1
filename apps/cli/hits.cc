#include "hits.h"

#include <nlohmann/json.hpp>

#include "akin/base/utf8.h"
#include "collection_choice.h"
#include "terminal.h"

namespace akin::cli {
namespace {

std::string place_of(const Hit& hit) {
  if (hit.page > 0) return ", " + hit.place;
  return hit.line > 0 ? ":" + std::to_string(hit.line) : std::string();  // as editors and compilers name a line
}

std::string headings_of(const Hit& hit) {
  std::string path;
  for (const std::string& heading : hit.headings) path += (path.empty() ? "" : " > ") + heading;
  return path;
}

/// The snippet within some columns, with the query's words in bold as far as they are not cut.
std::string snippet_of(const Hit& hit, std::size_t columns) {
  const std::string shown = shortened(hit.snippet, columns);
  std::string out;
  std::size_t at = 0;
  for (const TextRange& range : hit.highlights) {
    const std::size_t size = range.end - range.begin;
    if (range.end > shown.size() || shown.compare(range.begin, size, hit.snippet, range.begin, size) != 0) break;
    out += shown.substr(at, range.begin - at) + bold(shown.substr(range.begin, size));
    at = range.end;
  }
  return out + shown.substr(at);
}

void print_text(const Hit& hit, bool full) {
  const auto columns = static_cast<std::size_t>(terminal_columns());
  const std::string headings = headings_of(hit);
  if (!headings.empty()) print("   " + green(shortened(headings, columns - 3)) + "\n");
  print(full ? hit.text + "\n" : "   " + snippet_of(hit, 3 * columns - 9) + "\n");
}

nlohmann::json highlights_of(const Hit& hit) {
  nlohmann::json list = nlohmann::json::array();
  const std::string_view text = hit.snippet;
  for (const TextRange& range : hit.highlights)
    list.push_back({count_code_points(text.substr(0, range.begin)), count_code_points(text.substr(0, range.end))});
  return list;
}

std::string percent_text(std::size_t part, std::size_t whole) {
  return whole == 0 ? "0" : fixed(100 * static_cast<double>(part) / static_cast<double>(whole), part * 100 < whole ? 3 : 1);
}

}  // namespace

void print_hit(std::size_t rank, const Hit& hit, bool full) {
  print(bold(std::to_string(rank) + ". " + shown_path(hit.uri) + place_of(hit)) + "  " + dim(fixed(hit.score, 4)) + "\n");
  print_text(hit, full);
  for (const Hit& other : hit.more) {
    print("   " + dim("also" + (other.place.empty() ? "" : " " + other.place) + "  " + fixed(other.score, 4)) + "\n");
    print_text(other, full);
  }
}

nlohmann::json json_of(const Hit& hit) {
  nlohmann::json metadata = nlohmann::json::object();
  for (const auto& [key, value] : hit.metadata) metadata[key] = value;
  nlohmann::json json = {{"score", hit.score},       {"uri", hit.uri},
                         {"title", hit.title},       {"place", hit.place},
                         {"page", hit.page},         {"line", hit.line},
                         {"headings", hit.headings}, {"text", hit.text},
                         {"snippet", hit.snippet},   {"highlights", highlights_of(hit)},
                         {"metadata", metadata},     {"chunk_id", hit.chunk_id}};
  for (const Hit& other : hit.more) json["more"].push_back(json_of(other));
  return json;
}

void print_plan(const SearchPlan& plan) {
  print(dim("filter   ") + (plan.filter.empty() ? "none" : plan.filter) + "\n");
  print(dim("passes   ") + grouped(plan.n_kept) + " of " + grouped(plan.n_chunks) + " chunks (" + percent_text(plan.n_kept, plan.n_chunks) +
        " %), known in " + seconds_text(plan.select_seconds) + "\n");
  if (!plan.dense.empty())
    print(dim("meaning  ") + plan.dense + ": " + grouped(plan.n_dense) + " candidates in " + seconds_text(plan.dense_seconds) +
          ", the query embedded in " + seconds_text(plan.embed_seconds) + "\n");
  if (!plan.text.empty())
    print(dim("words    ") + plan.text + ": " + grouped(plan.n_text) + " candidates in " + seconds_text(plan.text_seconds) + "\n");
}

nlohmann::json json_of(const SearchPlan& plan) {
  nlohmann::json json = {{"filter", plan.filter},
                         {"n_chunks", plan.n_chunks},
                         {"n_kept", plan.n_kept},
                         {"select_seconds", plan.select_seconds},
                         {"seconds", plan.seconds}};
  if (!plan.dense.empty())
    json["dense"] = {
        {"way", plan.dense}, {"n_candidates", plan.n_dense}, {"seconds", plan.dense_seconds}, {"embed_seconds", plan.embed_seconds}};
  if (!plan.text.empty()) json["text"] = {{"way", plan.text}, {"n_candidates", plan.n_text}, {"seconds", plan.text_seconds}};
  return json;
}

}  // namespace akin::cli
