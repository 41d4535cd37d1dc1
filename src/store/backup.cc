#include "backup.h"

#include <sqlite3.h>

#include <cstdio>
#include <system_error>
#include <utility>

#include "akin/base/atomic_file.h"
#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/base/mapped_file.h"
#include "examine.h"
#include "graph_cache.h"
#include "schema.h"
#include "segment.h"
#include "writer_lock.h"

namespace akin::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr int kPagesAtOnce = 256;

/// What is not known to be whole does not have a database's name.
fs::path staged_database(const fs::path& folder) { return folder / (std::string(kDatabaseName) + ".partial"); }

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, folder.string() + ": cannot create the folder: " + error.message());
}

void rename_or_throw(const fs::path& from, const fs::path& to) {
  if (const int refused = before_io({IoCall::rename, to.native(), -1, nullptr, 0, 0}); refused != 0) {
    errno = refused;
  } else if (::rename(from.c_str(), to.c_str()) == 0) {
    return;
  }
  throw_errno(to.string(), "give the backup its name");
}

/// Only what a backup makes: a folder of something else is not cleared away.
void clear_partial(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != kLockName && name != kGraphName && !is_unfinished_graph(name) && !name.starts_with(kDatabaseName) && segment_id(name) == 0)
      throw Error(ErrorCode::invalid_argument, folder.string() + ": holds '" + name + "'; a backup is begun there, clear it away");
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename() != kLockName) fs::remove(entry.path());
  }
}

/// The rows that the commit names; their checksums are proved on the way.
void copy_segment(const SegmentView& segment, const SegmentHeader& header, const fs::path& folder, Context& context) {
  if (segment.reader == nullptr) throw Error(ErrorCode::corrupt, segment.fault + "; a damaged collection is mended before it is copied");
  SegmentWriter out = SegmentWriter::create(folder, header);
  const std::size_t row_bytes = header.dim * sizeof(float);
  const std::uint64_t block = std::max<std::uint64_t>(1, kBlockBytes / row_bytes);
  for (const VectorRange& range : segment.ranges) {
    std::uint32_t crc = 0;
    const bool is_there = range.first_row + range.n_rows <= segment.reader->n_rows();
    for (std::uint64_t done = 0; is_there && done < range.n_rows; done += block) {
      context.cancel.check();
      const std::uint64_t n = std::min(block, range.n_rows - done);
      crc = out.append(segment.reader->rows(range.first_row + done, n), crc);
      segment.reader->forget(range.first_row + done, n);
    }
    if (!is_there || crc != range.crc)
      throw Error(ErrorCode::corrupt, segment.reader->path().string() + ": rows " + std::to_string(range.first_row) + " to " +
                                          std::to_string(range.first_row + range.n_rows - 1) +
                                          " are damaged; a damaged collection is mended before it is copied");
  }
  out.sync();
}

/// Page by page within the transaction that `from` is in.
void copy_database(Connection& from, const fs::path& target, Context& context) {
  Connection to(target, OpenMode::create);
  sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy == nullptr) to.fail(sqlite3_errcode(to.handle()), "copy the database to it");
  int rc = SQLITE_OK;
  while (rc == SQLITE_OK && !context.cancel.cancelled()) rc = sqlite3_backup_step(copy, kPagesAtOnce);
  const int end = sqlite3_backup_finish(copy);
  context.cancel.check();
  if (rc != SQLITE_DONE || end != SQLITE_OK) {
    if (rc == SQLITE_IOERR_DATA) from.fail(rc, "copy the database");
    to.fail(end == SQLITE_OK ? rc : end, "copy the database to it");
  }
  to.exec("PRAGMA journal_mode=WAL");
}

/// A cache that checks itself whenever it is opened, and serves other commits too: copied as it is, and no loss if it cannot be.
void copy_graph(const fs::path& from, const fs::path& to) {
  try {
    const MappedFile graph(from / kGraphName);
    AtomicFile copy(to / kGraphName);
    copy.write(graph.bytes());
    copy.commit();
  } catch (const Error&) {
    return;
  }
}

/// Reads all of it back.
void prove(const fs::path& folder, const StoreSpace& space, Context& context) {
  std::vector<std::string> wrong = damaged_pages(staged_database(folder), 1, context);
  if (wrong.empty()) {
    Connection db(staged_database(folder), OpenMode::read);
    configure_reader(db);
    const Transaction reading(db, false);
    read_space(db);
    wrong = damaged_tables(db);
    if (wrong.empty()) wrong = VectorView::load(db, folder, space, read_generation(db), nullptr)->damage(&context);
  }
  if (!wrong.empty()) throw Error(ErrorCode::io, wrong.front() + " (the backup was read back and is not what was written)");
}

}  // namespace

fs::path partial_path(const fs::path& target) { return target.parent_path() / (target.filename().string() + ".partial"); }

void write_backup(const CommitToCopy& commit, const fs::path& given, Context& context) {
  const fs::path target = (given.has_filename() ? fs::absolute(given) : fs::absolute(given).parent_path()).lexically_normal();
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(target, ignored)) && !(fs::is_directory(target, ignored) && fs::is_empty(target, ignored)))
    throw Error(ErrorCode::invalid_argument, target.string() + ": is there already; a backup is written to a new or empty folder");
  const fs::path partial = partial_path(target);
  make_folder(partial);
  const WriterLock lock(partial / kLockName);
  clear_partial(partial);
  context.progress.begin("copying", commit.vectors.segments().size() + 2, "files");
  for (const SegmentView& segment : commit.vectors.segments()) {
    copy_segment(segment, {segment.id, static_cast<std::uint32_t>(commit.space.dim), commit.space.fingerprint}, partial, context);
    context.progress.advance(1);
  }
  copy_graph(commit.db.file().parent_path(), partial);
  copy_database(commit.db, staged_database(partial), context);
  context.progress.advance(1);
  prove(partial, commit.space, context);
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(staged_database(partial).native() + suffix, ignored);
  rename_or_throw(staged_database(partial), partial / kDatabaseName);
  sync_folder(partial);
  rename_or_throw(partial, target);
  sync_folder(target.parent_path());
  context.progress.end();
}

}  // namespace akin::store
