#include "long_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/embed/text_spans.h"
#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

constexpr char kMean[] = "sentence-transformers/pool-mean";

std::string words(std::size_t n) {
  constexpr const char* kWords[] = {"the", "old", "house", "by", "the", "sea", "was", "empty."};
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += std::string(i == 0 ? "" : " ") + kWords[(i * 5 + i / 8) % 8];
  return text;
}

Embedder tiny(const char* model, Context& context, const EmbedderOptions& options = {}) {
  return Embedder::load(golden::path(model), options, context);
}

TextSpan whole(const std::string& text) { return {0, static_cast<std::uint32_t>(text.size())}; }

TEST(WholeText, FitsOneWindowOrIsCutIntoWindowsThatCoverIt) {
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path(kMean));
  const std::string text = words(60);
  const WholeText whole_text(tokenizer, text, 0, 0, false);
  EXPECT_EQ(whole_text.cut(whole_text.n_tokens(), 3).size(), 1U);
  for (const std::size_t overlap : {0, 1, 5, 100}) {
    for (std::size_t limit = 3; limit < whole_text.n_tokens(); ++limit) {
      const std::vector<TokenWindow> windows = whole_text.cut(limit, overlap);
      ASSERT_GT(windows.size(), 1U);
      std::size_t at = 0;
      for (const TokenWindow& window : windows) {
        EXPECT_EQ(window.begin + window.n_overlap, at);
        EXPECT_GT(window.end, at);
        EXPECT_LE(whole_text.encoding(window).ids.size(), limit);
        at = window.end;
      }
      EXPECT_EQ(at + 2, whole_text.n_tokens());
    }
  }
}

TEST(WholeText, RepeatsThePromptInEveryWindowAndRefusesOneThatLeavesNoRoom) {
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path(kMean));
  const std::string prompt = "the sea: ", text = words(40);
  const WholeText whole_text(tokenizer, prompt + text, prompt.size(), 0, false);
  const std::vector<std::int32_t> alone = tokenizer.encode(prompt).ids;
  for (const TokenWindow& window : whole_text.cut(20, 0)) {
    const std::vector<std::int32_t> ids = whole_text.encoding(window).ids;
    EXPECT_TRUE(std::equal(alone.begin(), alone.end() - 1, ids.begin()));
    EXPECT_EQ(ids.back(), alone.back());
  }
  EXPECT_THROW((void)whole_text.cut(alone.size(), 0), Error);
}

TEST(WholeText, FindsTheTokensOfAStretchOfBytes) {
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path(kMean));
  const std::string text = "the house. the sea";
  const WholeText whole_text(tokenizer, text, 0, 0, false);
  const std::vector<TextSpan> halves = {{0, 11}, {11, 18}};
  const std::vector<TokenSpan> tokens = whole_text.tokens_of(halves);
  EXPECT_EQ(tokens[0].begin, 0U);  // with [CLS]
  EXPECT_EQ(tokens[0].end, tokens[1].begin);
  EXPECT_EQ(tokens[1].end, whole_text.n_tokens());  // with [SEP]
  const std::vector<TextSpan> space = {{3, 4}};
  EXPECT_THROW((void)whole_text.tokens_of(space), Error);
}

TEST(WholeText, KnowsTheBytesOfTheTextAsGivenBehindAPromptAndLowerCase) {
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::path(kMean));
  const std::string prompt = "sea: ";
  // U+0130 takes two bytes, in lower case three.
  const std::string text = "İİİ house. SHIPS at sea";
  const WholeText whole_text(tokenizer, prompt + text, prompt.size(), 0, true);
  const auto at = static_cast<std::uint32_t>(text.find("SHIPS"));
  const std::vector<TextSpan> halves = {{0, at}, {at, static_cast<std::uint32_t>(text.size())}};
  const std::vector<TokenSpan> tokens = whole_text.tokens_of(halves);
  EXPECT_EQ(tokens[1].end - tokens[1].begin, tokenizer.count("ships at sea") + 1);
}

class LateChunking : public ::testing::TestWithParam<const char*> {};

TEST_P(LateChunking, GivesOneChunkOfTheWholeTextThePlainVector) {
  Context context(2);
  const Embedder embedder = tiny(GetParam(), context);
  const auto inputs = golden::json(golden::path(GetParam()) / "inputs.json");
  for (const auto& entry : inputs.at("texts")) {
    const std::string text = entry.at("text");
    if (embedder.encode(text, TextRole::query).n_tokens_dropped > 0) continue;
    for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document}) {
      const std::vector<float> plain = embedder.embed_one(text, role, context);
      const TextSpan span = whole(text);
      const LateChunks late = embedder.embed_late(text, std::span(&span, 1), role, context);
      EXPECT_TRUE(std::ranges::equal(late.vectors.row(0), plain)) << GetParam() << ": " << text;
      EXPECT_EQ(late.report.n_pieces, 1U);
      EXPECT_EQ(late.n_tokens[0], late.report.n_tokens);
    }
  }
}

TEST_P(LateChunking, IsTheSameOnAnyNumberOfThreads) {
  Context one(1), three(3);
  const Embedder embedder = tiny(GetParam(), one);
  if (embedder.info().pooling == "cls") GTEST_SKIP() << "pools by its first token: it has no late chunks";
  const std::string text = words(200);
  const std::vector<TextSpan> spans = cut_spans(text, embedder.tokenizer(), 12);
  const LateChunks a = embedder.embed_late(text, spans, TextRole::plain, one), b = embedder.embed_late(text, spans, TextRole::plain, three);
  ASSERT_GT(a.report.n_pieces, 1U);
  EXPECT_EQ(a.report.n_tokens_dropped, 0U);
  EXPECT_TRUE(std::equal(a.vectors.data(), a.vectors.data() + a.vectors.size(), b.vectors.data()));
}

INSTANTIATE_TEST_SUITE_P(Folders, LateChunking,
                         ::testing::Values("sentence-transformers/pool-mean", "sentence-transformers/pool-max",
                                           "sentence-transformers/pool-mean-sqrt", "sentence-transformers/prompts",
                                           "sentence-transformers/prompts-excluded", "sentence-transformers/two-dense",
                                           "sentence-transformers/dense-identity-nobias"),
                         [](const auto& folder) {
                           std::string name = std::string(folder.param).substr(sizeof("sentence-transformers/") - 1);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Late, ChunksAreMeansOfTheTokensThatBeginInThem) {
  Context context(1);
  const Embedder embedder = tiny("sentence-transformers/pool-cls-mean", context);
  EXPECT_THROW((void)embedder.embed_late("a b", std::vector<TextSpan>{{0, 1}, {1, 3}}, TextRole::plain, context), Error);  // pools by cls
  const Embedder mean = tiny(kMean, context);
  const std::string text = "The old house. The empty sea";
  const std::vector<TextSpan> spans = {{0, 14}, {14, 28}};
  const LateChunks late = mean.embed_late(text, spans, TextRole::plain, context);
  const TokenVectors tokens = mean.embed_tokens(text, context);
  for (std::size_t s = 0; s < 2; ++s) {
    std::vector<double> sum(mean.dim());
    for (std::size_t t = 0; t < tokens.hidden.rows(); ++t) {
      const bool is_last = t + 1 == tokens.hidden.rows();
      const std::size_t owner = t == 0 ? 0 : is_last ? 1 : tokens.encoding.offsets[t].begin < 14 ? 0 : 1;
      for (std::size_t c = 0; owner == s && c < sum.size(); ++c) sum[c] += static_cast<double>(tokens.hidden(t, c));
    }
    double length = 0;
    for (const double x : sum) length += x * x;
    for (std::size_t c = 0; c < sum.size(); ++c) EXPECT_NEAR(late.vectors(s, c), sum[c] / std::sqrt(length), 1e-6);  // float rounding
  }
  EXPECT_EQ(late.n_tokens[0] + late.n_tokens[1], tokens.hidden.rows());
}

TEST(Late, ChunksOfALongTextDifferFromThoseOfItsPartsAlone) {
  Context context(1);
  const Embedder embedder = tiny(kMean, context);
  const std::string text = "The old house. It was empty.";
  const LateChunks late = embedder.embed_late(text, std::vector<TextSpan>{{0, 14}, {14, 28}}, TextRole::plain, context);
  const std::vector<float> alone = embedder.embed_one("It was empty.", TextRole::plain, context);
  double dot = 0;
  for (std::size_t c = 0; c < alone.size(); ++c) dot += static_cast<double>(alone[c]) * static_cast<double>(late.vectors(1, c));
  EXPECT_LT(dot, 0.9999);
}

TEST(PooledTexts, ThatFitAreThePlainOnesBitForBit) {
  Context context(2);
  EmbedderOptions options;
  options.long_texts = LongTexts::pool;
  const Embedder pooled = tiny("sentence-transformers/prompts", context, options), plain = tiny("sentence-transformers/prompts", context);
  const std::vector<std::string> texts = {"", "a house", words(12), "  ships "};
  const EmbedResult a = pooled.embed(texts, TextRole::query, context), b = plain.embed(texts, TextRole::query, context);
  EXPECT_TRUE(std::equal(a.vectors.data(), a.vectors.data() + a.vectors.size(), b.vectors.data()));
  EXPECT_NE(pooled.fingerprint(), plain.fingerprint());
}

TEST(PooledTexts, OverTheLimitAreTheMeanOfTheirPiecesByTokens) {
  Context context(2);
  EmbedderOptions options;
  options.long_texts = LongTexts::pool;
  const Embedder pooled = tiny(kMean, context, options), plain = tiny(kMean, context);
  const std::string text = words(90);
  const EmbedResult result = pooled.embed(std::vector<std::string>{"sea", text, "house"}, TextRole::plain, context);
  EXPECT_GT(result.reports[1].n_pieces, 1U);
  EXPECT_EQ(result.reports[1].n_tokens_dropped, 0U);
  const WholeText whole_text(plain.tokenizer(), text, 0, 0, false);
  EXPECT_EQ(result.reports[1].n_tokens, whole_text.n_tokens());
  std::vector<double> sum(plain.dim());
  for (const TokenWindow& window : whole_text.cut(plain.max_tokens(), 0)) {
    const Encoding piece = whole_text.encoding(window);
    const std::vector<float> vector = plain.embed_one(plain.tokenizer().decode(piece.ids), TextRole::plain, context);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(piece.ids.size()) * static_cast<double>(vector[c]);
  }
  double length = 0;
  for (const double x : sum) length += x * x;
  for (std::size_t c = 0; c < sum.size(); ++c)
    EXPECT_NEAR(result.vectors(1, c), sum[c] / std::sqrt(length), 1e-6);  // float rounding of numbers below 1
}

TEST(PooledTexts, HaveTheSameBitsInAnyBatchAndOnAnyNumberOfThreads) {
  Context one(1), three(3);
  EmbedderOptions options;
  options.long_texts = LongTexts::pool;
  const Embedder pooled = tiny(kMean, one, options);
  const std::vector<std::string> texts = {words(90), "sea", words(300), words(35), words(41)};
  const Matrix<float> together = pooled.embed(texts, TextRole::plain, three).vectors;
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(pooled.embed_one(texts[i], TextRole::plain, one), together.row(i))) << i;
}

}  // namespace
}  // namespace akin
