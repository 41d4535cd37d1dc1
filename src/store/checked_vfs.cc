#include "checked_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/io_hook.h"

namespace akin::store {
namespace {

constexpr const char* kName = "akin-checked";

sqlite3_vfs* real_vfs = nullptr;  // the platform's own; set once by checked_vfs()

/// SQLite gives us szOsFile bytes: this, then the real file's own.
struct CheckedFile {
  sqlite3_file base;
  bool is_database;
  std::uint32_t bad_page;
  const char* path;  // SQLite keeps the name as long as the file
};

constexpr std::size_t kRealOffset = (sizeof(CheckedFile) + 15) / 16 * 16;

CheckedFile* self(sqlite3_file* file) noexcept { return reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) noexcept { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kRealOffset); }

struct Trailer {
  std::uint32_t crc;
  std::uint32_t page;
};
static_assert(sizeof(Trailer) == kPageReserve);

/// A whole page: SQLite reads and writes the database in pages, but for parts of the first one's header.
bool is_page(int amount, sqlite3_int64 offset) noexcept { return amount >= 512 && (amount & (amount - 1)) == 0 && offset % amount == 0; }

Trailer trailer_of(std::span<const std::byte> page, std::uint32_t number) noexcept {
  std::uint32_t crc = crc32c(0, page.first(page.size() - kPageReserve));
  crc = crc32c(crc, std::as_bytes(std::span(&number, 1)));
  return {crc, number};
}

int to_sqlite(int error) noexcept { return error == ENOSPC || error == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE; }

int checked_close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }

int checked_read(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  const int rc = real(file)->pMethods->xRead(real(file), buffer, amount, offset);
  if (rc != SQLITE_OK || !self(file)->is_database || !is_page(amount, offset)) return rc;
  const auto number = static_cast<std::uint32_t>(offset / amount + 1);
  if (page_is_good({static_cast<const std::byte*>(buffer), static_cast<std::size_t>(amount)}, number)) return rc;
  self(file)->bad_page = number;
  return SQLITE_IOERR_DATA;
}

int checked_write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
  const CheckedFile* me = self(file);
  const IoEvent event{IoCall::write, me->path == nullptr ? "" : me->path, -1,
                      data,          static_cast<std::size_t>(amount),    static_cast<std::uint64_t>(offset)};
  if (const int error = before_io(event); error != 0) return to_sqlite(error);
  if (!me->is_database || !is_page(amount, offset)) return real(file)->pMethods->xWrite(real(file), data, amount, offset);
  thread_local std::vector<std::byte> page;
  page.resize(static_cast<std::size_t>(amount));
  std::memcpy(page.data(), data, page.size());
  const Trailer trailer = trailer_of(page, static_cast<std::uint32_t>(offset / amount + 1));
  std::memcpy(page.data() + page.size() - kPageReserve, &trailer, kPageReserve);
  return real(file)->pMethods->xWrite(real(file), page.data(), amount, offset);
}

int checked_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const CheckedFile* me = self(file);
  const IoEvent event{IoCall::truncate, me->path == nullptr ? "" : me->path, -1, nullptr, 0, static_cast<std::uint64_t>(size)};
  if (const int error = before_io(event); error != 0) return SQLITE_IOERR_TRUNCATE;
  return real(file)->pMethods->xTruncate(real(file), size);
}

int checked_sync(sqlite3_file* file, int flags) {
  const CheckedFile* me = self(file);
  if (const int error = before_io({IoCall::sync, me->path == nullptr ? "" : me->path, -1, nullptr, 0, 0}); error != 0)
    return error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
  return real(file)->pMethods->xSync(real(file), flags);
}

int checked_file_size(sqlite3_file* file, sqlite3_int64* size) { return real(file)->pMethods->xFileSize(real(file), size); }
int checked_lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int checked_unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int checked_reserved(sqlite3_file* file, int* out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); }
int checked_control(sqlite3_file* file, int op, void* arg) { return real(file)->pMethods->xFileControl(real(file), op, arg); }
int checked_sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int checked_device(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int checked_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int checked_shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void checked_shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int checked_shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods kMethods = {2,  // no xFetch: memory-mapped reads would pass by the checksum
                                         checked_close,
                                         checked_read,
                                         checked_write,
                                         checked_truncate,
                                         checked_sync,
                                         checked_file_size,
                                         checked_lock,
                                         checked_unlock,
                                         checked_reserved,
                                         checked_control,
                                         checked_sector,
                                         checked_device,
                                         checked_shm_map,
                                         checked_shm_lock,
                                         checked_shm_barrier,
                                         checked_shm_unmap,
                                         nullptr,
                                         nullptr};

int checked_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  CheckedFile* me = new (file) CheckedFile{};
  me->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  me->path = name;
  const int rc = real_vfs->xOpen(real_vfs, name, real(file), flags, out_flags);
  me->base.pMethods = rc == SQLITE_OK ? &kMethods : nullptr;
  return rc;
}

int checked_delete(sqlite3_vfs*, const char* name, int sync_folder) {
  if (before_io({IoCall::remove, name, -1, nullptr, 0, 0}) != 0) return SQLITE_IOERR_DELETE;
  return real_vfs->xDelete(real_vfs, name, sync_folder);
}

}  // namespace

// A page that was never written (a hole left by a page allocated and freed at once) is all zeros and good.
bool page_is_good(std::span<const std::byte> page, std::uint32_t number) noexcept {
  Trailer found{};
  std::memcpy(&found, page.data() + page.size() - kPageReserve, kPageReserve);
  const Trailer wanted = trailer_of(page, number);
  if (found.crc == wanted.crc && found.page == wanted.page) return true;
  return std::all_of(page.begin(), page.end(), [](std::byte b) { return b == std::byte{0}; });
}

const char* checked_vfs() {
  static std::once_flag once;
  static sqlite3_vfs vfs;
  std::call_once(once, [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    if (real_vfs == nullptr) throw Error(ErrorCode::io, "SQLite has no file layer on this system");
    vfs = *real_vfs;
    vfs.zName = kName;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(kRealOffset) + real_vfs->szOsFile;
    vfs.xOpen = checked_open;
    vfs.xDelete = checked_delete;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw Error(ErrorCode::io, "SQLite refuses the checksum layer");
  });
  return kName;
}

std::uint32_t last_bad_page(sqlite3* db) noexcept {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr) return 0;
  return file->pMethods == &kMethods ? self(file)->bad_page : 0;
}

}  // namespace akin::store
