#include "writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <map>
#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "graph_cache.h"
#include "headings.h"
#include "schema.h"

namespace akin::store {
namespace {

std::size_t count_chunks(std::span<const StoredDocument> documents) {
  std::size_t n = 0;
  for (const StoredDocument& document : documents) n += document.chunks.size();
  return n;
}

/// From a sign bit and a fraction that are anything, and an exponent of ones: not finite.
bool is_finite(std::span<const float> numbers) noexcept {
  constexpr std::uint32_t kExponent = 0x7F80'0000;
  bool finite = true;
  for (const float x : numbers) finite &= (std::bit_cast<std::uint32_t>(x) & kExponent) != kExponent;
  return finite;
}

void check_vectors(const StoreChange& change, const StoreSpace& space) {
  const std::size_t n_chunks = count_chunks(change.put);
  if (change.vectors.rows() != n_chunks)
    throw Error(ErrorCode::invalid_argument, std::to_string(n_chunks) + " chunks are to be stored with " +
                                                 std::to_string(change.vectors.rows()) + " vectors; each chunk needs one");
  if (n_chunks != 0 && change.vectors.cols() != space.dim)
    throw Error(ErrorCode::mismatch, "the collection's vectors have " + std::to_string(space.dim) + " numbers, the given ones " +
                                         std::to_string(change.vectors.cols()));
  check_finite(change.vectors);
}

/// A failure leaves a file that nothing names; the next writer tries again.
void remove_file(const std::filesystem::path& path) {
  if (before_io({IoCall::remove, path.native(), -1, nullptr, 0, 0}) == 0) ::unlink(path.c_str());
}

}  // namespace

void check_finite(MatrixView<const float> vectors) {
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    if (!is_finite(vectors.row(r)))
      throw Error(ErrorCode::invalid_argument, "vector " + std::to_string(r) + " holds a number that is not finite");
  }
}

Writer::Writer(const std::filesystem::path& folder, WriterLock lock, const StoreOptions& options)
    : folder_(folder), lock_(std::move(lock)), options_(options), db_(folder / kDatabaseName, OpenMode::write) {
  configure_writer(db_);
  space_ = read_space(db_);
  upgrade_schema(db_);
  clear_leftovers();
}

bool Writer::keep_stamp(const std::string& stamp) {
  try {
    Transaction transaction(db_, true);
    write_stamp(db_, stamp);
    db_.settle();
    transaction.commit();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::io) throw;
    return false;
  }
  space_.stamp = stamp;
  return true;
}

SegmentHeader Writer::header(std::uint64_t segment) const { return {segment, static_cast<std::uint32_t>(space_.dim), space_.fingerprint}; }

void Writer::clear_leftovers() {
  struct Committed {
    std::uint64_t n_rows = 0, bytes = 0;
  };
  std::map<std::uint64_t, Committed> committed;  // by segment
  std::uint64_t last = 0;                        // of the current space
  {
    const Transaction reading(db_, false);
    Statement& ranges = db_.statement("SELECT segment, sum(n_rows) FROM vector_ranges GROUP BY segment");
    while (ranges.step()) {
      const auto n_rows = static_cast<std::uint64_t>(ranges.integer(1));
      last = static_cast<std::uint64_t>(ranges.integer(0));
      committed[last] = {n_rows, n_rows * space_.dim * sizeof(float)};
    }
    ranges.reset();
    if (const auto next = read_next_space(db_)) {
      Statement more(db_, "SELECT segment, sum(n_rows) FROM next_ranges GROUP BY segment");
      while (more.step()) {
        const auto n_rows = static_cast<std::uint64_t>(more.integer(1));
        committed[static_cast<std::uint64_t>(more.integer(0))] = {n_rows, n_rows * next->space.dim * sizeof(float)};
      }
    }
    next_segment_ = static_cast<std::uint64_t>(db_.integer("SELECT value FROM meta WHERE key = 'last_segment'", 0)) + 1;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (is_unfinished_graph(name)) remove_file(entry.path());
    const std::uint64_t id = segment_id(name);
    if (id == 0) continue;
    if (const auto known = committed.find(id); known != committed.end()) {
      trim_tail(id, known->second.bytes);
    } else {
      remove_segment(id);
      next_segment_ = std::max(next_segment_, id + 1);
    }
  }
  if (!committed.empty()) next_segment_ = std::max(next_segment_, committed.rbegin()->first + 1);
  if (last == 0 || committed[last].bytes >= options_.max_segment_bytes) return;
  try {
    segment_ = SegmentWriter::append_to(folder_, header(last), committed[last].n_rows);
    committed_rows_ = committed[last].n_rows;
  } catch (const Error& error) {
    // A damaged segment is reported to readers and left alone; new rows go to a new one.
    if (error.code() != ErrorCode::corrupt && error.code() != ErrorCode::not_found) throw;
  }
}

void Writer::remove_segment(std::uint64_t segment) const { remove_file(folder_ / segment_name(segment)); }

void Writer::unlink_all(const std::vector<std::uint64_t>& segments) const {
  for (const std::uint64_t segment : segments) remove_segment(segment);
}

void Writer::trim_tail(std::uint64_t segment, std::uint64_t bytes) const {
  const std::filesystem::path path = folder_ / segment_name(segment);
  const std::uint64_t wanted = kSegmentHeaderBytes + bytes;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || static_cast<std::uint64_t>(info.st_size) <= wanted) return;
  if (const int error = before_io({IoCall::truncate, path.native(), -1, nullptr, 0, wanted}); error != 0)
    errno = error;
  else if (::truncate(path.c_str(), static_cast<off_t>(wanted)) == 0)
    return;
  throw_errno(path.string(), "cut off what was not committed");
}

void Writer::open_segment() {
  if (segment_ && committed_rows_ * space_.dim * sizeof(float) < options_.max_segment_bytes) return;
  segment_ = SegmentWriter::create(folder_, header(next_segment_));
  ++next_segment_;
  committed_rows_ = 0;
}

void Writer::apply(const StoreChange& change) {
  check_vectors(change, space_);
  if (change.empty()) return;
  bool committing = false;
  try {
    Transaction transaction(db_, true);
    for (const std::string& path : change.remove_sources) remove_source(path);
    for (const std::string& uri : change.remove) remove_document(uri);
    for (const SourceMove& move : change.move) move_source(move);
    // Vectors first: the system writes them to disk while their documents are put into the tables.
    const auto first_chunk = static_cast<std::uint64_t>(db_.integer("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'", 0)) + 1;
    append_vectors(change.vectors, first_chunk);
    put_documents(change.put, first_chunk);
    for (const SourceState& state : change.sources) put_source(state);
    next_generation();
    if (change.vectors.rows() != 0) segment_->sync();
    committing = true;
    transaction.commit();
  } catch (...) {
    // A commit that failed may still be found complete in the log after a crash, so its rows must not be written over: the next ones go to
    // a new segment. Before the commit nothing refers to the rows.
    if (committing) segment_.reset();
    if (segment_) segment_->rewind(committed_rows_);
    throw;
  }
  if (segment_) committed_rows_ = segment_->n_rows();
  if (change.remove.empty() && change.remove_sources.empty() && change.put.empty()) return;
  try {
    if (is_due()) compact_vectors(options_.max_dead_share);
  } catch (const Error&) {
    // The change is committed and stays; the next commit tries again, and compact() says what is wrong.
  }
}

void Writer::remove_rows(std::int64_t document, std::string_view title) {
  Statement& chunks = db_.statement("SELECT id, headings, text FROM chunks WHERE document_id = ?1").bind(document);
  while (chunks.step()) forget_text({static_cast<std::uint64_t>(chunks.integer(0)), title, chunks.text(1), chunks.text(2)});
  chunks.reset();
  db_.statement(
         "INSERT INTO meta(key, value) SELECT 'removed_chunks', count(*) FROM chunks WHERE document_id = ?1 "
         "ON CONFLICT(key) DO UPDATE SET value = value + excluded.value")
      .bind(document)
      .run();
  db_.statement("INSERT OR IGNORE INTO dead_vectors SELECT id FROM chunks WHERE document_id = ?1").bind(document).run();
  db_.statement("DELETE FROM chunks WHERE document_id = ?1").bind(document).run();
  db_.statement("DELETE FROM metadata WHERE document_id = ?1").bind(document).run();
  db_.statement("DELETE FROM documents WHERE id = ?1").bind(document).run();
}

void Writer::remove_document(const std::string& uri) {
  Statement& find = db_.statement("SELECT id, title, source_id FROM documents WHERE uri = ?1").bind(std::string_view(uri));
  if (!find.step()) return;
  const std::int64_t document = find.integer(0);
  const std::string title(find.text(1));
  const std::int64_t source = find.integer(2);
  find.reset();
  remove_rows(document, title);
  // Its file is no longer complete here, and not known at all once its last document has gone.
  db_.statement("UPDATE sources SET content_hash = '' WHERE id = ?1").bind(source).run();
  db_.statement("DELETE FROM sources WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM documents WHERE source_id = ?1)").bind(source).run();
}

void Writer::remove_source(const std::string& path) {
  Statement& find = db_.statement("SELECT id FROM sources WHERE path = ?1").bind(std::string_view(path));
  if (!find.step()) return;
  const std::int64_t source = find.integer(0);
  find.reset();
  std::vector<std::pair<std::int64_t, std::string>> documents;
  Statement& list = db_.statement("SELECT id, title FROM documents WHERE source_id = ?1").bind(source);
  while (list.step()) documents.emplace_back(list.integer(0), list.text(1));
  list.reset();
  for (const auto& [document, title] : documents) remove_rows(document, title);
  db_.statement("DELETE FROM sources WHERE id = ?1").bind(source).run();
}

void Writer::move_source(const SourceMove& move) {
  using View = std::string_view;
  db_.statement("UPDATE sources SET path = ?2 WHERE path = ?1").bind(View(move.from), View(move.to)).run();
  for (const DocumentMove& document : move.documents) {
    Statement& find = db_.statement("SELECT id, title FROM documents WHERE uri = ?1").bind(View(document.from));
    if (!find.step()) continue;
    const std::int64_t id = find.integer(0);
    const std::string old_title(find.text(1));
    find.reset();
    if (old_title != document.title) retitle(id, old_title, document.title);
    db_.statement("UPDATE documents SET uri = ?2, title = ?3, content_hash = ?4 WHERE id = ?1")
        .bind(id, View(document.to), View(document.title), View(document.content_hash))
        .run();
  }
}

/// The title is among the words that each chunk is found by.
void Writer::retitle(std::int64_t document, std::string_view from, std::string_view to) {
  Statement& chunks = db_.statement("SELECT id, headings, text FROM chunks WHERE document_id = ?1").bind(document);
  while (chunks.step()) {
    const auto chunk = static_cast<std::uint64_t>(chunks.integer(0));
    forget_text({chunk, from, chunks.text(1), chunks.text(2)});
    index_text({chunk, to, chunks.text(1), chunks.text(2)});
  }
  chunks.reset();
}

void Writer::index_text(const ChunkText& chunk) {
  if (chunk.title.empty() && chunk.headings.empty() && chunk.text.empty()) return;
  db_.statement("INSERT INTO chunk_text(rowid, title, headings, text) VALUES(?1, ?2, ?3, ?4)")
      .bind(chunk.chunk, chunk.title, chunk.headings, chunk.text)
      .run();
}

/// The full-text index must be told the very words that it was given.
void Writer::forget_text(const ChunkText& chunk) {
  if (chunk.title.empty() && chunk.headings.empty() && chunk.text.empty()) {
    // Without words it was not indexed, but by an index that was made anew.
    Statement& find = db_.statement("SELECT 1 FROM chunk_text_docsize WHERE id = ?1").bind(chunk.chunk);
    const bool indexed = find.step();
    find.reset();
    if (!indexed) return;
  }
  db_.statement("INSERT INTO chunk_text(chunk_text, rowid, title, headings, text) VALUES('delete', ?1, ?2, ?3, ?4)")
      .bind(chunk.chunk, chunk.title, chunk.headings, chunk.text)
      .run();
}

std::int64_t Writer::source_row(const std::string& path) {
  const std::string_view key = path;
  db_.statement("INSERT OR IGNORE INTO sources(path, size, mtime_ns, content_hash, settings, refusal) VALUES(?1, 0, 0, '', '', '')")
      .bind(key)
      .run();
  Statement& find = db_.statement("SELECT id FROM sources WHERE path = ?1").bind(key);
  const std::int64_t id = find.step() ? find.integer(0) : 0;
  find.reset();
  return id;
}

void Writer::put_source(const SourceState& state) {
  const std::int64_t id = source_row(state.path);
  db_.statement("UPDATE sources SET size = ?2, mtime_ns = ?3, content_hash = ?4, settings = ?5, refusal = ?6 WHERE id = ?1")
      .bind(id, state.size, state.mtime_ns, std::string_view(state.content_hash), std::string_view(state.settings),
            std::string_view(state.refusal))
      .run();
}

void Writer::append_vectors(MatrixView<const float> vectors, std::uint64_t first_chunk) {
  if (vectors.rows() == 0) return;
  open_segment();
  std::vector<std::uint64_t> chunk_ids(vectors.rows());
  std::iota(chunk_ids.begin(), chunk_ids.end(), first_chunk);
  append_ranges(*segment_, RangeTable::current, vectors, chunk_ids);
  segment_->begin_sync();
}

void Writer::append_ranges(SegmentWriter& segment, RangeTable table, MatrixView<const float> vectors,
                           std::span<const std::uint64_t> chunk_ids) {
  for (std::size_t begin = 0; begin < chunk_ids.size(); begin += kRowsOfARange) {
    const std::size_t n = std::min(kRowsOfARange, chunk_ids.size() - begin);
    const std::uint64_t first_row = segment.n_rows();
    const std::uint32_t crc = segment.append(vectors.middle_rows(begin, n), 0);
    put_range(table, segment.id(), {first_row, n, crc}, chunk_ids.subspan(begin, n));
  }
  // A reader elsewhere may have a removed segment mapped for long, so its number is not given to another.
  db_.statement("INSERT INTO meta(key, value) VALUES('last_segment', ?1) ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)")
      .bind(segment.id())
      .run();
}

void Writer::put_range(RangeTable table, std::uint64_t segment, const VectorRange& range, std::span<const std::uint64_t> chunk_ids) {
  db_.statement(table == RangeTable::current
                    ? "INSERT INTO vector_ranges(segment, first_row, n_rows, crc, chunk_ids) VALUES(?1, ?2, ?3, ?4, ?5)"
                    : "INSERT INTO next_ranges(segment, first_row, n_rows, crc, chunk_ids) VALUES(?1, ?2, ?3, ?4, ?5)")
      .bind(segment, range.first_row, range.n_rows, range.crc, std::as_bytes(chunk_ids))
      .run();
}

void Writer::next_generation() { db_.statement("UPDATE meta SET value = value + 1 WHERE key = 'generation'").run(); }

}  // namespace akin::store
