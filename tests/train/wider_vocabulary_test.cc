#include "akin/train/wider_vocabulary.h"

#include <gtest/gtest.h>

#include "../golden_files.h"
#include "akin/base/mapped_file.h"
#include "akin/text/tokenizer.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

std::string base() { return read_file(golden::path("sentence-transformers/pool-mean") / "tokenizer.json", std::size_t{1} << 24); }

TEST(WiderVocabulary, AWordThatWasSeenOftenIsOneToken) {
  Context context(2);
  WiderVocabulary wider(base(), "t");
  const std::vector<std::string> texts(5, "Zzyzyx, qqrst and Zzyzyx!"), rare(4, "rarissimum");
  wider.add(texts, context);
  wider.add(rare, context);
  const Tokenizer before = Tokenizer::from_json(base(), "before"), after = Tokenizer::from_json(wider.tokenizer_json(10), "after");
  const auto pieces = [](const Tokenizer& tokenizer, const std::string& text) {
    return tokenizer.encode(text, {.special_tokens = false}).ids.size();
  };
  ASSERT_GT(pieces(before, "Zzyzyx"), 1U);
  EXPECT_EQ(pieces(after, "Zzyzyx"), 1U) << "as the normaliser writes it";
  EXPECT_EQ(pieces(after, "qqrst zzyzyx"), 2U);
  EXPECT_EQ(pieces(after, "rarissimum"), pieces(before, "rarissimum")) << "four times only";
  EXPECT_EQ(after.encode("a").ids, before.encode("a").ids) << "the others keep their ids";
  // The most frequent first, behind all others.
  EXPECT_EQ(static_cast<std::size_t>(after.encode("zzyzyx", {.special_tokens = false}).ids[0]), before.vocabulary_size());
  EXPECT_EQ(after.vocabulary_size(), before.vocabulary_size() + 2);
  EXPECT_EQ(Tokenizer::from_json(wider.tokenizer_json(1), "one").vocabulary_size(), before.vocabulary_size() + 1);
  EXPECT_EQ(Tokenizer::from_json(wider.tokenizer_json(0), "none").fingerprint(), before.fingerprint());
}

TEST(WiderVocabulary, IsForWordPieceAlone) {
  expect_error(ErrorCode::unsupported, "WordPiece",
               [] { WiderVocabulary(R"({"added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})", "t"); });
  expect_error(ErrorCode::corrupt, "t.json", [] { WiderVocabulary("{", "t.json"); });
}

}  // namespace
}  // namespace akin
