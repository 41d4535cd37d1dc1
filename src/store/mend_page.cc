#include "mend_page.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "checked_vfs.h"
#include "open_file.h"

namespace akin::store {
namespace {

constexpr std::size_t kPageBytes = 4096;

/// What a checksum differs by if, of a message, one bit of the byte is wrong behind which `n_behind` bytes stand.
class Syndromes {
 public:
  Syndromes() noexcept {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      const std::array<std::byte, 1> right{}, wrong{static_cast<std::byte>(1U << bit)};
      of_bit_[bit] = crc32c(0, right) ^ crc32c(0, wrong);
    }
  }
  [[nodiscard]] std::uint32_t of_bit(std::size_t bit) const noexcept { return of_bit_[bit]; }
  /// One byte more stands behind it.
  void step() noexcept {
    for (std::uint32_t& syndrome : of_bit_) {
      for (int i = 0; i < 8; ++i) syndrome = (syndrome >> 1) ^ ((syndrome & 1U) != 0 ? 0x82F63B78U : 0U);  // the polynomial, reflected
    }
  }

 private:
  std::array<std::uint32_t, 8> of_bit_{};
};

std::uint32_t word_at(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

void put_word(std::span<std::byte> bytes, std::size_t at, std::uint32_t word) noexcept {
  std::memcpy(bytes.data() + at, &word, sizeof word);
}

}  // namespace

bool mend_page(std::span<std::byte> page, std::uint32_t number) noexcept {
  if (page_is_good(page, number)) return true;
  const std::size_t n = page.size() - kPageReserve;
  const std::uint32_t found = word_at(page, n);
  const std::uint32_t named = word_at(page, n + 4);
  std::uint32_t wanted = crc32c(0, page.first(n));
  wanted = crc32c(wanted, std::as_bytes(std::span(&number, 1)));
  const std::uint32_t difference = found ^ wanted;
  if (difference == 0) {  // the number at the end is wrong itself
    if (!std::has_single_bit(named ^ number)) return false;
    put_word(page, n + 4, number);
    return true;
  }
  if (named != number) return false;
  if (std::has_single_bit(difference)) {  // the checksum is wrong itself
    put_word(page, n, wanted);
    return true;
  }
  Syndromes syndromes;
  for (std::size_t i = 0; i < sizeof number; ++i) syndromes.step();
  for (std::size_t at = n; at > 0; --at, syndromes.step()) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if (syndromes.of_bit(bit) != difference) continue;
      page[at - 1] ^= static_cast<std::byte>(1U << bit);
      return page_is_good(page, number);
    }
  }
  return false;
}

std::size_t mend_pages(const std::filesystem::path& database, Context& context) {
  const OpenFile file(database);
  const int fd = ::open(database.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) throw_errno(database.string(), "open it for writing");
  std::size_t n_mended = 0;
  int failure = 0;
  std::array<std::byte, kPageBytes> page{};
  for (std::uint32_t number = 1; failure == 0; ++number) {
    const std::uint64_t place = std::uint64_t{number - 1} * kPageBytes;
    if (context.cancel.cancelled() || file.read_at(place, page) < page.size()) break;
    if (page_is_good(page, number) || !mend_page(page, number)) continue;
    failure = before_io({IoCall::write, database.native(), fd, page.data(), page.size(), place});
    if (failure == 0 && ::pwrite(fd, page.data(), page.size(), static_cast<off_t>(place)) != static_cast<ssize_t>(page.size()))
      failure = errno;
    ++n_mended;
  }
  if (failure == 0 && ::fsync(fd) != 0) failure = errno;
  ::close(fd);
  if (failure != 0) {
    errno = failure;
    throw_errno(database.string(), "write a mended page to it");
  }
  context.cancel.check();
  return n_mended;
}

}  // namespace akin::store
