#include "byte_masks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace akin::text {
namespace {

void expect_masks(const std::string& text, std::size_t at) {
  const ByteMasks masks = masks_at(text, at);
  for (std::size_t i = 0; i < 64; ++i) {
    const auto c = static_cast<unsigned char>(at + i < text.size() ? text[at + i] : ' ');
    const auto bit = [&](std::uint64_t mask) { return (mask >> i & 1) != 0; };
    ASSERT_EQ(bit(masks.letters), (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) << +c << " at " << i;
    ASSERT_EQ(bit(masks.numbers), c >= '0' && c <= '9') << +c << " at " << i;
    ASSERT_EQ(bit(masks.spaces), c == ' ' || (c >= '\t' && c <= '\r')) << +c << " at " << i;
    ASSERT_EQ(bit(masks.blanks), c == ' ') << +c << " at " << i;
    ASSERT_EQ(bit(masks.controls), c < 0x20 || c == 0x7F) << +c << " at " << i;
    ASSERT_EQ(bit(masks.apostrophes), c == '\'') << +c << " at " << i;
    ASSERT_EQ(bit(masks.high), c >= 0x80) << +c << " at " << i;
  }
}

TEST(ByteMasks, HoldEveryByteAtEveryPlace) {
  for (unsigned c = 0; c < 256; ++c) {
    for (std::size_t i = 0; i < 64; ++i) {
      std::string text(64, 'x');
      text[i] = static_cast<char>(c);
      expect_masks(text, 0);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ByteMasks, HoldRandomBytesAndBlanksBehindTheEnd) {
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string text(1 + random() % 200, ' ');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() : 'a' + random() % 26);
    const std::size_t at = random() % text.size();
    expect_masks(text, at);
    EXPECT_EQ(std::popcount(bits_inside(at, text.size())), static_cast<int>(std::min<std::size_t>(64, text.size() - at)));
  }
}

}  // namespace
}  // namespace akin::text
