#include "load_sentence_piece.h"

#include <gtest/gtest.h>

#include <fstream>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"
#include "golden_files.h"
#include "sentence_piece_model.h"

namespace akin::text {
namespace {

using Ids = std::vector<std::int32_t>;

std::string field(std::uint32_t number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}
std::string small(std::uint32_t number, char value) {
  std::string tag = number < 16 ? std::string{static_cast<char>(number << 3)}
                                : std::string{static_cast<char>((number << 3 & 0x7F) | 0x80), static_cast<char>(number >> 4)};
  return tag + value;
}
std::string piece(const std::string& text, char kind = 1) { return field(1, field(1, text) + small(3, kind)); }

const std::string kPieces = piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3) + piece("▁ab") + piece("a") + piece("b") + piece("▁");

// Neither white space taken out nor a mark in front.
const std::string kAsItIs = field(3, small(3, 0) + small(4, 0));

TEST(LoadSentencePiece, DoesWhatTheFileSaysWhereNoFamilyIsKnown) {
  const Tokenizer plain = Tokenizer::from_sentence_piece(kPieces + kAsItIs, "", "some.model");
  EXPECT_EQ(plain.encode("a ab").ids, (Ids{4, 3}));
  EXPECT_EQ(plain.encode("a</s>").ids, (Ids{4, 2}));
  EXPECT_EQ(plain.decode({4, 3, 2}), "a ab");
  const Tokenizer prefixed = Tokenizer::from_sentence_piece(kPieces + field(3, small(4, 0)), "", "some.model");
  EXPECT_EQ(prefixed.encode("ab").ids, (Ids{3}));
}

class SentencePieceFolder : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(SentencePieceFolder, BecomesTheTokenizerOfItsTokenizerJson) {
  const std::filesystem::path folder = golden::path(std::string("models/") + GetParam().first);
  const Tokenizer from_model = Tokenizer::from_sentence_piece(read_file(folder / GetParam().second, 1 << 24),
                                                              read_file(folder / "tokenizer_config.json", 1 << 20), GetParam().second);
  const Tokenizer from_json = Tokenizer::from_folder(folder);
  EXPECT_EQ(from_model.fingerprint(), from_json.fingerprint());
  EXPECT_EQ(from_model.vocabulary_size(), from_json.vocabulary_size());
  const Json inputs = golden::json(folder / "inputs.json");
  for (const Json& input : inputs.at(inputs.contains("inputs") ? "inputs" : "texts")) {
    const auto text = input.at("text").get<std::string>();
    const Encoding encoding =
        input.contains("pair") ? from_model.encode_pair(text, input.at("pair").get<std::string>()) : from_model.encode(text);
    EXPECT_EQ(Json(encoding.ids), input.at("input_ids")) << text;
    EXPECT_EQ(from_model.decode(encoding.ids), from_json.decode(encoding.ids));
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, SentencePieceFolder,
                         testing::Values(std::pair("t5-relu", "spiece.model"), std::pair("t5-gated-gelu", "spiece.model"),
                                         std::pair("xlm-roberta", "sentencepiece.bpe.model"),
                                         std::pair("gte-new", "sentencepiece.bpe.model"), std::pair("llama", "tokenizer.model"),
                                         std::pair("llama-linear", "tokenizer.model"), std::pair("llama-dynamic", "tokenizer.model"),
                                         std::pair("llama-yarn", "tokenizer.model"), std::pair("mistral", "tokenizer.model"),
                                         std::pair("gemma", "tokenizer.model"), std::pair("gemma3-text", "tokenizer.model"),
                                         std::pair("gemma3-bidirectional", "tokenizer.model")));

std::string to_base64(std::string_view bytes) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (int k = 3; k >= 0; --k) out += kDigits[bits >> (6 * k) & 63];
  }
  for (std::size_t k = 0; k < (3 - bytes.size() % 3) % 3; ++k) out[out.size() - 1 - k] = '=';
  return out;
}

// The tokenizer.json that transformers' converter writes for a T5 .model.
std::string t5_json(const SentencePieceModel& model) {
  Json vocabulary = Json::array();
  Json added = Json::array();
  const auto add = [&](std::size_t id, const std::string& text) {
    added.push_back({{"id", id},
                     {"content", text},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  };
  for (const SentencePiece& piece : model.pieces) {
    if (vocabulary.size() < 3) add(vocabulary.size(), piece.text);
    vocabulary.push_back({piece.text, static_cast<double>(piece.score)});
  }
  for (int i = 99; i >= 0; --i) {
    add(vocabulary.size(), "<extra_id_" + std::to_string(i) + ">");
    vocabulary.push_back({"<extra_id_" + std::to_string(i) + ">", 0.0});
  }
  const Json metaspace = {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "never"}, {"split", true}};
  const Json a = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const Json b = {{"Sequence", {{"id", "B"}, {"type_id", 0}}}};
  const Json eos = {{"SpecialToken", {{"id", "</s>"}, {"type_id", 0}}}};
  const Json normalizers = {{{"type", "Precompiled"}, {"precompiled_charsmap", to_base64(model.charsmap)}},
                            {{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}},
                            {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", "▁"}}};
  return Json{{"added_tokens", added},
              {"normalizer", {{"type", "Sequence"}, {"normalizers", normalizers}}},
              {"pre_tokenizer", metaspace},
              {"decoder", metaspace},
              {"post_processor",
               {{"type", "TemplateProcessing"},
                {"single", {a, eos}},
                {"pair", {a, eos, b, eos}},
                {"special_tokens", {{"</s>", {{"id", "</s>"}, {"ids", {1}}, {"tokens", {"</s>"}}}}}}}},
              {"model", {{"type", "Unigram"}, {"unk_id", 2}, {"byte_fallback", false}, {"vocab", vocabulary}}}}
      .dump();
}

TEST(LoadSentencePiece, MakesOneTokenizerOfT5sFileAndOfTheTokenizerJsonMadeOfIt) {
  const std::string bytes = read_file(golden::path("tokenizers/t5-base/spiece.model"), 1 << 24);
  const Tokenizer from_model = Tokenizer::from_sentence_piece(bytes, "", "spiece.model");
  const Tokenizer from_json = Tokenizer::from_json(t5_json(read_sentence_piece_model(bytes, "spiece.model")), "t5");
  EXPECT_EQ(from_model.fingerprint(), from_json.fingerprint());
  std::ifstream texts(golden::path("tokenizers/bert-base-uncased/texts.jsonl"));
  std::size_t n = 0;
  for (std::string line; std::getline(texts, line); ++n) {
    const auto text = Json::parse(line).at("text").get<std::string>();
    const Encoding a = from_model.encode(text, {.offsets = true});
    const Encoding b = from_json.encode(text, {.offsets = true});
    ASSERT_EQ(a.ids, b.ids) << text;
    ASSERT_EQ(a.offsets, b.offsets) << text;
  }
  EXPECT_EQ(n, 406U);
}

// Ids that the sentencepiece library gives with its own test model, on lines of the text that it was trained on and some harder ones.
TEST(LoadSentencePiece, GivesTheIdsOfTheSentencepieceLibrary) {
  const Tokenizer tokenizer =
      Tokenizer::from_sentence_piece(read_file(golden::path("tokenizers/sentencepiece/botchan.model"), 1 << 24), "", "botchan.model");
  std::ifstream lines(golden::path("tokenizers/sentencepiece/botchan.jsonl"));
  std::size_t n = 0;
  for (std::string line; std::getline(lines, line); ++n) {
    const Json item = Json::parse(line);
    EXPECT_EQ(Json(tokenizer.encode(item[0].get<std::string>()).ids), item[1]) << item[0];
  }
  EXPECT_GT(n, 50U);
}

TEST(LoadSentencePiece, RefusesWhatItCannotDoByName) {
  const std::tuple<std::string, std::string, const char*> cases[] = {
      {kPieces, R"({"tokenizer_class": "AlbertTokenizer"})", "tokenizer_class 'AlbertTokenizer' is not supported"},
      {kPieces + field(2, small(24, 1)), "", "treat_whitespace_as_suffix"},
      {kPieces + field(3, small(5, 0)), "", "escape_whitespaces"},
      {kPieces + field(2, small(3, 3)), "", "kind word or char"},
      {kPieces, "{", "the configuration: is not valid JSON"},
      {kPieces, "[]", "must be an object"},
  };
  for (const auto& [model, config, says] : cases) {
    try {
      load_sentence_piece(model, config, "m.model");
      FAIL() << says;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
      EXPECT_TRUE(std::string(error.what()).starts_with("m.model: ")) << error.what();
    }
  }
}

}  // namespace
}  // namespace akin::text
