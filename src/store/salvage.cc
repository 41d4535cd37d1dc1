#include "salvage.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "akin/base/error.h"
#include "schema.h"
#include "segment.h"

namespace akin::store {
namespace {

namespace fs = std::filesystem;

fs::path fresh_database(const fs::path& folder) { return folder / (std::string(kDatabaseName) + ".mending"); }

void remove_database(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(file.native() + suffix, ignored);
}

/// Runs `read`; false if what it reads is damaged.
template <class Read>
bool can(Read&& read) {
  try {
    read();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt) throw;
    return false;
  }
}

/// A table whose key is its first column, id. `kinds`: i for a number, t for a text, a column each.
struct Table {
  std::string name, columns, kinds;
  std::string other_greatest;  ///< where else the greatest id may be read
};
const std::vector<Table>& tables() {
  static const std::vector<Table> all = {
      {"sources", "id, path, size, mtime_ns, content_hash, settings, refusal", "itiittt", "SELECT max(source_id) FROM documents"},
      {"documents", "id, uri, title, format, content_hash, source_id, n_chunks", "ittttii", "SELECT max(document_id) FROM chunks"},
      {"chunks", "id, document_id, headings, text, page, line, n_tokens", "iittiii",
       "SELECT seq FROM sqlite_sequence WHERE name = 'chunks'"},
  };
  return all;
}

class Salvage {
 public:
  Salvage(const fs::path& folder, Context& context)
      : folder_(folder),
        context_(context),
        old_(folder / kDatabaseName, OpenMode::read),
        space_(read_space(old_)),
        fresh_(fresh_database(folder), OpenMode::create) {
    old_.exec("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF");
    create_schema(fresh_, space_);
  }

  Salvaged run() {
    {
      Transaction writing(fresh_, true);
      for (const Table& table : tables()) copy(table);
      copy_metadata();
      copy_vectors();
      copy_counters();
      drop_incomplete();
      fresh_.exec("INSERT INTO chunk_text(chunk_text) VALUES('rebuild')");
      writing.commit();
    }
    Statement fold(fresh_, "PRAGMA wal_checkpoint(TRUNCATE)");
    fold.run();
    return found_;
  }

 private:
  /// Behind a row that cannot be read every id is asked for by itself, up to the greatest that is known.
  void copy(const Table& table) {
    const std::uint64_t greatest = greatest_id(table);
    std::uint64_t id = 0;
    while (true) {
      context_.cancel.check();
      bool ended = false;
      if (can([&] { ended = copy_some(table, id); })) {
        if (ended) return;
        continue;
      }
      for (++id; id <= greatest && !can([&] { copy_one(table, id); }); ++id) {
      }
      if (id > greatest) return;
    }
  }

  /// Up to a thousand rows behind `id`, which follows; true at the end.
  bool copy_some(const Table& table, std::uint64_t& id) {
    Statement from(old_, "SELECT " + table.columns + " FROM " + table.name + " NOT INDEXED WHERE id > ?1 ORDER BY id LIMIT 1000");
    Statement to(fresh_, insert_into(table));
    from.bind(id);
    std::size_t n = 0;
    for (; from.step(); ++n) {
      put(from, to, table.kinds);
      id = static_cast<std::uint64_t>(from.integer(0));
    }
    return n < 1000;
  }

  void copy_one(const Table& table, std::uint64_t id) {
    Statement from(old_, "SELECT " + table.columns + " FROM " + table.name + " NOT INDEXED WHERE id = ?1");
    Statement to(fresh_, insert_into(table));
    from.bind(id);
    if (from.step()) put(from, to, table.kinds);
  }

  static std::string insert_into(const Table& table) {
    std::string values;
    for (std::size_t i = 1; i <= table.kinds.size(); ++i) values += (i == 1 ? "?" : ", ?") + std::to_string(i);
    return "INSERT OR IGNORE INTO " + table.name + "(" + table.columns + ") VALUES(" + values + ")";
  }

  static void put(const Statement& from, Statement& to, const std::string& kinds) {
    to.reset();
    for (int i = 0; i < static_cast<int>(kinds.size()); ++i) {
      if (from.is_null(i)) continue;
      if (kinds[static_cast<std::size_t>(i)] == 'i') {
        to.bind_at(i + 1, from.integer(i));
      } else {
        to.bind_at(i + 1, from.text(i));
      }
    }
    to.run();
  }

  std::uint64_t greatest_id(const Table& table) {
    std::int64_t greatest = 0;
    for (const std::string& query : {"SELECT max(id) FROM " + table.name, table.other_greatest})
      can([&] { greatest = std::max(greatest, old_.integer(query.c_str(), 0)); });
    return static_cast<std::uint64_t>(greatest);
  }

  void copy_metadata() {
    Statement documents(fresh_, "SELECT id FROM documents");
    while (documents.step()) {
      const std::int64_t document = documents.integer(0);
      const bool whole = can([&] {
        Statement from(old_, "SELECT field, value FROM metadata WHERE document_id = ?1");
        from.bind(document);
        while (from.step())
          fresh_
              .statement(
                  "INSERT OR IGNORE INTO metadata(document_id, field, value, number, time) VALUES(?1, ?2, ?3, akin_number(?3), "
                  "akin_time(?3))")
              .bind(document, from.text(0), from.text(1))
              .run();
      });
      if (!whole) incomplete_.insert(document);
    }
  }

  /// The rows of each segment whose ranges can be read. Behind a gap they are copied to a new segment, for a segment's ranges have none.
  void copy_vectors() {
    std::set<std::uint64_t> segments;
    for (const auto& entry : fs::directory_iterator(folder_))
      if (const std::uint64_t id = segment_id(entry.path().filename().string()); id != 0) segments.insert(id);
    last_segment_ = segments.empty() ? 0 : *segments.rbegin();
    for (const std::uint64_t segment : segments) copy_segment(segment);
    Statement chunks(fresh_, "SELECT id FROM chunks ORDER BY id");
    std::vector<std::uint64_t> live;
    while (chunks.step()) live.push_back(static_cast<std::uint64_t>(chunks.integer(0)));
    for (const std::uint64_t id : owners_)
      if (!std::binary_search(live.begin(), live.end(), id)) mark_dead(id);
  }

  void copy_segment(std::uint64_t segment) {
    const SegmentHeader header{segment, static_cast<std::uint32_t>(space_.dim), space_.fingerprint};
    std::optional<SegmentReader> reader;
    if (!can([&] { reader.emplace(folder_, header); })) return;
    std::uint64_t next = 0;  // the row that a range without a gap begins at
    std::optional<SegmentWriter> moved;
    for (std::uint64_t row = 0; row < reader->n_rows();) {
      std::uint64_t n_rows = 0;
      const bool readable = can([&] { n_rows = copy_range(segment, row, row == next, *reader, moved); });
      if (readable && n_rows > 0) {
        next = row == next ? row + n_rows : next;
        row += n_rows;
      } else if (readable && row == next && !is_followed(segment, row)) {
        break;  // the end: what lies behind was never committed
      } else {
        ++row;
      }
    }
    if (moved) moved->sync();
  }

  bool is_followed(std::uint64_t segment, std::uint64_t row) {
    bool followed = true;
    can([&] {
      Statement later(old_, "SELECT 1 FROM vector_ranges WHERE segment = ?1 AND first_row > ?2 LIMIT 1");
      followed = later.bind(segment, row).step();
    });
    return followed;
  }

  /// The range that begins at the row; 0 if none does.
  std::uint64_t copy_range(std::uint64_t segment, std::uint64_t row, bool in_place, const SegmentReader& reader,
                           std::optional<SegmentWriter>& moved) {
    Statement from(old_, "SELECT n_rows, crc, chunk_ids FROM vector_ranges WHERE segment = ?1 AND first_row = ?2");
    from.bind(segment, row);
    if (!from.step()) return 0;
    const auto n_rows = static_cast<std::uint64_t>(from.integer(0));
    const std::span<const std::byte> ids = from.blob(2);
    if (n_rows == 0 || ids.size() != n_rows * sizeof(std::uint64_t)) return 0;
    const auto crc = static_cast<std::uint32_t>(from.integer(1));
    if (in_place) {
      put_range(segment, row, n_rows, crc, ids);
    } else {
      if (row + n_rows > reader.n_rows() || reader.checksum(row, n_rows) != crc) return n_rows;
      if (!moved) moved = SegmentWriter::create(folder_, {++last_segment_, static_cast<std::uint32_t>(space_.dim), space_.fingerprint});
      const std::uint64_t first = moved->n_rows();
      moved->append(reader.rows(row, n_rows), 0);
      put_range(moved->id(), first, n_rows, crc, ids);
    }
    for (std::uint64_t i = 0; i < n_rows; ++i) {
      std::uint64_t id = 0;
      std::memcpy(&id, ids.data() + i * sizeof id, sizeof id);
      owners_.push_back(id);
    }
    return n_rows;
  }

  void put_range(std::uint64_t segment, std::uint64_t row, std::uint64_t n_rows, std::uint32_t crc, std::span<const std::byte> ids) {
    fresh_.statement("INSERT INTO vector_ranges(segment, first_row, n_rows, crc, chunk_ids) VALUES(?1, ?2, ?3, ?4, ?5)")
        .bind(segment, row, n_rows, crc, ids)
        .run();
  }

  void mark_dead(std::uint64_t chunk_id) {
    fresh_.statement("INSERT OR IGNORE INTO dead_vectors(chunk_id) VALUES(?1)").bind(chunk_id).run();
  }

  void copy_counters() {
    std::int64_t generation = 0;
    can([&] { generation = static_cast<std::int64_t>(read_generation(old_)); });
    std::int64_t last = 0;
    can([&] { last = old_.integer("SELECT value FROM meta WHERE key = 'last_segment'", 0); });
    fresh_.statement("UPDATE meta SET value = ?1 WHERE key = 'generation'").bind(generation + 1).run();
    fresh_.statement("INSERT INTO meta(key, value) VALUES('last_segment', ?1)").bind(std::max<std::int64_t>(last, last_segment_)).run();
  }

  /// Documents of which a part is gone go whole; their files count as changed.
  void drop_incomplete() {
    Statement uneven(fresh_, "SELECT id FROM documents d WHERE n_chunks != (SELECT count(*) FROM chunks WHERE document_id = d.id)");
    while (uneven.step()) incomplete_.insert(uneven.integer(0));
    // Of documents that are wholly gone only their chunks and their files may tell.
    fresh_.exec("DELETE FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)");
    for (const std::int64_t document : incomplete_) {
      const std::int64_t source = source_of(document);
      ++(source > 0 ? found_.n_waiting : found_.n_lost);
      fresh_.statement("INSERT OR IGNORE INTO dead_vectors SELECT id FROM chunks WHERE document_id = ?1").bind(document).run();
      fresh_.statement("DELETE FROM chunks WHERE document_id = ?1").bind(document).run();
      fresh_.statement("DELETE FROM metadata WHERE document_id = ?1").bind(document).run();
      fresh_.statement("DELETE FROM documents WHERE id = ?1").bind(document).run();
      fresh_.statement("UPDATE sources SET content_hash = '', refusal = '' WHERE id = ?1").bind(source).run();
    }
    // A source with fewer documents than it had would not be seen: all are looked at again where documents were lost without a trace.
    fresh_.exec("UPDATE documents SET source_id = NULL WHERE source_id NOT IN (SELECT id FROM sources)");
    fresh_.exec("UPDATE sources SET content_hash = '' WHERE refusal = ''");
    // Only rows that a range names are dead.
    std::sort(owners_.begin(), owners_.end());
    std::vector<std::int64_t> unknown;
    Statement dead(fresh_, "SELECT chunk_id FROM dead_vectors");
    while (dead.step())
      if (!std::binary_search(owners_.begin(), owners_.end(), static_cast<std::uint64_t>(dead.integer(0))))
        unknown.push_back(dead.integer(0));
    for (const std::int64_t id : unknown) fresh_.statement("DELETE FROM dead_vectors WHERE chunk_id = ?1").bind(id).run();
    Statement chunks(fresh_, "SELECT id FROM chunks ORDER BY id");
    std::vector<std::uint64_t> live;
    while (chunks.step()) live.push_back(static_cast<std::uint64_t>(chunks.integer(0)));
    for (const std::uint64_t id : owners_)
      if (!std::binary_search(live.begin(), live.end(), id)) mark_dead(id);
  }

  std::int64_t source_of(std::int64_t document) {
    Statement& find = fresh_.statement("SELECT source_id FROM documents WHERE id = ?1").bind(document);
    const std::int64_t source = find.step() ? find.integer(0) : 0;
    find.reset();
    return source;
  }

  const fs::path& folder_;
  Context& context_;
  Connection old_;
  StoreSpace space_;
  Connection fresh_;
  Salvaged found_;
  std::set<std::int64_t> incomplete_;
  std::vector<std::uint64_t> owners_;  // of all rows that were copied
  std::uint64_t last_segment_ = 0;
};

}  // namespace

Salvaged salvage_database(const fs::path& folder, Context& context) {
  remove_database(fresh_database(folder));
  const fs::path database = folder / kDatabaseName;
  {
    // The log's commits are in the database before anything is read, so that the log can go.
    Connection db(database, OpenMode::write);
    Statement fold(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    fold.run();
  }
  Salvaged found;
  try {
    found = Salvage(folder, context).run();
  } catch (...) {
    remove_database(fresh_database(folder));
    throw;
  }
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(database.native() + suffix, ignored);
  if (::rename(fresh_database(folder).c_str(), database.c_str()) != 0)
    throw_errno(database.string(), "put the mended database in its place");
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(fresh_database(folder).native() + suffix, ignored);
  sync_folder(folder);
  return found;
}

}  // namespace akin::store
