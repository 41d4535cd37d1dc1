#include "examine.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "akin/base/error.h"
#include "checked_vfs.h"
#include "open_file.h"

namespace akin::store {
namespace {

constexpr std::size_t kPageBytes = 4096;  // docs/formats/collection.md
constexpr int kLooks = 5;
constexpr useconds_t kBetweenLooks = 20'000;  // microseconds; a page is folded in within far less

bool is_good(const OpenFile& file, std::uint32_t number, std::span<std::byte> page) {
  for (int look = 0; look < kLooks; ++look) {
    if (look > 0) ::usleep(kBetweenLooks);
    const std::size_t n = file.read_at(std::uint64_t{number - 1} * page.size(), page);
    if (n == 0) return true;  // given back meanwhile
    if (n == page.size() && page_is_good(page, number)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> damaged_pages(const std::filesystem::path& database, std::size_t max_lines, Context& context) {
  const OpenFile file(database);
  std::vector<std::string> lines;
  std::array<std::byte, kPageBytes> page{};
  for (std::uint32_t number = 1; lines.size() < max_lines; ++number) {
    if (number % 1024 == 0) context.cancel.check();
    const std::size_t n = file.read_at(std::uint64_t{number - 1} * kPageBytes, page);
    if (n == 0) break;
    if (n == kPageBytes && page_is_good(page, number)) continue;
    if (is_good(file, number, page)) continue;
    lines.push_back(database.string() + ": page " + std::to_string(number) + " (byte " +
                    std::to_string(std::uint64_t{number - 1} * kPageBytes) +
                    (n < kPageBytes ? ") is cut short" : ") is damaged: its checksum is wrong"));
    if (n < kPageBytes) break;
  }
  return lines;
}

std::vector<std::string> damaged_tables(Connection& db) {
  std::vector<std::string> lines;
  try {
    Statement check(db, "PRAGMA integrity_check(20)");
    while (check.step()) {
      if (check.text(0) != "ok") lines.push_back(db.file().string() + ": " + std::string(check.text(0)));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt) throw;
    lines.emplace_back(error.what());
  }
  return lines;
}

}  // namespace akin::store
