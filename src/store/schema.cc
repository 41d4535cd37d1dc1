#include "schema.h"

#include <charconv>

#include "akin/base/error.h"

namespace akin::store {
namespace {

constexpr std::int64_t kApplicationId = 0x616B696E;  // "akin", for file(1) and for us
constexpr std::int64_t kVersion = 2;

// Text is kept once: the full-text index takes it from a view. chunk ids grow and are never used twice, so that a vector's owner is known
// by id alone, in every segment, before and after a compaction.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE sources(
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  content_hash TEXT NOT NULL, settings TEXT NOT NULL, refusal TEXT NOT NULL);
CREATE TABLE documents(
  id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, format TEXT NOT NULL, content_hash TEXT NOT NULL,
  source_id INTEGER REFERENCES sources(id), n_chunks INTEGER NOT NULL);
CREATE INDEX documents_by_source ON documents(source_id);
CREATE INDEX documents_by_title ON documents(title);
CREATE INDEX documents_by_format ON documents(format);
CREATE TABLE metadata(
  document_id INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, number REAL, time INTEGER,
  PRIMARY KEY(document_id, field, value)) WITHOUT ROWID;
CREATE INDEX metadata_by_value ON metadata(field, value);
CREATE INDEX metadata_by_number ON metadata(field, number) WHERE number IS NOT NULL;
CREATE INDEX metadata_by_time ON metadata(field, time) WHERE time IS NOT NULL;
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
  page INTEGER NOT NULL, line INTEGER NOT NULL, n_tokens INTEGER NOT NULL);
CREATE INDEX chunks_by_place ON chunks(document_id, page, line);
CREATE TABLE vector_ranges(
  segment INTEGER NOT NULL, first_row INTEGER NOT NULL, n_rows INTEGER NOT NULL, crc INTEGER NOT NULL, chunk_ids BLOB NOT NULL,
  PRIMARY KEY(segment, first_row)) WITHOUT ROWID;
CREATE TABLE dead_vectors(chunk_id INTEGER PRIMARY KEY);
CREATE VIEW chunk_source AS
  SELECT c.id AS id, d.title AS title, c.headings AS headings, c.text AS text
  FROM chunks c JOIN documents d ON d.id = c.document_id;
CREATE VIRTUAL TABLE chunk_text USING fts5(
  title, headings, text, content='chunk_source', content_rowid='id', tokenize='akin');
)sql";

// Version 2: filters compare numbers and dates by indexes, and know a chunk's place without reading its text; full text of scripts without
// spaces. A text's words are other ones, so all are indexed anew.
constexpr const char* kFrom1To2 = R"sql(
CREATE INDEX documents_by_format ON documents(format);
ALTER TABLE metadata ADD COLUMN number REAL;
ALTER TABLE metadata ADD COLUMN time INTEGER;
UPDATE metadata SET number = akin_number(value), time = akin_time(value);
CREATE INDEX metadata_by_number ON metadata(field, number) WHERE number IS NOT NULL;
CREATE INDEX metadata_by_time ON metadata(field, time) WHERE time IS NOT NULL;
DROP INDEX chunks_by_document;
CREATE INDEX chunks_by_place ON chunks(document_id, page, line);
DROP TABLE chunk_text;
CREATE VIRTUAL TABLE chunk_text USING fts5(
  title, headings, text, content='chunk_source', content_rowid='id', tokenize='akin');
INSERT INTO chunk_text(chunk_text) VALUES('rebuild');
UPDATE meta SET value = value + 1 WHERE key = 'generation';
PRAGMA user_version = 2;
)sql";

void put_meta(Connection& connection, std::string_view key, std::string_view value) {
  connection.statement("INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value")
      .bind(key, value)
      .run();
}

std::optional<std::string> find_meta(Connection& connection, std::string_view key) {
  Statement& query = connection.statement("SELECT value FROM meta WHERE key = ?1").bind(key);
  if (!query.step()) return std::nullopt;
  std::string value(query.text(0));
  query.reset();
  return value;
}

std::string get_meta(Connection& connection, std::string_view key) {
  if (std::optional<std::string> value = find_meta(connection, key)) return *std::move(value);
  throw Error(ErrorCode::corrupt, connection.file().string() + ": '" + std::string(key) + "' is missing from table meta");
}

}  // namespace

void configure_writer(Connection& connection) {
  // FULL: the log is synced at each commit, so that what apply() returned from survives a loss of power. It is folded in at about 16 MiB:
  // pages that many commits change are then written to the database once.
  connection.exec(
      "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA secure_delete=OFF; PRAGMA cache_size=-16384; PRAGMA "
      "temp_store=MEMORY;"
      "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
}

void configure_reader(Connection& connection) {
  connection.exec("PRAGMA query_only=ON; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF");
}

void create_schema(Connection& connection, const StoreSpace& space) {
  connection.exec("PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL");
  configure_writer(connection);
  Transaction transaction(connection, true);
  connection.exec(kTables);
  write_space(connection, space);
  connection.statement("INSERT INTO meta(key, value) VALUES('generation', 0)").run();
  connection.exec(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str());
  connection.exec(("PRAGMA user_version=" + std::to_string(kVersion)).c_str());
  transaction.commit();
}

StoreSpace read_space(Connection& connection) {
  const std::string file = connection.file().string();
  const std::int64_t application = connection.integer("PRAGMA application_id", 0);
  const std::int64_t version = read_version(connection);
  if (application == 0 && version == 0 && connection.integer("SELECT count(*) FROM sqlite_schema", 0) == 0)
    throw Error(ErrorCode::not_found, file + ": holds no collection; its creation was interrupted, create it again");
  if (application != kApplicationId) throw Error(ErrorCode::corrupt, file + ": is a database of another program");
  if (version > kVersion)
    throw Error(ErrorCode::unsupported, file + ": is a collection of version " + std::to_string(version) +
                                            ", this program reads up to version " + std::to_string(kVersion) + "; use a newer akin");
  StoreSpace space;
  space.model = get_meta(connection, "model");
  space.fingerprint = get_meta(connection, "fingerprint");
  space.metric = get_meta(connection, "metric");
  space.stamp = find_meta(connection, "stamp").value_or("");
  const std::string dim = get_meta(connection, "dim");
  const auto [end, error] = std::from_chars(dim.data(), dim.data() + dim.size(), space.dim);
  if (error != std::errc() || end != dim.data() + dim.size() || space.dim == 0 || space.dim > (std::size_t{1} << 20))
    throw Error(ErrorCode::corrupt, file + ": the vectors' length is '" + dim + "' in table meta");
  return space;
}

std::int64_t read_version(Connection& connection) { return connection.integer("PRAGMA user_version", 0); }

bool upgrade_schema(Connection& connection) {
  if (read_version(connection) == kVersion) return false;
  Transaction transaction(connection, true);
  const std::int64_t version = read_version(connection);
  if (version < 1 || version > kVersion) read_space(connection);  // throws what is wrong with it
  if (version == 1) connection.exec(kFrom1To2);
  transaction.commit();
  return version != kVersion;
}

void write_space(Connection& connection, const StoreSpace& space) {
  put_meta(connection, "model", space.model);
  put_meta(connection, "fingerprint", space.fingerprint);
  put_meta(connection, "dim", std::to_string(space.dim));
  put_meta(connection, "metric", space.metric);
  write_stamp(connection, space.stamp);
}

void write_stamp(Connection& connection, const std::string& stamp) { put_meta(connection, "stamp", stamp); }

std::optional<NextSpaceRow> read_next_space(Connection& connection) {
  if (connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'next_space'", 0) == 0) return std::nullopt;
  Statement query(connection, "SELECT model, fingerprint, dim, metric, done_chunk FROM next_space");
  if (!query.step()) return std::nullopt;
  const std::int64_t dim = query.integer(2);
  if (dim <= 0 || dim > (std::int64_t{1} << 20))
    throw Error(ErrorCode::corrupt,
                connection.file().string() + ": the vectors' length is " + std::to_string(dim) + " in table next_space");
  return NextSpaceRow{{std::string(query.text(0)), std::string(query.text(1)), static_cast<std::size_t>(dim), std::string(query.text(3))},
                      static_cast<std::uint64_t>(query.integer(4))};
}

std::uint64_t read_generation(Connection& connection) {
  Statement& query = connection.statement("SELECT value FROM meta WHERE key = 'generation'");
  const bool found = query.step();
  const auto generation = found ? static_cast<std::uint64_t>(query.integer(0)) : 0;
  query.reset();
  if (!found) throw Error(ErrorCode::corrupt, connection.file().string() + ": 'generation' is missing from table meta");
  return generation;
}

}  // namespace akin::store
