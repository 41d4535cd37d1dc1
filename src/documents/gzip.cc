#include "gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace akin::documents {
namespace {

class Inflater {
 public:
  explicit Inflater(const Reading& reading) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) reading.fail(ErrorCode::limit, "not enough memory to unpack gzip data");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream* operator->() { return &stream_; }
  int step() { return inflate(&stream_, Z_NO_FLUSH); }
  void next_member() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

}  // namespace

std::string gunzip(std::string_view bytes, const Reading& reading) {
  Inflater inflater(reading);
  std::string out;
  std::array<char, 1 << 16> buffer;
  std::size_t taken = 0;  // given to zlib, whose counters have 32 bits
  for (;;) {
    if (inflater->avail_in == 0 && taken < bytes.size()) {
      const std::size_t n = std::min<std::size_t>(bytes.size() - taken, 1 << 30);
      // zlib's interface lacks const; it does not write to its input.
      inflater->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
      inflater->avail_in = static_cast<uInt>(n);
      taken += n;
    }
    inflater->next_out = reinterpret_cast<Bytef*>(buffer.data());
    inflater->avail_out = static_cast<uInt>(buffer.size());
    const int status = inflater.step();
    const std::size_t n_out = buffer.size() - inflater->avail_out;
    if (out.size() + n_out > reading.limits().max_file_bytes)
      reading.fail(ErrorCode::limit, "unpacks to more than the bound of " + std::to_string(reading.limits().max_file_bytes) + " bytes");
    out.append(buffer.data(), n_out);
    if (status == Z_STREAM_END) {
      const std::string_view rest = bytes.substr(taken - inflater->avail_in);
      if (!rest.starts_with("\x1F\x8B")) return out;  // as gzip(1): what follows the last member is padding
      inflater.next_member();
    } else if (status == Z_BUF_ERROR && n_out == 0 && taken == bytes.size()) {
      reading.fail(ErrorCode::corrupt, "gzip data ends too early");
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      reading.fail(ErrorCode::corrupt, "broken gzip data after " + std::to_string(out.size()) + " unpacked bytes");
    }
    reading.check_time();
  }
}

}  // namespace akin::documents
