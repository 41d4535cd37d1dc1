#include "load_gguf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "akin/base/error.h"
#include "golden_files.h"
#include "sentence_piece_model.h"

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

// A folder's tokenizer as a GGUF file keeps it.
GgufVocabulary from_golden(const std::string& folder, const char* model, const char* pre) {
  const Json json = golden::json(golden::path("models/" + folder + "/tokenizer.json"));
  GgufVocabulary out;
  out.model = model;
  out.pre = pre;
  const auto put = [&](std::size_t id, const std::string& token, std::int32_t type) {
    if (id >= out.tokens.size()) {
      out.tokens.resize(id + 1);
      out.token_types.resize(id + 1, 5);
    }
    out.tokens[id] = token;
    out.token_types[id] = type;
  };
  for (const auto& [token, id] : json.at("model").at("vocab").items()) put(id, token, token.starts_with("<0x") ? 6 : 1);
  for (const Json& token : json.at("added_tokens")) put(token.at("id"), token.at("content"), token.at("special").get<bool>() ? 3 : 4);
  for (const Json& merge : json.at("model").at("merges"))
    out.merges.push_back(merge.is_string() ? merge.get<std::string>() : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  return out;
}

void expect_golden_ids(const Tokenizer& tokenizer, const std::string& folder) {
  const Json inputs = golden::json(golden::path("models/" + folder + "/inputs.json"));
  ASSERT_FALSE(inputs.at("inputs").empty());
  for (const Json& input : inputs.at("inputs")) {
    const auto text = input.at("text").get<std::string>();
    EXPECT_EQ(Json(tokenizer.encode(text).ids), input.at("input_ids")) << folder << ": " << text;
  }
}

TEST(LoadGguf, CutsWordsByTheExpressionThatItsKeyNames) {
  const std::pair<const char*, const char*> cases[] = {{"gpt2", "gpt-2"},  {"gpt-neox", "olmo"},    {"mpt", "mpt"},      {"bloom", "bloom"},
                                                       {"qwen2", "qwen2"}, {"llama3", "llama-bpe"}, {"falcon", "falcon"}};
  for (const auto& [folder, pre] : cases) {
    GgufVocabulary vocabulary = from_golden(folder, "gpt2", pre);
    if (std::string(folder) == "llama3") {
      vocabulary.add_bos = true;
      vocabulary.bos_id = static_cast<std::int32_t>(std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), "<|begin_of_text|>") -
                                                    vocabulary.tokens.begin());
    }
    expect_golden_ids(Tokenizer::from_gguf(vocabulary, "m.gguf"), folder);
  }
}

// From a .model file, as llama.cpp's converter takes them.
GgufVocabulary from_sentence_piece(const std::string& file, const char* model) {
  const SentencePieceModel from = read_sentence_piece_model(read_file(golden::path(file), 1 << 24), file);
  GgufVocabulary out;
  out.model = model;
  for (const SentencePiece& piece : from.pieces) {
    out.tokens.push_back(piece.text);
    out.scores.push_back(piece.score);
    out.token_types.push_back(static_cast<std::int32_t>(piece.kind));
  }
  out.precompiled_charsmap = from.charsmap;
  return out;
}

TEST(LoadGguf, MergesPiecesByTheirScores) {
  GgufVocabulary vocabulary = from_sentence_piece("models/llama/tokenizer.model", "llama");
  vocabulary.bos_id = 1;
  vocabulary.eos_id = 2;
  vocabulary.unknown_id = 0;
  vocabulary.add_space_prefix = false;  // as the folder's tokenizer does
  expect_golden_ids(Tokenizer::from_gguf(vocabulary, "m.gguf"), "llama");
  vocabulary.add_space_prefix = std::nullopt;
  const Tokenizer prefixed = Tokenizer::from_gguf(vocabulary, "m.gguf");
  EXPECT_EQ(prefixed.encode("Hello").ids, Tokenizer::from_gguf(vocabulary, "m.gguf").encode("Hello").ids);
  EXPECT_EQ(prefixed.piece(prefixed.encode("Hello").ids[1]).substr(0, 3), "▁");
  EXPECT_EQ(prefixed.decode(prefixed.encode("Hello, world").ids), "Hello, world");
}

TEST(LoadGguf, ReadsTheUnigramModelOfT5) {
  GgufVocabulary vocabulary = from_sentence_piece("models/t5-relu/spiece.model", "t5");
  vocabulary.eos_id = 1;
  vocabulary.unknown_id = 2;
  vocabulary.padding_id = 0;
  vocabulary.add_space_prefix = false;  // as the folder's tokenizer does
  expect_golden_ids(Tokenizer::from_gguf(vocabulary, "m.gguf"), "t5-relu");
  vocabulary.add_space_prefix = std::nullopt;
  const Tokenizer prefixed = Tokenizer::from_gguf(vocabulary, "m.gguf");
  EXPECT_EQ(prefixed.decode(prefixed.encode("the river").ids), "the river");
}

TEST(LoadGguf, FindsUserDefinedTokensAsTheyAreWritten) {
  GgufVocabulary vocabulary = from_sentence_piece("models/llama/tokenizer.model", "llama");
  vocabulary.bos_id = 1;
  vocabulary.tokens.emplace_back("<|user|>");
  vocabulary.scores.push_back(0);
  vocabulary.token_types.push_back(4);
  const Tokenizer tokenizer = Tokenizer::from_gguf(vocabulary, "m.gguf");
  EXPECT_EQ(tokenizer.encode("<|user|>").ids, (Ids{1, static_cast<std::int32_t>(vocabulary.tokens.size()) - 1}));
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
