// The vectors of RFC 4231 for HMAC-SHA-256 (test cases 1 to 4, 6 and 7; case 5 is the one that cuts the digest, which we do not).
#include "akin/base/hmac.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

struct Case {
  std::string key, text, hex;
};

std::string bytes(int value, std::size_t n) { return std::string(n, static_cast<char>(value)); }

std::string counted(int from, int to) {
  std::string out;
  for (int i = from; i <= to; ++i) out.push_back(static_cast<char>(i));
  return out;
}

const Case kCases[] = {
    {bytes(0x0b, 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {bytes(0xaa, 20), bytes(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {counted(1, 25), bytes(0xcd, 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {bytes(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {bytes(0xaa, 131),
     "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by "
     "the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(Hmac, GivesTheDigestsOfTheStandard) {
  for (const Case& one : kCases) EXPECT_EQ(hmac_sha256_hex(one.key, one.text), one.hex) << one.text;
}

TEST(Hmac, GivesTheSameBytesAsHexadecimalDigits) {
  const std::string raw = hmac_sha256_bytes("Jefe", "what do ya want for nothing?");
  const auto digest = hmac_sha256("Jefe", "what do ya want for nothing?");
  ASSERT_EQ(raw.size(), 32U);
  EXPECT_EQ(raw, std::string(digest.begin(), digest.end()));
  EXPECT_EQ(static_cast<unsigned char>(raw[0]), 0x5b);
}

TEST(Hmac, TakesAKeyOfExactlyOneBlockAsItIs) {
  // A block of 64 bytes is not hashed first, one of 65 is: RFC 2104, section 2.
  EXPECT_NE(hmac_sha256_hex(bytes('k', 64), "x"), hmac_sha256_hex(bytes('k', 65), "x"));
  EXPECT_EQ(hmac_sha256_hex(bytes('k', 63) + '\0', "x"), hmac_sha256_hex(bytes('k', 63), "x")) << "shorter keys are filled up with zeros";
}

}  // namespace
}  // namespace akin
