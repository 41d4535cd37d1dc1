// Packed bytes, gzip (RFC 1952) or Zstandard (RFC 8878), unpacked as they come. Memory does not grow with what is packed: at most 128 MiB
// for Zstandard's window, which is refused beyond. Tested by unpacker_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace akin {

enum class Packing { none, gzip, zstd };
/// By the first bytes; four are enough.
Packing packing_of(std::string_view bytes) noexcept;
std::string_view name_of(Packing packing) noexcept;

class Unpacker {
 public:
  /// `name` stands for the file in messages. `packing` is not none. Throws Error{limit} without memory.
  Unpacker(Packing packing, std::string name);
  ~Unpacker();
  Unpacker(Unpacker&&) noexcept;
  Unpacker& operator=(Unpacker&&) noexcept;

  /// Unpacks from `in`, which loses what was taken, into `out`; returns how many bytes came. Zero comes only when `in` is empty and nothing
  /// waits inside. Packed pieces may follow one another, as `cat a.gz b.gz` gives them. Throws Error{corrupt}.
  std::size_t step(std::span<const char>& in, std::span<char> out);
  /// Whether all that was taken is whole pieces: what follows is another piece, or the end.
  [[nodiscard]] bool ended() const noexcept;

 private:
  struct Stream;
  struct Gzip;
  struct Zstd;
  std::unique_ptr<Stream> stream_;
};

/// All of it. Throws Error{corrupt} for damaged or cut data, Error{limit} for more than `max_bytes` unpacked.
std::string unpack(std::string_view packed, Packing packing, std::size_t max_bytes, const std::string& name);

}  // namespace akin
