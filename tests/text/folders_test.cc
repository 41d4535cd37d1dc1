// Whole tokenizers against what the reference gave: those of the model folders of tests/golden/models, and real ones of
// tests/golden/tokenizers. A new folder is a row of a table below.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "akin/text/tokenizer.h"

namespace akin {
namespace {

using Json = nlohmann::json;

const std::string kTokenizers = std::string(AKIN_GOLDEN) + "/tokenizers/";
const std::string kModels = std::string(AKIN_GOLDEN) + "/models/";

std::vector<Json> read_lines(const std::string& path) {
  std::vector<Json> out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) out.push_back(Json::parse(line));
  return out;
}

Json to_json(const std::vector<TextSpan>& spans) {
  Json out = Json::array();
  for (const TextSpan& span : spans) out.push_back({span.begin, span.end});
  return out;
}

// Places in code points as places in bytes.
Json to_bytes(std::string_view text, const Json& offsets) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); at += decode_utf8(text, at).length) starts.push_back(at);
  starts.push_back(text.size());
  Json out = Json::array();
  for (const Json& span : offsets) out.push_back({starts.at(span.at(0)), starts.at(span.at(1))});
  return out;
}

class ModelFolder : public testing::TestWithParam<const char*> {};

TEST_P(ModelFolder, GivesTheReferencesIdsAndPieces) {
  const Tokenizer tokenizer = Tokenizer::from_folder(kModels + GetParam());
  const Json inputs = Json::parse(std::ifstream(kModels + GetParam() + "/inputs.json"));
  const Json& texts = inputs.contains("inputs") ? inputs.at("inputs") : inputs.at("texts");
  ASSERT_FALSE(texts.empty());
  const Json config = Json::parse(std::ifstream(kModels + GetParam() + "/tokenizer_config.json"));
  const EncodeOptions options = {.max_tokens = config.at("model_max_length")};
  for (const Json& input : texts) {
    const auto text = input.at("text").get<std::string>();
    SCOPED_TRACE(text);
    const Encoding encoding = input.contains("pair") ? tokenizer.encode_pair(text, input.at("pair").get<std::string>(), options)
                                                     : tokenizer.encode(text, options);
    EXPECT_EQ(Json(encoding.ids), input.at("input_ids"));
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) EXPECT_EQ(tokenizer.piece(encoding.ids[i]), input.at("tokens").at(i));
  }
}

INSTANTIATE_TEST_SUITE_P(WordPiece, ModelFolder,
                         testing::Values("bert", "bert-mlm-f16", "distilbert", "jina-bert-v2", "mpnet", "nomic-bert"));
INSTANTIATE_TEST_SUITE_P(Bpe, ModelFolder,
                         testing::Values("bloom", "clip", "falcon", "gemma", "gemma3-text", "gpt-neox", "gpt2", "llama-linear", "llama3",
                                         "modernbert", "mpt", "opt", "qwen2", "qwen3", "roberta"));

INSTANTIATE_TEST_SUITE_P(Metaspace, ModelFolder,
                         testing::Values("gemma3-bidirectional", "gte-new", "gte-new-ntk", "llama", "llama-dynamic", "llama-yarn",
                                         "mistral", "t5-gated-gelu", "t5-relu", "xlm-roberta"));

// Its texts are filled up with </s> to the model's length, which is the model's matter.
TEST(SiglipFolder, GivesTheReferencesIdsBeforeThePadding) {
  const Tokenizer tokenizer = Tokenizer::from_folder(kModels + "siglip");
  const Json inputs = Json::parse(std::ifstream(kModels + "siglip/inputs.json"));
  for (const Json& input : inputs.at(inputs.contains("inputs") ? "inputs" : "texts")) {
    auto wanted = input.at("input_ids").get<std::vector<std::int32_t>>();
    while (wanted.size() > 1 && wanted[wanted.size() - 2] == wanted.back()) wanted.pop_back();
    EXPECT_EQ(tokenizer.encode(input.at("text").get<std::string>(), {.max_tokens = 24}).ids, wanted);
  }
}

class RealTokenizer : public testing::TestWithParam<const char*> {
 protected:
  RealTokenizer()
      : tokenizer_(Tokenizer::from_folder(kTokenizers + GetParam())), texts_(read_lines(kTokenizers + "bert-base-uncased/texts.jsonl")) {}

  Tokenizer tokenizer_;
  std::vector<Json> texts_;  // the same for all: an answer names its text by its place
};

TEST_P(RealTokenizer, GivesTheReferencesIdsOffsetsAndText) {
  const std::vector<Json> answers = read_lines(kTokenizers + GetParam() + "/texts.jsonl");
  ASSERT_EQ(answers.size(), texts_.size());
  for (const Json& answer : answers) {
    const auto text = texts_.at(answer.at("i")).at("text").get<std::string>();
    SCOPED_TRACE(text);
    const Encoding encoding = tokenizer_.encode(text, {.offsets = true});
    EXPECT_EQ(Json(encoding.ids), answer.at("ids"));
    EXPECT_EQ(to_json(encoding.offsets), to_bytes(text, answer.at("offsets")));
    EXPECT_EQ(to_json(to_code_points(text, encoding.offsets)), answer.at("offsets"));
    EXPECT_EQ(Json(encoding.special), answer.at("special"));
    EXPECT_EQ(tokenizer_.decode(encoding.ids), answer.at("decoded"));
    const std::size_t n_plain = encoding.ids.size() - tokenizer_.n_special_tokens();
    EXPECT_EQ(tokenizer_.encode(text, {.special_tokens = false}).ids.size(), n_plain);
    EXPECT_EQ(tokenizer_.count(text), n_plain);
    const Json cuts = answer.value("cut", Json::object());
    for (const auto& [limit, ids] : cuts.items()) EXPECT_EQ(Json(tokenizer_.encode(text, {.max_tokens = std::stoul(limit)}).ids), ids);
  }
}

TEST_P(RealTokenizer, JoinsPairsAsTheReference) {
  const std::vector<Json> answers = read_lines(kTokenizers + GetParam() + "/pairs.jsonl");
  ASSERT_EQ(answers.size(), 12U);
  for (const Json& answer : answers) {
    const Encoding encoding = tokenizer_.encode_pair(answer.at("a").get<std::string>(), answer.at("b").get<std::string>());
    EXPECT_EQ(Json(encoding.ids), answer.at("ids"));
    EXPECT_EQ(Json(encoding.type_ids), answer.at("type_ids"));
  }
}

TEST(SentencePieceVariants, GiveTheReferencesIdsOffsetsAndText) {
  const std::vector<Json> lines = read_lines(kTokenizers + "sentence_piece.jsonl");
  ASSERT_EQ(lines.size(), 16U);
  for (const Json& line : lines) {
    const auto model = line.at("model").get<std::string>();
    Json config = Json::parse(std::ifstream(kModels + model + "/tokenizer.json"));
    config.merge_patch(line.at("patch"));
    const Tokenizer tokenizer = Tokenizer::from_json(config.dump(), model);
    for (const Json& item : line.at("cases")) {
      const auto text = item[0].get<std::string>();
      SCOPED_TRACE(model + ": " + text);
      const Encoding encoding = tokenizer.encode(text, {.offsets = true});
      ASSERT_EQ(Json(encoding.ids), item[1]);
      ASSERT_EQ(to_json(to_code_points(text, encoding.offsets)), item[2]);
      ASSERT_EQ(tokenizer.decode(encoding.ids), item[3]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bpe, RealTokenizer, testing::Values("clip", "gpt2", "phi-3"));
INSTANTIATE_TEST_SUITE_P(SentencePiece, RealTokenizer, testing::Values("t5-base"));

}  // namespace
}  // namespace akin
