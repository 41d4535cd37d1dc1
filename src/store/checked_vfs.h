// A file layer under SQLite that ends every database page with a checksum and proves it on every read: a flipped bit is found and its page
// is named, which SQLite alone does not do. The file stays an ordinary SQLite database (the checksum lies in the pages' reserved bytes); a
// program without this layer can read it, but pages it writes will be reported as damaged. Also carries the io_hook of tests.
// The write-ahead log has SQLite's own checksums. Tested by checked_vfs_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct sqlite3;

namespace akin::store {

/// Bytes at the end of a page: CRC-32C of the page before them and of its number; the page's number (1-based). Little-endian.
inline constexpr int kPageReserve = 8;

/// Registers the layer once a process and gives its name for sqlite3_open_v2().
const char* checked_vfs();

/// Whether a whole page as it lies in the file is what was written there. `number` is 1-based.
bool page_is_good(std::span<const std::byte> page, std::uint32_t number) noexcept;

/// The number of the page whose checksum was last found wrong through this connection, 0 if none was.
std::uint32_t last_bad_page(sqlite3* db) noexcept;

}  // namespace akin::store
