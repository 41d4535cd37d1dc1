// Any bytes as the header of a file of vectors: refused with an Error or read. A second look, with the magic number, the padding and the
// checksum put right, lets every value of the fields through to the checks behind them. Needs no seeds.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "segment.h"

namespace {

constexpr std::size_t kChecksumAt = 68;  // docs/formats/collection.md: behind all the fields it covers

void read(std::span<const std::byte> bytes) {
  try {
    const auto header = akin::store::parse_segment_header(bytes, "fuzz.seg");
    if (header.dim == 0 || header.fingerprint_hash.size() != 32) __builtin_trap();
  } catch (const akin::Error& error) {
    if (error.code() != akin::ErrorCode::corrupt && error.code() != akin::ErrorCode::unsupported) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read(bytes);
  constexpr std::string_view magic = "AKINVEC\n";
  std::array<std::byte, akin::store::kSegmentHeaderBytes> page{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), kChecksumAt - magic.size()), page.begin() + magic.size());
  std::memcpy(page.data(), magic.data(), magic.size());
  const std::uint32_t crc = akin::crc32c(0, std::span(page).first(kChecksumAt));
  std::memcpy(page.data() + kChecksumAt, &crc, sizeof crc);
  read(page);
  return 0;
}
