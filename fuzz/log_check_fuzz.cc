// Any bytes as SQLite's write-ahead log: a state or nothing, never a crash. A second look, with a header whose checksum is right, lets the
// frames through to their checks. Needs no seeds.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "log_check.h"

namespace {

void put(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

std::uint32_t get(const std::vector<std::byte>& bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);  // the checksums' order, by the magic
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const akin::store::LogState any = akin::store::check_log(bytes, "fuzz-wal");
  if (!any.damage.empty() && !any.doubt.empty()) __builtin_trap();
  if (size < 40) return 0;
  std::vector<std::byte> log(bytes.begin(), bytes.end());
  put(log, 0, 0x377F0682);
  put(log, 4, 3007000);
  put(log, 8, 512);
  std::uint32_t a = 0, b = 0;
  for (std::size_t at = 0; at < 24; at += 8) {
    a += get(log, at) + b;
    b += get(log, at + 4) + a;
  }
  put(log, 24, a);
  put(log, 28, b);
  const akin::store::LogState state = akin::store::check_log(log, "fuzz-wal");
  if (state.n_frames > log.size() / 536) __builtin_trap();
  if (state.damage.find("header") != std::string::npos) __builtin_trap();
  return 0;
}
