// Snapshot::content_digest(): what is in the collection, not how it lies there. Ids, segments and sources have no say.
// Tested by content_digest_test.cc.
#include <cstdint>
#include <string>

#include "akin/base/sha256.h"
#include "snapshot.h"

namespace akin {
namespace {

std::string_view as_text(std::span<const float> row) noexcept {
  return {reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)};
}

void add_number(Sha256& hash, std::int64_t number) { hash.field(std::to_string(number)); }

void add_metadata(Sha256& hash, store::Connection& db, std::int64_t document) {
  store::Statement& query = db.statement("SELECT field, value FROM metadata WHERE document_id = ?1 ORDER BY field, value").bind(document);
  while (query.step()) hash.field("metadata").field(query.text(0)).field(query.text(1));
  query.reset();
}

void add_chunks(Sha256& hash, store::Connection& db, const store::VectorView& vectors, std::int64_t document) {
  store::Statement& query =
      db.statement("SELECT id, headings, text, page, line, n_tokens FROM chunks WHERE document_id = ?1 ORDER BY id").bind(document);
  while (query.step()) {
    hash.field("chunk").field(query.text(1)).field(query.text(2));
    for (int column = 3; column < 6; ++column) add_number(hash, query.integer(column));
    hash.field(as_text(vectors.vector_of(static_cast<std::uint64_t>(query.integer(0)))));
  }
  query.reset();
}

}  // namespace

std::string Snapshot::content_digest() const {
  store::Connection& db = *impl_->db;
  Sha256 hash;
  store::Statement& documents = db.statement("SELECT id, uri, title, format, content_hash FROM documents ORDER BY uri");
  while (documents.step()) {
    hash.field("document");
    for (int column = 1; column < 5; ++column) hash.field(documents.text(column));
    const std::int64_t id = documents.integer(0);
    add_metadata(hash, db, id);
    add_chunks(hash, db, impl_->dense->vectors(), id);
  }
  documents.reset();
  return hash.hex();
}

}  // namespace akin
