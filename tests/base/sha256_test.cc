#include "akin/base/sha256.h"

#include "sha256_blocks.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "akin/base/rng.h"

namespace akin {
namespace {

// The examples of FIPS 180-4 (NIST, "Examples with intermediate values", SHA-256) and of the Secure Hash Algorithm Validation System.
TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(sha256_hex("\xbd"), "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
}

TEST(Sha256, GivesTheStandardsDigestOfAMillionTimesTheLetterA) {
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text.push_back(static_cast<char>(i * 37));
  for (std::size_t length = 0; length < 260; ++length) {
    const std::string_view part = std::string_view(text).substr(0, length);
    const std::string wanted = sha256_hex(part);
    for (const std::size_t step : {1U, 3U, 63U, 64U, 65U}) {
      Sha256 hash;
      for (std::size_t at = 0; at < length; at += step) hash.update(part.substr(at, step));
      ASSERT_EQ(hash.hex(), wanted) << length << " in steps of " << step;
    }
  }
}

TEST(Sha256, FieldsKnowWhereTheyEnd) {
  EXPECT_NE(Sha256().field("ab").field("c").hex(), Sha256().field("a").field("bc").hex());
  EXPECT_NE(Sha256().field("").field("x").hex(), Sha256().field("x").field("").hex());
  EXPECT_EQ(Sha256().field("abc").hex(), sha256_hex(std::string("\3\0\0\0\0\0\0\0abc", 11)));
}

TEST(Sha256, TheCpusInstructionsGiveTheStateOfThePlainLoop) {
  const auto hardware = detail::sha256_blocks_hardware();
  if (hardware == nullptr) GTEST_SKIP() << "this CPU has no SHA instructions";
  Rng rng(5);
  std::vector<std::uint8_t> bytes(64 * 17 + 1);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
  for (std::size_t n_blocks = 0; n_blocks <= 17; ++n_blocks) {
    std::array<std::uint32_t, 8> a;
    for (auto& word : a) word = static_cast<std::uint32_t>(rng.next());
    std::array<std::uint32_t, 8> b = a;
    const std::uint8_t* start = bytes.data() + n_blocks % 2;  // also unaligned
    detail::sha256_blocks_portable(a.data(), start, n_blocks);
    hardware(b.data(), start, n_blocks);
    ASSERT_EQ(a, b) << n_blocks;
  }
}

}  // namespace
}  // namespace akin
