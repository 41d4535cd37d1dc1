#include "akin/base/unpacker.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "base/gzip.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::as_gzip;
using testing::expect_error;

std::string as_zstd(const std::string& text) {
  std::string out(::ZSTD_compressBound(text.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string packed(Packing packing, const std::string& text) { return packing == Packing::gzip ? as_gzip(text) : as_zstd(text); }

std::string some_text() {
  std::string text;
  for (int i = 0; i < 60000; ++i) text += std::to_string(i * 7919 % 100003) + (i % 11 == 0 ? "\n" : " ");
  return text;
}

constexpr Packing kPackings[] = {Packing::gzip, Packing::zstd};

TEST(Unpacker, KnowsPackedBytesByTheirBeginning) {
  EXPECT_EQ(packing_of(as_gzip("x")), Packing::gzip);
  EXPECT_EQ(packing_of(as_zstd("x")), Packing::zstd);
  for (const char* other : {"", "\x1F", "(", "text"}) EXPECT_EQ(packing_of(other), Packing::none);
}

TEST(Unpacker, GivesAllPiecesWhateverTheStep) {
  const std::string text = some_text();
  for (const Packing packing : kPackings) {
    const std::string bytes = packed(packing, text) + packed(packing, "") + packed(packing, "more");
    for (const std::size_t n_in : {1U, 77U, 1U << 20}) {
      for (const std::size_t n_out : {1U, 4096U, 1U << 21}) {
        if (n_in == 1 && n_out == 1) continue;  // slow, and no other
        Unpacker unpacker(packing, "a");
        std::string all, buffer(n_out, '\0');
        for (std::size_t at = 0;;) {
          std::span<const char> in(bytes.data() + at, std::min(n_in, bytes.size() - at));
          const std::size_t before = in.size(), n = unpacker.step(in, buffer);
          at += before - in.size();
          all.append(buffer, 0, n);
          if (n == 0 && at == bytes.size()) break;
        }
        EXPECT_TRUE(unpacker.ended());
        EXPECT_TRUE(all == text + "more") << name_of(packing) << ' ' << n_in << ' ' << n_out;
      }
    }
  }
}

TEST(Unpacker, UnpacksAllAtOnceWithinABound) {
  const std::string text = some_text();
  for (const Packing packing : kPackings) {
    const std::string bytes = packed(packing, text);
    EXPECT_TRUE(unpack(bytes, packing, text.size(), "a") == text);
    expect_error(ErrorCode::limit, "a: unpacks to more than the bound", [&] { unpack(bytes, packing, text.size() - 1, "a"); });
    // A small file that would fill the memory.
    const std::string bomb = packed(packing, std::string(std::size_t{64} << 20, '\0'));
    expect_error(ErrorCode::limit, "bomb", [&] { unpack(bomb, packing, 1 << 20, "bomb"); });
  }
}

TEST(Unpacker, DamagedOrCutDataIsCorrupt) {
  const std::string text = some_text();
  for (const Packing packing : kPackings) {
    const std::string whole = packed(packing, text);
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 0x55);
    for (const std::string& bytes :
         {whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1), whole.substr(0, 4), whole + "rest"})
      expect_error(ErrorCode::corrupt, "bad: ", [&] { unpack(bytes, packing, 1 << 24, "bad"); });
    // Zstandard has no checksum unless it is asked for one: a flipped bit may be other text.
    if (packing == Packing::gzip) expect_error(ErrorCode::corrupt, "bad: ", [&] { unpack(flipped, packing, 1 << 24, "bad"); });
  }
  expect_error(ErrorCode::invalid_argument, "not packed", [] { Unpacker(Packing::none, "a"); });
}

TEST(Unpacker, RefusesAWindowThatFillsTheMemory) {
  // A frame's header that asks for a window of 2 GiB, and a raw block of one byte.
  const std::string frame("\x28\xB5\x2F\xFD\x00\xA8\x09\x00\x00x", 10);
  expect_error(ErrorCode::corrupt, "memory", [&] { unpack(frame, Packing::zstd, 1 << 20, "a"); });
}

}  // namespace
}  // namespace akin
