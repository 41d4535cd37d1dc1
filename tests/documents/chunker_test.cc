#include "akin/documents/chunker.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "akin/base/utf8.h"
#include "base/throws.h"
#include "reading.h"

namespace akin {
namespace {

using documents::is_space;
using testing::expect_error;

const Tokenizer& bert() {
  static const Tokenizer tokenizer = Tokenizer::from_folder(std::string(AKIN_GOLDEN) + "/tokenizers/bert-base-uncased");
  return tokenizer;
}

std::vector<Chunk> chunks_of(const std::string& text, const ChunkOptions& options, const std::string& name = "a.md") {
  return chunk_document(read_documents(text, name).at(0), bert(), options);
}

std::string without_space(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (!is_space(c)) out += c;
  return out;
}

std::string all_text(const Document& document) {
  std::string out;
  for (const Block& block : document.blocks) out += without_space(block.text);
  return out;
}

/// Each chunk within the limit and counted as the tokenizer counts it.
void expect_counts(const std::vector<Chunk>& chunks, std::size_t max_tokens) {
  for (const Chunk& chunk : chunks) {
    EXPECT_LE(chunk.n_tokens, max_tokens) << chunk.embedded_text;
    EXPECT_EQ(chunk.n_tokens, bert().encode(chunk.embedded_text).ids.size()) << chunk.embedded_text;
    EXPECT_FALSE(chunk.text.empty());
    EXPECT_TRUE(chunk.embedded_text.ends_with(chunk.text));
  }
}

/// The chunks' texts in order are the whole text: each begins where the one before ended, or within it (the overlap).
void expect_whole(const Document& document, const std::vector<Chunk>& chunks, bool overlaps) {
  const std::string whole = all_text(document);
  std::size_t at = 0;
  std::size_t begin = 0;
  for (const Chunk& chunk : chunks) {
    const std::string text = without_space(chunk.text);
    std::size_t from = overlaps ? begin : at;
    while (from <= at && (from + text.size() < at || whole.compare(from, text.size(), text) != 0)) ++from;
    ASSERT_LE(from, at) << "lost or invented before: " << chunk.text;
    begin = from;
    at = std::max(at, from + text.size());
  }
  EXPECT_EQ(at, whole.size());
}

std::string prose(int n_sentences) {
  std::string text;
  for (int i = 0; i < n_sentences; ++i) {
    text += "Sentence number " + std::to_string(i) + " speaks of tea, of unbelievable kettles, and of " + std::to_string(i * i) + " cups. ";
    if (i % 7 == 6) text += "\n\n";
    if (i % 30 == 29) text += "## Part " + std::to_string(i) + "\n\n";
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> texts() {
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  std::string words;
  for (int i = 0; i < 3000; ++i) words += static_cast<char>('a' + next() % 26);
  std::string japanese;
  for (int i = 0; i < 400; ++i) append_utf8(japanese, i % 9 == 8 ? U'。' : static_cast<char32_t>(0x4E00 + next() % 4000));
  std::string emoji;
  for (int i = 0; i < 500; ++i) emoji += "👩‍👩‍👧";
  std::string accents = "x";
  for (int i = 0; i < 900; ++i) accents += "\xCC\x81";
  return {{"prose.md", "# Tea\n\n" + prose(200)},
          {"word.txt", words},
          {"japanese.txt", japanese},
          {"emoji.txt", emoji},
          {"accents.txt", accents},
          {"spaces.txt", "a" + std::string(100'000, ' ') + "b"},
          {"marks.txt", std::string(2000, '.')},
          {"table.md", "|a|b|\n|-|-|\n" +
                           [] {
                             std::string rows;
                             for (int i = 0; i < 100; ++i) rows += "|row " + std::to_string(i) + "|value of it|\n";
                             return rows;
                           }()},
          {"code.py", [] {
             std::string code;
             for (int i = 0; i < 60; ++i) code += "def f" + std::to_string(i) + "(x):\n    return x + " + std::to_string(i) + "\n\n\n";
             return code;
           }()}};
}

TEST(Chunker, LosesAndInventsNothingWithinAnyLimit) {
  for (const auto& [name, text] : texts()) {
    const Document document = read_documents(text, name).at(0);
    for (const std::size_t max_tokens : {8U, 16U, 61U, 256U}) {
      SCOPED_TRACE(name + " in " + std::to_string(max_tokens));
      const auto chunks = chunk_document(document, bert(), {.max_tokens = max_tokens});
      expect_counts(chunks, max_tokens);
      expect_whole(document, chunks, false);
    }
  }
}

TEST(Chunker, OverlapsWithoutLosingAnything) {
  for (const auto& [name, text] : texts()) {
    if (name == "emoji.txt" || name == "accents.txt" || name == "marks.txt")
      continue;  // one thing repeated: a place cannot be told from the next
    const Document document = read_documents(text, name).at(0);
    for (const std::size_t max_tokens : {16U, 61U, 256U}) {
      SCOPED_TRACE(name + " in " + std::to_string(max_tokens));
      const auto chunks = chunk_document(document, bert(), {.max_tokens = max_tokens, .overlap_tokens = max_tokens / 4});
      expect_counts(chunks, max_tokens);
      expect_whole(document, chunks, true);
    }
  }
}

TEST(Chunker, RepeatsTheEndOfTheChunkBefore) {
  const auto chunks = chunks_of(prose(25), {.max_tokens = 64, .overlap_tokens = 24});
  ASSERT_GT(chunks.size(), 3U);
  std::size_t n_repeated = 0;
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    // The longest beginning of the chunk that ends the one before.
    std::size_t n = std::min(chunks[i].text.size(), chunks[i - 1].text.size());
    while (n > 0 && !chunks[i - 1].text.ends_with(chunks[i].text.substr(0, n))) --n;
    EXPECT_LE(bert().count(chunks[i].text.substr(0, n)), 24U);
    n_repeated += n > 0 ? 1U : 0U;
  }
  EXPECT_GE(2 * n_repeated, chunks.size()) << "sentences fit, so most chunks repeat something";
}

TEST(Chunker, PutsHeadingsInFront) {
  const auto chunks = chunks_of("# Tea\n\n## Kinds\n\nGreen and black.\n", {.max_tokens = 64});
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].headings, (std::vector<std::string>{"Tea", "Kinds"}));
  EXPECT_EQ(chunks[0].text, "Tea\nKinds\nGreen and black.");
  const auto more = chunks_of("# Tea\n\nIntro.\n\n## Kinds\n\n" + prose(6), {.max_tokens = 40});
  ASSERT_GT(more.size(), 3U);
  EXPECT_TRUE(more[1].embedded_text.starts_with("Tea\nKinds\n")) << more[1].embedded_text;
  EXPECT_TRUE(more[2].embedded_text.starts_with("Tea > Kinds\n")) << more[2].embedded_text;
  EXPECT_EQ(chunks_of("# Tea\n\nIntro.\n\n## Kinds\n\nx", {.max_tokens = 40, .with_headings = false})[1].embedded_text, "Kinds\nx");
}

TEST(Chunker, DoesNotCrossHeadingsOrCutParagraphsThatFit) {
  const auto chunks = chunks_of("# A\n\none two three.\n\nfour five six.\n\n# B\n\nseven.\n", {.max_tokens = 10});
  ASSERT_EQ(chunks.size(), 3U);
  EXPECT_EQ(chunks[0].text, "A\none two three.");
  EXPECT_EQ(chunks[1].text, "four five six.");
  EXPECT_EQ(chunks[2].text, "B\nseven.");
}

TEST(Chunker, KnowsTheLineOfEachChunk) {
  const auto chunks = chunks_of("first line of it.\nsecond line of it.\nthird line of it.\n", {.max_tokens = 8}, "a.txt");
  ASSERT_EQ(chunks.size(), 3U);
  EXPECT_EQ(chunks[0].line, 1U);
  EXPECT_EQ(chunks[1].line, 2U);
  EXPECT_EQ(chunks[2].line, 3U);
}

TEST(Chunker, CarriesThePage) {
  Document document;
  document.blocks.push_back({BlockKind::paragraph, "one", 0, {}, 4, 0, {}});
  document.blocks.push_back({BlockKind::paragraph, "two", 0, {}, 5, 0, {}});
  const auto chunks = chunk_document(document, bert(), {.max_tokens = 3});
  ASSERT_EQ(chunks.size(), 2U);
  EXPECT_EQ(chunks[0].page, 4U);
  EXPECT_EQ(chunks[1].page, 5U);
}

TEST(Chunker, ReadsTenMegabytesInOneLine) {
  std::string line;
  while (line.size() < 10'000'000) line += "tea and kettles, ";
  const Document document = read_documents(line, "a.txt").at(0);
  const auto chunks = chunk_document(document, bert(), {.max_tokens = 256});
  EXPECT_GT(chunks.size(), 8000U);
  expect_whole(document, chunks, false);
}

TEST(Chunker, HasNothingToCutInNothing) { EXPECT_TRUE(chunks_of("", {.max_tokens = 10}).empty()); }

TEST(Chunker, RefusesOptionsThatCannotWork) {
  expect_error(ErrorCode::invalid_argument, "max_tokens", [] { chunks_of("x", {.max_tokens = 2}); });
  expect_error(ErrorCode::invalid_argument, "overlap_tokens", [] { chunks_of("x", {.max_tokens = 10, .overlap_tokens = 5}); });
}

TEST(Chunker, TellsWhatAChunkThatIsThereIsEmbeddedAs) {
  const std::string long_heading = "About the very long and winding road that leads to the old harbour of the town";
  const std::string text =
      "# Tea\n\nTea is drunk hot.\n\n## Kinds\n\n### Green\n\nGreen tea is not fermented. It is kept in the dark.\n\n# " + long_heading +
      "\n\nIt is long. It winds. It ends at the sea, where ships lie. Kinds of ships are many.\n";
  for (const std::size_t max_tokens : {12, 20, 40, 200}) {
    for (const bool with_headings : {true, false}) {
      const ChunkOptions options{max_tokens, 0, with_headings};
      const std::vector<Chunk> chunks = chunks_of(text, options);
      EXPECT_GE(chunks.size(), 3U);
      for (const Chunk& chunk : chunks)
        EXPECT_EQ(embedded_text_of(chunk.text, chunk.headings, bert(), options), chunk.embedded_text) << max_tokens;
    }
  }
}

}  // namespace
}  // namespace akin
