#include "load_gguf.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/error.h"

namespace akin::text {
namespace {

using Ids = std::vector<std::int32_t>;

GgufVocabulary bert() {
  GgufVocabulary out;
  out.model = "bert";
  out.tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁un", "able", "▁cat"};
  out.token_types = {3, 2, 3, 3, 3, 1, 1, 1};
  out.cls_id = 2;
  out.separator_id = 3;
  out.unknown_id = 1;
  return out;
}

TEST(LoadGguf, ReadsWordPiecesThatMarkTheBeginningsOfWords) {
  const Tokenizer tokenizer = Tokenizer::from_gguf(bert(), "m.gguf");
  EXPECT_EQ(tokenizer.encode("Unable cat dog").ids, (Ids{2, 5, 6, 7, 1, 3}));
  EXPECT_EQ(tokenizer.piece(6), "##able");
  EXPECT_EQ(tokenizer.decode({2, 5, 6, 7, 3}), "unable cat");
}

TEST(LoadGguf, RefusesWhatDoesNotFitTogether) {
  const auto with = [](auto change) {
    GgufVocabulary out = bert();
    change(out);
    return out;
  };
  struct Case {
    GgufVocabulary vocabulary;
    ErrorCode code;
    const char* says;
  };
  const Case cases[] = {
      {with([](GgufVocabulary& v) { v.model = "rwkv"; }), ErrorCode::unsupported, "tokenizer.ggml.model is 'rwkv'"},
      {with([](GgufVocabulary& v) { v.tokens.clear(); }), ErrorCode::corrupt, "tokenizer.ggml.tokens is empty"},
      {with([](GgufVocabulary& v) { v.tokens[5] = "\xFF"; }), ErrorCode::corrupt, "tokenizer.ggml.tokens: token 5 is not valid UTF-8"},
      {with([](GgufVocabulary& v) { v.token_types.pop_back(); }), ErrorCode::corrupt, "tokenizer.ggml.token_type has 7 items"},
      {with([](GgufVocabulary& v) { v.token_types[1] = -17; }), ErrorCode::corrupt, "tokenizer.ggml.token_type: item 1 is -17"},
      {with([](GgufVocabulary& v) { v.scores = {1}; }), ErrorCode::corrupt, "tokenizer.ggml.scores has 1 items"},
      {with([](GgufVocabulary& v) { v.mask_id = 8; }), ErrorCode::corrupt, "tokenizer.ggml.mask_token_id is 8"},
      {with([](GgufVocabulary& v) { v.bos_id = -2; }), ErrorCode::corrupt, "tokenizer.ggml.bos_token_id is -2"},
      {with([](GgufVocabulary& v) { v.model = "llama"; }), ErrorCode::corrupt, "tokenizer.ggml.scores has 0 items"},
      {with([](GgufVocabulary& v) { v.model = "gpt2"; }), ErrorCode::corrupt, "tokenizer.ggml.merges is missing"},
      {with([](GgufVocabulary& v) {
         v.model = "gpt2";
         v.merges = {"a b"};
         v.pre = "of-next-year";
       }),
       ErrorCode::unsupported, "tokenizer.ggml.pre is 'of-next-year'"},
      {with([](GgufVocabulary& v) {
         v.model = "t5";
         v.scores.assign(v.tokens.size(), std::numeric_limits<float>::quiet_NaN());
       }),
       ErrorCode::corrupt, "tokenizer.ggml.scores: item 0 is not a finite number"},
  };
  for (const Case& c : cases) {
    try {
      load_gguf(c.vocabulary, "m.gguf");
      FAIL() << c.says;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), c.code) << error.what();
      EXPECT_NE(std::string(error.what()).find(std::string("m.gguf: ") + c.says), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace akin::text
