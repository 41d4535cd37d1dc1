#include "akin/text/tokenizer_template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"

namespace akin {
namespace {

std::string words(const TokenizerTemplate& form, const std::string& text) {
  std::string out;
  form.split(text, [&](std::string_view word) { out += "|" + std::string(word); });
  return out;
}

TEST(TokenizerTemplate, CutsTextsAsItsKindDoes) {
  EXPECT_EQ(words(TokenizerTemplate::byte_level_bpe(), "It's a\n"), "|It|'s|Ġa|Ċ");
  EXPECT_EQ(words(TokenizerTemplate::bert(true), "Café, x"), "|cafe|,|x");
  EXPECT_EQ(words(TokenizerTemplate::bert(false), "Café"), "|Café");
  EXPECT_EQ(words(TokenizerTemplate::sentence_piece(), "  ﬁve   cats "), "|▁five|▁cats");
  EXPECT_EQ(words(TokenizerTemplate::bert(true), " \n"), "");
  EXPECT_EQ(words(TokenizerTemplate::bert(true), ""), "");
}

TEST(TokenizerTemplate, KnowsItsSpecialTokensAndAlphabet) {
  EXPECT_EQ(TokenizerTemplate::bert(true).special_tokens(), (std::vector<std::string>{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}));
  EXPECT_EQ(TokenizerTemplate::bert(true).continuing_prefix(), "##");
  EXPECT_EQ(TokenizerTemplate::byte_level_bpe().initial_alphabet().size(), 256U);
  EXPECT_TRUE(TokenizerTemplate::sentence_piece().initial_alphabet().empty());
}

TEST(TokenizerTemplate, MakesATokenizerOfAVocabulary) {
  TrainedVocabulary bert;
  bert.pieces = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b"};
  const Tokenizer tokenizer = Tokenizer::from_json(TokenizerTemplate::bert(true).fill(bert), "t.json");
  EXPECT_EQ(tokenizer.encode("AB x").ids, (std::vector<std::int32_t>{2, 5, 6, 1, 3}));
  TrainedVocabulary bpe;
  bpe.pieces = {"<|endoftext|>", "a", "b", "ab"};
  bpe.merges = {{1, 2}};
  EXPECT_EQ(Tokenizer::from_json(TokenizerTemplate::byte_level_bpe().fill(bpe), "t.json").encode("aba").ids,
            (std::vector<std::int32_t>{3, 1}));
  const TrainedVocabulary unigram{{"<unk>", "<s>", "</s>", "▁a", "b"}, {}, {0, 0, 0, -1, -1}};
  EXPECT_EQ(Tokenizer::from_json(TokenizerTemplate::sentence_piece().fill(unigram), "t.json").encode("ab").ids,
            (std::vector<std::int32_t>{3, 4, 2}));
}

TEST(TokenizerTemplate, TakesAllButTheVocabularyOfATokenizer) {
  const std::string old =
      R"({"added_tokens": [{"id": 7, "content": "</s>", "special": true, "rstrip": true}, {"id": 3, "content": "<s>", "special": true},
      {"id": 9, "content": "extra", "special": false}], "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
      "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 7], "cls": ["<s>", 3], "trim_offsets": true, "add_prefix_space": false},
      "model": {"type": "Unigram", "unk_id": 1, "vocab": [["x", -1], ["<unk>", 0]]}})";
  const TokenizerTemplate form = TokenizerTemplate::from_json(old, "old.json");
  EXPECT_EQ(form.kind(), TokenizerKind::unigram);
  EXPECT_EQ(form.special_tokens(), (std::vector<std::string>{"<s>", "</s>", "<unk>"}));
  EXPECT_EQ(words(form, "A b"), "|a|b");
  const auto json = nlohmann::json::parse(form.fill({{"<s>", "</s>", "<unk>", "a"}, {}, {0, 0, 0, -1}}));
  EXPECT_EQ(json["post_processor"]["sep"][1], 1);
  EXPECT_EQ(json["post_processor"]["cls"][1], 0);
  EXPECT_EQ(json["model"]["unk_id"], 2);
  EXPECT_EQ(json["added_tokens"][1]["rstrip"], true);
  EXPECT_EQ(json["added_tokens"].size(), 3U);
}

TEST(TokenizerTemplate, RefusesWhatCannotBeTrained) {
  const auto read = [](const std::string& json) { return TokenizerTemplate::from_json(json, "t.json"); };
  EXPECT_THROW(read(""), Error);
  EXPECT_THROW(read("[]"), Error);
  EXPECT_THROW(read("{}"), Error);
  EXPECT_THROW(read(R"({"model": {"type": "WordLevel"}})"), Error);
  EXPECT_THROW(read(R"({"model": {"type": "BPE"}, "added_tokens": [1]})"), Error);
  EXPECT_THROW(read(R"({"model": {"type": "BPE"}, "post_processor": {"type": "BertProcessing", "sep": ["x", 1], "cls": ["y", 2]}})"),
               Error);
}

TEST(TokenizerTemplate, RefusesAVocabularyThatDoesNotFit) {
  EXPECT_THROW((void)TokenizerTemplate::bert(true).fill({{"a"}, {}, {}}), Error);
  EXPECT_THROW((void)TokenizerTemplate::sentence_piece().fill({{"<unk>", "<s>", "</s>"}, {}, {}}), Error);
  EXPECT_THROW((void)TokenizerTemplate::byte_level_bpe().fill({{"<|endoftext|>"}, {{0, 9}}, {}}), Error);
}

}  // namespace
}  // namespace akin
