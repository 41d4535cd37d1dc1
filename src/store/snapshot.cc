#include "snapshot.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "akin/base/error.h"
#include "chunk_set.h"
#include "filter_sql.h"
#include "headings.h"
#include "schema.h"
#include "segment.h"
#include "text_query.h"

namespace akin {
namespace {

using namespace store;
using View = std::string_view;

constexpr int kAttempts = 10;

constexpr const char* kDocumentFields =
    "SELECT d.uri, d.title, d.format, d.content_hash, coalesce(s.path, ''), d.n_chunks "
    "FROM documents d LEFT JOIN sources s ON s.id = d.source_id ";

DocumentRecord record_of(const Statement& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
          std::string(row.text(3)), std::string(row.text(4)), static_cast<std::size_t>(row.integer(5))};
}

std::vector<DocumentRecord> list_documents(Statement& query) {
  std::vector<DocumentRecord> documents;
  while (query.step()) documents.push_back(record_of(query));
  return documents;
}

std::vector<std::pair<std::string, std::string>> read_metadata(Connection& db, std::int64_t document) {
  std::vector<std::pair<std::string, std::string>> metadata;
  Statement& query = db.statement("SELECT field, value FROM metadata WHERE document_id = ?1 ORDER BY field, value").bind(document);
  while (query.step()) metadata.emplace_back(query.text(0), query.text(1));
  query.reset();
  return metadata;
}

ChunkRecord chunk_of(const Statement& row) {
  ChunkRecord record;
  record.chunk_id = static_cast<std::uint64_t>(row.integer(0));
  record.chunk = {std::string(row.text(1)), split_headings(row.text(2)), static_cast<std::uint32_t>(row.integer(3)),
                  static_cast<std::uint32_t>(row.integer(4)), static_cast<std::uint32_t>(row.integer(5))};
  record.uri = row.text(6);
  record.title = row.text(7);
  record.format = row.text(8);
  record.source = row.text(10);
  return record;
}

/// Chunks that no live row is of, as they are left where damaged vectors were forgotten. By counts alone where there are none.
std::vector<std::uint64_t> chunks_without_rows(Connection& db, const VectorView& vectors) {
  const auto n_chunks = static_cast<std::size_t>(db.integer("SELECT count(*) FROM chunks", 0));
  if (n_chunks == vectors.n_rows() - vectors.n_dead()) return {};
  std::vector<std::uint64_t> live;
  for (const SegmentView& segment : vectors.segments())
    for (const std::uint64_t id : segment.chunk_ids)
      if (!vectors.is_dead(id)) live.push_back(id);
  std::sort(live.begin(), live.end());
  std::vector<std::uint64_t> missing;
  Statement query(db, "SELECT id FROM chunks");
  while (query.step()) {
    const auto id = static_cast<std::uint64_t>(query.integer(0));
    if (!std::binary_search(live.begin(), live.end(), id)) missing.push_back(id);
  }
  return missing;
}

void add_file(const std::string& name, std::uint64_t size, StoreCounts& counts) {
  const bool is_database = name == kDatabaseName;
  const bool is_log = !is_database && name.starts_with(kDatabaseName);
  (is_database             ? counts.n_database_bytes
   : is_log                ? counts.n_log_bytes
   : segment_id(name) != 0 ? counts.n_vector_bytes
                           : counts.n_other_bytes) += size;
  counts.n_bytes += size;
}

}  // namespace

Snapshot::Impl::Impl(std::shared_ptr<ReaderPool> its_pool) : pool(std::move(its_pool)), db(pool->take()) {
  // A compaction can take a file away between the reading of a commit and its mapping; the next commit is then there already.
  std::uint64_t seen = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    reading.reset();
    reading.emplace(*db, false);
    dense = pool->view(*db);
    const VectorView& vectors = dense->vectors();
    if (!vectors.has_missing_file() || (attempt > 0 && vectors.generation() == seen)) return;
    seen = vectors.generation();
  }
}

Snapshot::Impl::~Impl() {
  reading.reset();
  pool->give_back(std::move(db));
}

std::vector<std::string> text_query_terms(std::string_view query) { return query_terms(query); }

Snapshot::Snapshot(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

const StoreSpace& Snapshot::space() const noexcept { return impl_->dense->space(); }

std::optional<NextSpace> Snapshot::next_space() const {
  std::optional<NextSpaceRow> row = read_next_space(*impl_->db);
  if (!row) return std::nullopt;
  return NextSpace{std::move(row->space), row->done_chunk,
                   static_cast<std::size_t>(impl_->db->integer("SELECT sum(n_rows) FROM next_ranges", 0))};
}

std::size_t Snapshot::n_vectors() const noexcept { return impl_->dense->vectors().n_rows() - impl_->dense->vectors().n_dead(); }

StoreCounts Snapshot::counts() const {
  StoreCounts counts;
  counts.n_documents = static_cast<std::size_t>(impl_->db->integer("SELECT count(*) FROM documents", 0));
  counts.n_chunks = static_cast<std::size_t>(impl_->db->integer("SELECT count(*) FROM chunks", 0));
  counts.n_dead_vectors = impl_->dense->vectors().n_dead();
  counts.n_vectors = n_vectors();
  counts.n_segments = impl_->dense->vectors().segments().size();
  counts.n_free_bytes = static_cast<std::uint64_t>(impl_->db->integer("PRAGMA freelist_count", 0)) *
                        static_cast<std::uint64_t>(impl_->db->integer("PRAGMA page_size", 0));
  for (const auto& entry : std::filesystem::directory_iterator(impl_->pool->folder())) {
    std::error_code vanished;
    const std::uintmax_t size = entry.file_size(vanished);
    if (!vanished) add_file(entry.path().filename().string(), size, counts);
  }
  return counts;
}

ChunkSet Snapshot::select(const Filter& where) const {
  if (where.keeps_all()) return {};
  const std::string key = to_text(where);
  ChunkSetCache& known = impl_->dense->chunk_sets();
  if (auto set = known.find(key)) return ChunkSet(std::move(set));
  auto set = std::make_shared<const ChunkSet::Impl>(kept_chunk_ids(*impl_->db, where, impl_->dense->owners()));
  known.keep(key, set);
  return ChunkSet(std::move(set));
}

std::vector<ScoredChunk> Snapshot::search_dense(std::span<const float> query, const DenseOptions& options, const ChunkSet& among,
                                                Context& context) const {
  return impl_->dense->search(query, options, among.impl_.get(), context);
}

DensePlan Snapshot::plan_dense(const ChunkSet& among, Context& context, const DenseOptions& options) const {
  return impl_->dense->plan(among.impl_.get(), options, context);
}

std::vector<ScoredChunk> Snapshot::search_text(std::string_view query, std::size_t k, const ChunkSet& among) const {
  require(k > 0, "the number of hits asked for must be at least 1");
  const std::string match = match_expression(query);
  if (match.empty()) return {};
  // bm25() is SQLite's, with its constants (k1 = 1.2, b = 0.75) and all columns alike. It weighs a word by all texts that hold it, so all
  // are looked at, and the set only says which of them count.
  std::string sql = "SELECT rowid, bm25(chunk_text) AS score FROM chunk_text WHERE chunk_text MATCH ?1";
  if (!among.keeps_all()) sql += " AND akin_among(rowid, ?3)";
  Statement search(*impl_->db, sql + " ORDER BY score, rowid LIMIT ?2");
  search.bind(View(match), k);
  const std::span<const std::uint64_t> ids = among.ids();
  if (!among.keeps_all()) search.bind_ids_at(3, ids);
  std::vector<ScoredChunk> hits;
  while (search.step()) hits.push_back({static_cast<std::uint64_t>(search.integer(0)), -search.real(1)});
  return hits;
}

std::vector<std::string> Snapshot::metadata_fields() const {
  // Each name is found from the one before it: as many looks at the index as there are names.
  Statement query(*impl_->db,
                  "WITH RECURSIVE f(name) AS (SELECT min(field) FROM metadata UNION ALL "
                  "SELECT (SELECT min(field) FROM metadata WHERE field > f.name) FROM f WHERE f.name IS NOT NULL) "
                  "SELECT name FROM f WHERE name IS NOT NULL");
  std::vector<std::string> names;
  while (query.step()) names.emplace_back(query.text(0));
  return names;
}

std::optional<ChunkRecord> Snapshot::chunk(std::uint64_t chunk_id) const {
  Statement& query = impl_->db->statement(
      "SELECT c.id, c.text, c.headings, c.page, c.line, c.n_tokens, d.uri, d.title, d.format, d.id, coalesce(s.path, '') "
      "FROM chunks c JOIN documents d ON d.id = c.document_id LEFT JOIN sources s ON s.id = d.source_id WHERE c.id = ?1");
  query.bind(chunk_id);
  if (!query.step()) return std::nullopt;
  ChunkRecord record = chunk_of(query);
  const std::int64_t document = query.integer(9);
  query.reset();
  record.metadata = read_metadata(*impl_->db, document);
  return record;
}

std::optional<std::uint64_t> Snapshot::document_of(std::uint64_t chunk_id) const {
  Statement& query = impl_->db->statement("SELECT document_id FROM chunks WHERE id = ?1").bind(chunk_id);
  std::optional<std::uint64_t> document;
  if (query.step()) document = static_cast<std::uint64_t>(query.integer(0));
  query.reset();
  return document;
}

std::vector<std::uint64_t> Snapshot::chunk_ids_of(std::string_view uri) const {
  Statement query(*impl_->db, "SELECT id FROM chunks WHERE document_id = (SELECT id FROM documents WHERE uri = ?1) ORDER BY id");
  query.bind(uri);
  std::vector<std::uint64_t> ids;
  while (query.step()) ids.push_back(static_cast<std::uint64_t>(query.integer(0)));
  return ids;
}

std::vector<ChunkRecord> Snapshot::chunks_after(std::uint64_t chunk_id, std::size_t n) const {
  std::vector<ChunkRecord> records;
  Statement& query = impl_->db->statement(
      "SELECT c.id, c.text, c.headings, c.page, c.line, c.n_tokens, d.uri, d.title, d.format, d.id, coalesce(s.path, '') "
      "FROM chunks c JOIN documents d ON d.id = c.document_id LEFT JOIN sources s ON s.id = d.source_id WHERE c.id > ?1 ORDER BY c.id "
      "LIMIT ?2");
  query.bind(chunk_id, n);
  while (query.step()) {
    records.push_back(chunk_of(query));
    records.back().metadata = read_metadata(*impl_->db, query.integer(9));
  }
  query.reset();
  return records;
}

std::vector<float> Snapshot::vector_of(std::uint64_t chunk_id) const {
  const std::span<const float> row = impl_->dense->vectors().vector_of(chunk_id);
  return {row.begin(), row.end()};
}

std::vector<DocumentRecord> Snapshot::documents() const {
  Statement query(*impl_->db, std::string(kDocumentFields) + "ORDER BY d.uri");
  return list_documents(query);
}

std::vector<DocumentRecord> Snapshot::documents_of_source(std::string_view path) const {
  Statement query(*impl_->db, std::string(kDocumentFields) + "WHERE s.path = ?1 ORDER BY d.uri");
  query.bind(path);
  return list_documents(query);
}

std::optional<SourceState> Snapshot::source(std::string_view path) const {
  Statement& query =
      impl_->db->statement("SELECT path, size, mtime_ns, content_hash, settings, refusal FROM sources WHERE path = ?1").bind(path);
  if (!query.step()) return std::nullopt;
  SourceState state{std::string(query.text(0)), static_cast<std::uint64_t>(query.integer(1)),
                    query.integer(2),           std::string(query.text(3)),
                    std::string(query.text(4)), std::string(query.text(5))};
  query.reset();
  return state;
}

std::vector<std::string> Snapshot::sources_under(std::string_view folder) const {
  std::vector<std::string> paths;
  std::string below(folder);
  if (!below.ends_with('/')) below += '/';
  std::string past = below;
  past.back() = '0';  // the character after '/'
  // "" is every source, the folder "/" all absolute ones.
  Statement query(*impl_->db, folder.empty() ? "SELECT path FROM sources ORDER BY path"
                                             : "SELECT path FROM sources WHERE path = ?1 OR (path >= ?2 AND path < ?3) ORDER BY path");
  if (!folder.empty()) query.bind(folder, View(below), View(past));
  while (query.step()) paths.emplace_back(query.text(0));
  return paths;
}

std::vector<std::string> Snapshot::damage(Context& context) const { return impl_->dense->vectors().damage(&context); }

std::vector<DocumentRecord> Snapshot::damaged_documents(Context& context) const {
  const VectorView& vectors = impl_->dense->vectors();
  std::vector<std::uint64_t> chunks = vectors.damaged_chunks(&context);
  const std::vector<std::uint64_t> missing = chunks_without_rows(*impl_->db, vectors);
  chunks.insert(chunks.end(), missing.begin(), missing.end());
  std::sort(chunks.begin(), chunks.end());
  std::vector<DocumentRecord> documents;
  for (const std::uint64_t chunk_id : chunks) {
    Statement query(*impl_->db, std::string(kDocumentFields) + "WHERE d.id = (SELECT document_id FROM chunks WHERE id = ?1)");
    query.bind(chunk_id);
    if (!query.step()) continue;
    DocumentRecord document = record_of(query);
    // The chunks of a document follow each other.
    if (documents.empty() || documents.back().uri != document.uri) documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace akin
