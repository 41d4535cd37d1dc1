#include "akin/text/token_estimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "golden_files.h"

namespace akin {
namespace {

TEST(TokenEstimate, CountsLettersByThreeAndOtherSignsOneByOne) {
  EXPECT_EQ(estimate_token_count(""), 0U);
  EXPECT_EQ(estimate_token_count("the"), 1U);
  EXPECT_EQ(estimate_token_count("water runs"), 2U + 2U) << "the space between words counts with the word";
  EXPECT_EQ(estimate_token_count("2024"), 4U);
  EXPECT_EQ(estimate_token_count("a, b."), 4U);
  EXPECT_EQ(estimate_token_count("a\n  b"), 4U) << "a line end, and the first of two spaces";
  EXPECT_EQ(estimate_token_count("é"), 1U);
  EXPECT_EQ(estimate_token_count("世界"), 4U);
  EXPECT_EQ(estimate_token_count("🌍"), 3U);
}

TEST(TokenEstimate, GivesAsManySpansAsItCounts) {
  const std::string text = "Grüße, 世界 🌍 2024\n\xff\xf0 end";
  const std::vector<TextSpan> spans = estimate_token_spans(text);
  EXPECT_EQ(spans.size(), estimate_token_count(text));
  EXPECT_TRUE(std::ranges::is_sorted(spans, {}, &TextSpan::begin));
  for (const TextSpan& span : spans) {
    EXPECT_LT(span.begin, span.end);
    EXPECT_LE(span.end, text.size());
  }
}

TEST(TokenEstimate, IsOverTheTokensOfARealVocabulary) {
  // The WordPiece of BERT over the texts of the examples: each paragraph has fewer tokens than the estimate says.
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path("tokenizers/bert-base-uncased"));
  std::size_t n_estimated = 0, n_real = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(AKIN_ROOT) / "examples/library")) {
    if (entry.path().extension() != ".txt" && entry.path().extension() != ".md") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      EXPECT_GE(estimate_token_count(line) + 1, tokenizer.count(line)) << line;
      n_estimated += estimate_token_count(line);
      n_real += tokenizer.count(line);
    }
  }
  ASSERT_GT(n_real, 1000U);
  EXPECT_LT(static_cast<double>(n_estimated) / static_cast<double>(n_real), 2.5) << "and not so many more that chunks become small";
}

}  // namespace
}  // namespace akin
