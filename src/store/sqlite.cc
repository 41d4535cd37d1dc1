#include "sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <system_error>
#include <utility>

#include "akin/base/error.h"
#include "checked_vfs.h"
#include "sql_functions.h"

namespace akin::store {
namespace {

ErrorCode code_of(int rc) noexcept {
  if (rc == SQLITE_IOERR_DATA || rc == SQLITE_IOERR_CORRUPTFS) return ErrorCode::corrupt;
  switch (rc & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::busy;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return ErrorCode::limit;
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_MISUSE:
      return ErrorCode::invalid_argument;
    default:
      return ErrorCode::io;
  }
}

/// True where nobody writes: a read-only file system, or a folder without any leave to write. There readers need no log and no locks.
/// A log that was left behind must be looked at, and that needs a folder to write in.
bool is_unchanging(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  struct stat info {};
  if (::stat((file.native() + "-wal").c_str(), &info) == 0 && info.st_size != 0) return false;
  struct statvfs system {};
  if (::statvfs(folder.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0) return true;
  return ::stat(folder.c_str(), &info) == 0 && (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
}

std::string immutable_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : file.native()) {
    if (c == '%' || c == '?' || c == '#') {
      constexpr std::string_view hex = "0123456789abcdef";
      uri += {'%', hex[static_cast<unsigned char>(c) >> 4], hex[static_cast<unsigned char>(c) & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

Statement::Statement(Connection& connection, std::string_view sql) : connection_(&connection) {
  const int rc =
      sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (rc != SQLITE_OK) connection.fail(rc, "prepare a statement");
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::check(int rc) const {
  if (rc != SQLITE_OK) connection_->fail(rc, "bind a value");
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Statement::step() {
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  sqlite3_reset(statement_);
  connection_->fail(rc, "run a statement");
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

std::int64_t Statement::integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const noexcept { return sqlite3_column_double(statement_, column); }
bool Statement::is_null(int column) const noexcept { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string_view Statement::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string_view() : std::string_view(data, static_cast<std::size_t>(size));
}

std::span<const std::byte> Statement::blob(int column) const noexcept {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const std::byte*>(data), data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

void Statement::bind_integer(int position, std::int64_t value) { check(sqlite3_bind_int64(statement_, position, value)); }
void Statement::bind_null(int position) { check(sqlite3_bind_null(statement_, position)); }
void Statement::bind_at(int position, double value) { check(sqlite3_bind_double(statement_, position, value)); }
void Statement::bind_at(int position, std::string_view value) {
  // An empty view may have no address; SQLite would bind NULL.
  check(sqlite3_bind_text64(statement_, position, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
}
void Statement::bind_at(int position, std::span<const std::byte> value) {
  check(sqlite3_bind_blob64(statement_, position, value.data() == nullptr ? "" : static_cast<const void*>(value.data()), value.size(),
                            SQLITE_STATIC));
}

void Statement::bind_ids_at(int position, const std::span<const std::uint64_t>& ids) {
  // SQLite hands the pointer on; akin_among() reads only.
  auto* pointer = const_cast<std::span<const std::uint64_t>*>(&ids);
  check(sqlite3_bind_pointer(statement_, position, pointer, kIdsPointer, nullptr));
}

void Statement::bind_list_at(int position, std::vector<std::uint64_t>& list) {
  check(sqlite3_bind_pointer(statement_, position, &list, kListPointer, nullptr));
}

Connection::Connection(const std::filesystem::path& file, OpenMode mode) : file_(file) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == OpenMode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == OpenMode::create) flags |= SQLITE_OPEN_CREATE;
  const bool unchanging = mode == OpenMode::read && is_unchanging(file);
  if (unchanging) flags |= SQLITE_OPEN_URI;
  const int rc = sqlite3_open_v2(unchanging ? immutable_uri(file).c_str() : file.c_str(), &db_, flags, checked_vfs());
  if (rc != SQLITE_OK) {
    const std::string reason = db_ == nullptr ? "not enough memory" : sqlite3_errmsg(db_);
    sqlite3_close(std::exchange(db_, nullptr));
    std::error_code ignored;
    if (mode != OpenMode::create && !std::filesystem::exists(file, ignored))
      throw Error(ErrorCode::not_found, file.string() + ": there is no such file");
    throw Error(code_of(rc), file.string() + ": cannot open it: " + reason);
  }
  if (mode == OpenMode::create) {
    // Before the first page is written: the checksums would lie over rows otherwise.
    int reserve = kPageReserve;
    sqlite3_file_control(db_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  }
  wait_for_locks(kLockMilliseconds);
  if (const int added = add_sql_functions(db_); added != SQLITE_OK) {
    const std::string reason = sqlite3_errmsg(db_);
    sqlite3_close(std::exchange(db_, nullptr));
    throw Error(code_of(added), file.string() + ": cannot prepare full text: " + reason);
  }
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(db_);
}

void Connection::fail(int rc, std::string_view doing) const {
  // A rollback journal is there only until a new database has its log.
  if (rc == SQLITE_READONLY_ROLLBACK)
    throw Error(ErrorCode::not_found, file_.string() + ": holds no collection; its creation was interrupted, create it again");
  std::string message = file_.string() + ": ";
  if (rc == SQLITE_IOERR_DATA) {
    message += "page " + std::to_string(last_bad_page(db_)) + " is damaged: its checksum is wrong";
  } else if (rc == SQLITE_READONLY_DIRECTORY || rc == SQLITE_READONLY_CANTINIT || rc == SQLITE_READONLY_RECOVERY) {
    message +=
        "cannot read it beside a writer without leave to write in its folder, where readers say what they are reading (akin.db-shm); give "
        "leave, or take it from everybody (chmod a-w FOLDER) where the collection no longer changes";
  } else {
    message += "cannot " + std::string(doing) + ": " + sqlite3_errmsg(db_);
  }
  throw Error(code_of(rc), message);
}

void Connection::exec(const char* sql) {
  const int rc = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) fail(rc, "run a statement");
}

Statement& Connection::statement(const char* sql) {
  auto& slot = statements_[sql];
  if (!slot) slot = std::make_unique<Statement>(*this, sql);
  slot->reset();
  return *slot;
}

std::int64_t Connection::integer(const char* sql, std::int64_t otherwise) {
  Statement query(*this, sql);
  return query.step() ? query.integer(0) : otherwise;
}

void Connection::settle() noexcept {
  for (auto& [sql, statement] : statements_) {
    if (statement) statement->reset();
  }
}

void Connection::wait_for_locks(int milliseconds) noexcept { sqlite3_busy_timeout(db_, milliseconds); }

std::int64_t Connection::last_insert_id() const noexcept { return sqlite3_last_insert_rowid(db_); }

Transaction::Transaction(Connection& connection, bool writing) : connection_(&connection) {
  connection.exec(writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  // After a full disk SQLite may have rolled back by itself; then there is nothing to do and the failure says so.
  sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  connection_->exec("COMMIT");
  connection_ = nullptr;
}

}  // namespace akin::store
