#include "chunk_owners.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"

namespace akin::store {
namespace {

/// Looking one document's chunks up takes as long as reading about so many lines of an index.
constexpr std::uint64_t kLinesOfALookup = 16;

std::vector<std::uint64_t> looked_up(std::span<const std::uint64_t> documents, Connection& connection) {
  std::vector<std::uint64_t> chunks;
  Statement& query = connection.statement("SELECT id FROM chunks WHERE document_id = ?1");
  for (const std::uint64_t document : documents) {
    query.bind(document);
    while (query.step()) chunks.push_back(static_cast<std::uint64_t>(query.integer(0)));
  }
  query.reset();
  return chunks;
}

}  // namespace

std::shared_ptr<const ChunkOwners::Table> ChunkOwners::table(Connection& connection) {
  const std::lock_guard lock(mutex_);
  if (table_ != nullptr) return table_;
  std::vector<std::uint64_t> pairs;
  Statement query(connection, "SELECT akin_collect(?1, document_id, id) FROM chunks");
  query.bind_list_at(1, pairs);
  query.run();
  // The index that has both goes by documents, and their ids and those of their chunks rise together: a table in another order is damaged.
  auto made = std::make_shared<Table>();
  made->documents.reserve(pairs.size() / 2);
  made->chunks.reserve(pairs.size() / 2);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    made->documents.push_back(pairs[i]);
    made->chunks.push_back(pairs[i + 1]);
  }
  if (!std::ranges::is_sorted(made->documents))
    throw Error(ErrorCode::corrupt, connection.file().string() + ": table chunks is not in the order of documents");
  table_ = std::move(made);
  return table_;
}

IdSet ChunkOwners::chunks_of(const IdSet& documents, Connection& connection) {
  const std::span<const std::uint64_t> ids = documents.ids();
  const auto n_chunks = static_cast<std::uint64_t>(connection.integer("SELECT max(id) FROM chunks", 0));  // or less
  if (!documents.is_all_but() && ids.size() * kLinesOfALookup < n_chunks) return IdSet::of(looked_up(ids, connection));
  const std::shared_ptr<const Table> all = table(connection);
  std::vector<std::uint64_t> chunks;
  chunks.reserve(all->chunks.size());
  auto named = ids.begin();
  for (std::size_t i = 0; i < all->chunks.size(); ++i) {
    while (named != ids.end() && *named < all->documents[i]) ++named;
    const bool is_named = named != ids.end() && *named == all->documents[i];
    if (is_named != documents.is_all_but()) chunks.push_back(all->chunks[i]);
  }
  return IdSet::of(std::move(chunks));
}

}  // namespace akin::store
