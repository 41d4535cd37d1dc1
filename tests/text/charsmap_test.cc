#include "charsmap.h"

#include <gtest/gtest.h>

#include <string>

#include "base/throws.h"
#include "golden_files.h"

namespace akin::text {
namespace {

std::string u32(std::uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

// A map by hand: cell 0 is the root with offset 256; the cell of byte c is 256 ^ c with its leaf at 512 ^ c.
struct MapBuilder {
  std::vector<std::uint32_t> cells = std::vector<std::uint32_t>(1024);
  std::string replacements;

  MapBuilder() { cells[0] = 256U << 10; }
  MapBuilder& add(char key, const std::string& with) {
    const auto byte = static_cast<unsigned char>(key);
    cells[256U ^ byte] = byte | 1U << 8 | (256U ^ 512U) << 10;
    cells[512U ^ byte] = 0x80000000U | static_cast<std::uint32_t>(replacements.size());
    replacements += with + '\0';
    return *this;
  }
  [[nodiscard]] std::string bytes() const {
    std::string out = u32(static_cast<std::uint32_t>(4 * cells.size()));
    for (const std::uint32_t cell : cells) out += u32(cell);
    return out + replacements;
  }
};

std::string normalized(const Charsmap& map, const std::string& text) {
  NormalizedText out(text);
  Precompiled(map).apply(out);
  return out.text();
}

std::vector<TextSpan> origins(const Charsmap& map, const std::string& text) {
  NormalizedText out(text);
  Precompiled(map).apply(out);
  std::vector<TextSpan> spans;
  for (std::size_t i = 0; i < out.text().size(); ++i) spans.push_back(out.origin(i, i + 1));
  return spans;
}

const Charsmap& nmt_nfkc() {
  static const Charsmap map =
      read_charsmap(golden::json(golden::path("models/t5-relu/tokenizer.json")).at("normalizer").at("normalizers")[0], "t5");
  return map;
}

TEST(Charsmap, FindsTheShortestKeyThatBeginsAText) {
  const Charsmap map(MapBuilder().add('a', "bb").add('x', "").bytes(), "map");
  EXPECT_EQ(map.find("a"), "bb");
  EXPECT_EQ(map.find("azz"), "bb");
  EXPECT_EQ(map.find("x"), "");
  EXPECT_EQ(map.find("b"), std::nullopt);
  EXPECT_EQ(map.find(""), std::nullopt);
  EXPECT_EQ(map.find(std::string_view("\0a", 2)), std::nullopt);
}

TEST(Charsmap, GivesBackItsBytes) {
  const std::string bytes = MapBuilder().add('a', "bb").bytes();
  EXPECT_EQ(Charsmap(bytes, "map").bytes(), bytes);
}

// Answers of tokenizers 0.22.2 for the map of sentencepiece's nmt_nfkc rule.
TEST(Precompiled, NormalizesAsTheReference) {
  EXPECT_EQ(normalized(nmt_nfkc(), "\xEF\xAC\x81n\xE2\x84\xA2"), "finTM");  // ﬁn™
  EXPECT_EQ(normalized(nmt_nfkc(),
                       "a\tb\r\nc\xE3\x80\x80"
                       "d"),
            "a b c d");
  EXPECT_EQ(normalized(nmt_nfkc(), "e\xCC\x81\x01z"), "\xC3\xA9z");  // e´ → é; U+0001 goes
  EXPECT_EQ(normalized(nmt_nfkc(), "plain"), "plain");
  EXPECT_EQ(normalized(nmt_nfkc(), ""), "");
}

TEST(Precompiled, LooksAShortClusterUpAsAWholeAndTakesTheShortestKey) {
  // The ligature's own key wins over the cluster's, and the accent is lost with it: the reference's rule.
  EXPECT_EQ(normalized(nmt_nfkc(), "\xEF\xAC\x81\xCC\x81"), "fi");
  // Six bytes and more go character by character.
  EXPECT_EQ(normalized(nmt_nfkc(), "\xEF\xAC\x81\xCC\x81\xCC\x81"), "fi\xCC\x81\xCC\x81");
}

TEST(Precompiled, TracksOriginsAsTheReference) {
  const Charsmap map(MapBuilder().add('a', "xyz").add('b', "").add('c', "C").bytes(), "map");
  EXPECT_EQ(origins(map, "ac"), (std::vector<TextSpan>{{0, 1}, {0, 1}, {0, 1}, {1, 2}}));
  // What is taken out goes to the character before it, even an inserted one, which then takes its origin.
  EXPECT_EQ(origins(map, "abc"), (std::vector<TextSpan>{{0, 1}, {0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(origins(map, "cbbc"), (std::vector<TextSpan>{{0, 1}, {3, 4}}));
  // What is taken out in front shifts all origins: so does the reference.
  EXPECT_EQ(origins(map, "bcd"), (std::vector<TextSpan>{{0, 1}, {1, 2}}));
}

TEST(Charsmap, RefusesBrokenBytes) {
  const std::string good = MapBuilder().add('a', "bb").bytes();
  MapBuilder far = MapBuilder().add('a', "bb");
  far.cells[512U ^ 'a'] = 0x80000000U | 1000;
  MapBuilder outside = MapBuilder().add('a', "bb");
  outside.cells[256U ^ 'a'] = 'a' | 1U << 8 | 0x1FFFFFU << 10;
  MapBuilder inside = MapBuilder().add('a', "\xC3\xA9");
  inside.cells[512U ^ 'a'] = 0x80000000U | 1;
  MapBuilder no_text = MapBuilder().add('a', "\xFF");
  const std::pair<const char*, std::string> broken[] = {
      {"empty", ""},
      {"cut in its length", good.substr(0, 3)},
      {"cut in its trie", good.substr(0, 400)},
      {"a trie of no cells", u32(0) + "abc"},
      {"a trie of a gigabyte", u32(0x40000000) + good.substr(4)},
      {"a leaf that names nothing", far.bytes()},
      {"a leaf outside the trie", outside.bytes()},
      {"a leaf inside a character", inside.bytes()},
      {"replacements that are no UTF-8", no_text.bytes()},
  };
  for (const auto& [what, bytes] : broken) {
    try {
      const Charsmap map(bytes, "x.model");
      FAIL() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << what;
      EXPECT_TRUE(std::string(error.what()).starts_with("x.model: the charsmap")) << error.what();
    }
  }
}

TEST(Charsmap, IsNotLostInATrieThatGoesInCircles) {
  MapBuilder round;
  round.cells[256U ^ 'a'] = 'a';  // offset 0: the next cell of 'a' … is found from here again
  round.cells[(256U ^ 'a') ^ 'a'] = 'a' | 256U << 10;
  const Charsmap map(round.bytes(), "map");
  EXPECT_EQ(normalized(map, std::string(100, 'a')), std::string(100, 'a'));
}

TEST(Charsmap, IsRefusedWhereItsBase64IsNone) {
  akin::testing::expect_error(ErrorCode::corrupt, "normalizer: the 3 characters of 'precompiled_charsmap' are not base64", [] {
    (void)read_charsmap(Json{{"precompiled_charsmap", "YQ="}}, "normalizer");
  });
}

}  // namespace
}  // namespace akin::text
