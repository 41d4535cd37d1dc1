// Documents into the tables, many at once. See writer.h. Tested by store_test.cc and put_documents_test.cc.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "bulk_insert.h"
#include "headings.h"
#include "typed_value.h"
#include "writer.h"

namespace akin::store {
namespace {

using View = std::string_view;

/// Uris of a look at the index.
constexpr std::size_t kUrisAtOnce = 16;

struct OldDocument {
  std::int64_t id = 0;
  std::string title;
};

std::vector<OldDocument> found_by_uri(Connection& db, std::span<const StoredDocument> documents) {
  std::vector<OldDocument> found;
  Statement& query =
      db.statement("SELECT id, title FROM documents WHERE uri IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  for (std::size_t begin = 0; begin < documents.size(); begin += kUrisAtOnce) {
    query.reset();
    // The last look asks for the last uri again.
    for (std::size_t i = 0; i < kUrisAtOnce; ++i)
      query.bind_at(static_cast<int>(i) + 1, View(documents[std::min(begin + i, documents.size() - 1)].uri));
    while (query.step()) found.push_back({query.integer(0), std::string(query.text(1))});
  }
  query.reset();
  return found;
}

}  // namespace

void Writer::put_documents(std::span<const StoredDocument> documents, std::uint64_t first_chunk) {
  // A document that is there twice takes its own place.
  std::set<View> uris;
  std::size_t begin = 0, n_chunks = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (!uris.insert(documents[i].uri).second) {
      put_new_documents(documents.subspan(begin, i - begin), first_chunk);
      begin = i;
      first_chunk += std::exchange(n_chunks, 0);
      uris = {View(documents[i].uri)};
    }
    n_chunks += documents[i].chunks.size();
  }
  put_new_documents(documents.subspan(begin), first_chunk);
}

void Writer::put_new_documents(std::span<const StoredDocument> documents, std::uint64_t first_chunk) {
  if (documents.empty()) return;
  for (const OldDocument& old : found_by_uri(db_, documents)) remove_rows(old.id, old.title);
  const auto first = static_cast<std::uint64_t>(db_.integer("SELECT max(id) FROM documents", 0)) + 1;
  BulkInsert rows(db_, "INSERT INTO documents(id, uri, title, format, content_hash, source_id, n_chunks) VALUES",
                  "(?, ?, ?, ?, ?, nullif(?, 0), ?)", documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const StoredDocument& document = documents[i];
    const std::int64_t source = document.source.empty() ? 0 : source_row(document.source);
    rows.add(first + i, View(document.uri), View(document.title), View(document.format), View(document.content_hash), source,
             document.chunks.size());
  }
  put_metadata(documents, first);
  put_chunks(documents, first, first_chunk);
}

void Writer::put_metadata(std::span<const StoredDocument> documents, std::uint64_t first_document) {
  std::size_t n_values = 0;
  for (const StoredDocument& document : documents) n_values += document.metadata.size();
  // What it stands for besides is worked out here: no look at the value for each of the indexes.
  BulkInsert rows(db_, "INSERT OR IGNORE INTO metadata(document_id, field, value, number, time) VALUES", "(?, ?, ?, ?, ?)", n_values);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    for (const auto& [field, value] : documents[i].metadata) {
      const std::optional<double> number = number_of(value);
      const std::optional<TimeSpan> time = time_of(value);
      rows.add(first_document + i, View(field), View(value), number, time ? std::optional(time->begin) : std::nullopt);
    }
  }
}

void Writer::put_chunks(std::span<const StoredDocument> documents, std::uint64_t first_document, std::uint64_t first_chunk) {
  std::vector<std::string> headings;  // of each chunk
  for (const StoredDocument& document : documents)
    for (const StoredChunk& chunk : document.chunks) headings.push_back(join_headings(chunk.headings));
  BulkInsert rows(db_, "INSERT INTO chunks(id, document_id, headings, text, page, line, n_tokens) VALUES", "(?, ?, ?, ?, ?, ?, ?)",
                  headings.size());
  std::size_t n = 0;
  for (std::size_t i = 0; i < documents.size(); ++i)
    for (const StoredChunk& chunk : documents[i].chunks) {
      rows.add(first_chunk + n, first_document + i, View(headings[n]), View(chunk.text), chunk.page, chunk.line, chunk.n_tokens);
      ++n;
    }
  n = 0;
  for (const StoredDocument& document : documents)
    for (const StoredChunk& chunk : document.chunks) {
      index_text({first_chunk + n, document.title, headings[n], chunk.text});
      ++n;
    }
}

}  // namespace akin::store
