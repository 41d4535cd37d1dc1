#include "metaspace.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

struct Cut {
  std::string word;
  TextSpan origin;
  friend bool operator==(const Cut&, const Cut&) = default;
};
void PrintTo(const Cut& cut, std::ostream* out) { *out << cut.word << " [" << cut.origin.begin << ", " << cut.origin.end << ")"; }

std::vector<Cut> cut(const MetaspaceOptions& options, const std::string& text, std::size_t offset = 0) {
  NormalizedText normalized(text, offset);
  std::vector<WordRange> words = {{0, text.size()}};
  Metaspace(options).split(normalized, words);
  std::vector<Cut> out;
  for (const WordRange& word : words)
    out.push_back({normalized.text().substr(word.begin, word.end - word.begin), normalized.origin(word.begin, word.end)});
  return out;
}
using Cuts = std::vector<Cut>;

constexpr MetaspaceOptions kUsual;
constexpr MetaspaceOptions kNever{.prepend = PrependScheme::never};

// Answers of tokenizers 0.22.2.
TEST(Metaspace, MarksAndCutsAtSpaces) {
  EXPECT_EQ(cut(kUsual, "Hey friend!"), (Cuts{{"▁Hey", {0, 3}}, {"▁friend!", {3, 11}}}));
  EXPECT_EQ(cut(kUsual, " Hey"), (Cuts{{"▁Hey", {0, 4}}}));
  EXPECT_EQ(cut(kUsual, "a   b "), (Cuts{{"▁a", {0, 1}}, {"▁", {1, 2}}, {"▁", {2, 3}}, {"▁b", {3, 5}}, {"▁", {5, 6}}}));
  EXPECT_EQ(cut(kUsual, "▁a▁"), (Cuts{{"▁a", {0, 4}}, {"▁", {4, 7}}}));
}

TEST(Metaspace, PrependsByItsScheme) {
  EXPECT_EQ(cut(kNever, "a b"), (Cuts{{"a", {0, 1}}, {"▁b", {1, 3}}}));
  EXPECT_EQ(cut({.prepend = PrependScheme::first}, "a"), (Cuts{{"▁a", {0, 1}}}));
  EXPECT_EQ(cut({.prepend = PrependScheme::first}, "a", 7), (Cuts{{"a", {7, 8}}}));
  EXPECT_EQ(cut(kUsual, "a", 7), (Cuts{{"▁a", {7, 8}}}));
}

TEST(Metaspace, LeavesTheTextWholeIfAsked) { EXPECT_EQ(cut({.split = false}, "a b"), (Cuts{{"▁a▁b", {0, 3}}})); }

TEST(Metaspace, CutsWordsThatWereCutBefore) {
  NormalizedText text("ab cd, e");
  std::vector<WordRange> words = {{0, 2}, {3, 5}, {6, 8}};
  Metaspace(kUsual).split(text, words);
  EXPECT_EQ(text.text(), "▁ab ▁cd,▁e");
  EXPECT_EQ(words, (std::vector<WordRange>{{0, 5}, {6, 11}, {12, 16}}));
}

TEST(MetaspaceDecoder, MakesSpacesOfMarks) {
  EXPECT_EQ(MetaspaceDecoder(kUsual).decode({"▁Hey", "▁fri", "end▁x"}), "Hey friend x");
  EXPECT_EQ(MetaspaceDecoder(kNever).decode({"▁Hey", "▁fri", "end"}), " Hey friend");
  EXPECT_EQ(MetaspaceDecoder(kUsual).decode({}), "");
}

TEST(Metaspace, ReadsOldSpellings) {
  const auto read = [](const char* json) { return read_metaspace(Json::parse(json), "t"); };
  EXPECT_EQ(read(R"({"replacement": "▁", "add_prefix_space": true})").prepend, PrependScheme::always);
  EXPECT_EQ(read(R"({"replacement": "▁", "add_prefix_space": false})").prepend, PrependScheme::never);
  EXPECT_EQ(read(R"({"replacement": "_", "prepend_scheme": "first", "split": false})").replacement, U'_');
  EXPECT_FALSE(read(R"({"replacement": "_", "split": false})").split);
  for (const char* wrong :
       {R"({})", R"({"replacement": ""})", R"({"replacement": "ab"})", R"({"replacement": "_", "prepend_scheme": "often"})",
        R"({"replacement": "_", "prepend_scheme": "first", "add_prefix_space": false})"})
    EXPECT_THROW(read(wrong), Error) << wrong;
}

}  // namespace
}  // namespace akin::text
