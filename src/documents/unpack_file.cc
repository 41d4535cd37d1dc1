#include "unpack_file.h"

#include <array>
#include <span>

namespace akin::documents {

std::string unpack_file(std::string_view bytes, Packing packing, const Reading& reading) {
  Unpacker unpacker(packing, reading.uri());
  std::string out;
  std::array<char, 1 << 16> buffer;
  std::span<const char> rest(bytes);
  for (;;) {
    if (unpacker.ended() && packing_of({rest.data(), rest.size()}) == Packing::none) return out;
    const std::size_t n = unpacker.step(rest, buffer);
    if (out.size() + n > reading.limits().max_file_bytes)
      reading.fail(ErrorCode::limit, "unpacks to more than the bound of " + std::to_string(reading.limits().max_file_bytes) + " bytes");
    out.append(buffer.data(), n);
    if (n == 0 && !unpacker.ended()) reading.fail(ErrorCode::corrupt, std::string(name_of(packing)) + " data ends too early");
    reading.check_time();
  }
}

}  // namespace akin::documents
