#include "akin/eval/beir.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "akin/base/error.h"
#include "text_file.h"

namespace akin {
namespace {

using Json = nlohmann::json;

[[noreturn]] void throw_line(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  throw Error(ErrorCode::corrupt, path.string() + ":" + std::to_string(line) + ": " + what);
}

// The file, or its packed form beside it.
std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& name) {
  for (const std::string& candidate : {name, name + ".gz"}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(folder / candidate, ignored)) return folder / candidate;
  }
  throw Error(ErrorCode::not_found, folder.string() + ": no " + name + " or " + name +
                                        ".gz; a retrieval benchmark is a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv");
}

// An identifier: a string, or a number as it is written.
std::string id_of(const Json& record, const std::filesystem::path& path, std::size_t line) {
  const auto found = record.find("_id");
  if (found != record.end() && found->is_string()) return found->get<std::string>();
  if (found != record.end() && found->is_number_integer()) return found->dump();
  throw_line(path, line, "no '_id'");
}

std::string text_of(const Json& record, const char* field, bool required, const std::filesystem::path& path, std::size_t line) {
  const auto found = record.find(field);
  if (found != record.end() && found->is_string()) return found->get<std::string>();
  if (required || (found != record.end() && !found->is_null())) throw_line(path, line, "no text in '" + std::string(field) + "'");
  return {};
}

// Calls take(record, line) for each line of a JSONL file.
template <class Take>
void for_each_record(const std::filesystem::path& path, const Take& take) {
  const std::string text = read_text_file(path);
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty()) continue;
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object()) throw_line(path, number, "not a JSON object");
    take(record, number);
  }
}

using Rows = std::unordered_map<std::string, std::size_t>;

void add_id(Rows& rows, const std::string& id, const std::filesystem::path& path, std::size_t line) {
  if (!rows.emplace(id, rows.size()).second) throw_line(path, line, "the id '" + id + "' comes twice");
}

// Some published sets judge documents that their corpus lacks. Those count in the ideal ranking, as they do elsewhere, under rows past the
// last one, which no search returns.
void read_judgements(const std::filesystem::path& path, Rows& documents, const Rows& queries, BeirSet& set) {
  const std::string text = read_text_file(path);
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.empty()) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos) throw_line(path, i + 1, "fewer than three columns, wanted query, document, score");
    const std::string_view digits = line.substr(second + 1);
    int score = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), score);
    if (error != std::errc() || end != digits.data() + digits.size()) throw_line(path, i + 1, "the score is not a whole number");
    const auto query = queries.find(std::string(line.substr(0, first)));
    if (query == queries.end()) throw_line(path, i + 1, "no query '" + std::string(line.substr(0, first)) + "' in queries.jsonl");
    if (score <= 0) continue;
    const auto [document, is_missing] = documents.emplace(line.substr(first + 1, second - first - 1), documents.size());
    set.n_documents_missing += is_missing ? 1 : 0;
    set.queries[query->second].relevant.insert(document->second);
  }
}

}  // namespace

BeirSet read_beir(const std::filesystem::path& folder) {
  const std::filesystem::path corpus = file_of(folder, "corpus.jsonl"), questions = file_of(folder, "queries.jsonl"),
                              judgements = file_of(folder, "qrels/test.tsv");
  BeirSet set;
  Rows document_rows, query_rows;
  for_each_record(corpus, [&](const Json& record, std::size_t line) {
    BeirDocument document{id_of(record, corpus, line), text_of(record, "title", false, corpus, line),
                          text_of(record, "text", true, corpus, line)};
    add_id(document_rows, document.id, corpus, line);
    set.documents.push_back(std::move(document));
  });
  for_each_record(questions, [&](const Json& record, std::size_t line) {
    BeirQuery query{id_of(record, questions, line), text_of(record, "text", true, questions, line), {}};
    add_id(query_rows, query.id, questions, line);
    set.queries.push_back(std::move(query));
  });
  read_judgements(judgements, document_rows, query_rows, set);
  set.n_queries_unjudged = std::erase_if(set.queries, [](const BeirQuery& query) { return query.relevant.empty(); });
  return set;
}

}  // namespace akin
