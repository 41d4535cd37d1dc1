#include "akin/base/unpacker.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;
constexpr int kMaxWindowLog = 27;  // 128 MiB: what the program `zstd` takes without being asked to take more

}  // namespace

Packing packing_of(std::string_view bytes) noexcept {
  if (bytes.starts_with("\x1F\x8B")) return Packing::gzip;
  if (bytes.starts_with("\x28\xB5\x2F\xFD")) return Packing::zstd;
  return Packing::none;
}

std::string_view name_of(Packing packing) noexcept {
  return packing == Packing::gzip ? "gzip" : packing == Packing::zstd ? "Zstandard" : "none";
}

struct Unpacker::Stream {
  explicit Stream(std::string its_name) : name(std::move(its_name)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  /// Some of `in` into some of `out`.
  virtual std::size_t step(std::span<const char>& in, std::span<char> out) = 0;

  std::string name;
  bool ended = true;  // nothing taken yet is nothing missing
};

struct Unpacker::Gzip final : Stream {
  explicit Gzip(std::string its_name) : Stream(std::move(its_name)) {
    if (::inflateInit2(&stream, 15 + 16) != Z_OK) throw Error(ErrorCode::limit, name + ": not enough memory to unpack gzip");
  }
  ~Gzip() override { ::inflateEnd(&stream); }

  std::size_t step(std::span<const char>& in, std::span<char> out) override {
    if (ended && in.empty()) return 0;
    if (ended) ::inflateReset(&stream);  // one more member, or the first
    const std::size_t n_in = std::min<std::size_t>(in.size(), 1 << 30), n_out = std::min<std::size_t>(out.size(), 1 << 30);
    // zlib's interface lacks const; it does not write to its input.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream.avail_in = static_cast<uInt>(n_in);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(n_out);
    const int state = ::inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
      throw Error(ErrorCode::corrupt, name + ": damaged gzip" + (stream.msg == nullptr ? "" : std::string(": ") + stream.msg));
    ended = state == Z_STREAM_END;
    in = in.subspan(n_in - stream.avail_in);
    return n_out - stream.avail_out;
  }

  z_stream stream{};
};

struct Unpacker::Zstd final : Stream {
  explicit Zstd(std::string its_name) : Stream(std::move(its_name)), stream(::ZSTD_createDStream()) {
    if (stream == nullptr) throw Error(ErrorCode::limit, name + ": not enough memory to unpack Zstandard");
    ::ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~Zstd() override { ::ZSTD_freeDStream(stream); }

  std::size_t step(std::span<const char>& in, std::span<char> out) override {
    if (ended && in.empty()) return 0;
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t state = ::ZSTD_decompressStream(stream, &to, &from);
    if (::ZSTD_isError(state) != 0) throw Error(ErrorCode::corrupt, name + ": damaged Zstandard: " + ::ZSTD_getErrorName(state));
    ended = state == 0;
    in = in.subspan(from.pos);
    return to.pos;
  }

  ZSTD_DStream* stream;
};

Unpacker::Unpacker(Packing packing, std::string name) {
  require(packing != Packing::none, "Unpacker: the bytes are not packed");
  if (packing == Packing::gzip) {
    stream_ = std::make_unique<Gzip>(std::move(name));
  } else {
    stream_ = std::make_unique<Zstd>(std::move(name));
  }
}
Unpacker::Unpacker(Unpacker&&) noexcept = default;
Unpacker& Unpacker::operator=(Unpacker&&) noexcept = default;
Unpacker::~Unpacker() = default;

bool Unpacker::ended() const noexcept { return stream_->ended; }

std::size_t Unpacker::step(std::span<const char>& in, std::span<char> out) {
  for (;;) {
    const std::size_t before = in.size(), n = stream_->step(in, out);
    if (n > 0 || out.empty() || (in.empty() && before == 0)) return n;
    if (in.size() == before) throw Error(ErrorCode::corrupt, stream_->name + ": the packed data does not go on");
  }
}

std::string unpack(std::string_view packed, Packing packing, std::size_t max_bytes, const std::string& name) {
  Unpacker unpacker(packing, name);
  std::string out;
  std::span<const char> in(packed);
  for (;;) {
    const std::size_t before = out.size();
    out.resize(before + kPieceBytes);
    const std::size_t n = unpacker.step(in, std::span(out).subspan(before));
    out.resize(before + n);
    if (out.size() > max_bytes)
      throw Error(ErrorCode::limit, name + ": unpacks to more than the bound of " + std::to_string(max_bytes) + " bytes");
    if (n > 0) continue;
    if (unpacker.ended()) return out;
    throw Error(ErrorCode::corrupt, name + ": the " + std::string(name_of(packing)) + " data ends early");
  }
}

}  // namespace akin
