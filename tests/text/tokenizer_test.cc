#include "akin/text/tokenizer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

using Json = nlohmann::json;

const std::string kFolder = std::string(AKIN_GOLDEN) + "/tokenizers/bert-base-uncased";

const Tokenizer& bert() {
  static const Tokenizer tokenizer = Tokenizer::from_folder(kFolder);
  return tokenizer;
}

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

Json pieces(const Encoding& encoding) {
  Json out = Json::array();
  for (const std::int32_t id : encoding.ids) out.push_back(bert().piece(id));
  return out;
}

TEST(Tokenizer, GivesTheReferencesIdsPiecesOffsetsAndText) {
  const std::vector<Json> lines = read_lines(kFolder + "/texts.jsonl");
  ASSERT_EQ(lines.size(), 406U);
  for (const Json& line : lines) {
    const auto text = line.at("text").get<std::string>();
    SCOPED_TRACE(text);
    const Encoding encoding = bert().encode(text, {.offsets = true});
    EXPECT_EQ(Json(encoding.ids), line.at("ids"));
    EXPECT_EQ(pieces(encoding), line.at("tokens"));
    EXPECT_EQ(to_json(encoding.offsets), line.at("byte_offsets"));
    EXPECT_EQ(to_json(to_code_points(text, encoding.offsets)), line.at("offsets"));
    EXPECT_EQ(Json(encoding.special), line.at("special"));
    EXPECT_EQ(Json(bert().encode(text, {.special_tokens = false}).ids), line.at("ids_plain"));
    EXPECT_EQ(bert().count(text), line.at("ids_plain").size());
    EXPECT_EQ(bert().decode(encoding.ids), line.at("decoded"));
  }
}

TEST(Tokenizer, CutsAsTheReferenceAndSaysHowMuch) {
  std::size_t n_cuts = 0;
  for (const Json& line : read_lines(kFolder + "/texts.jsonl")) {
    if (!line.contains("cut")) continue;
    const auto text = line.at("text").get<std::string>();
    for (const auto& [limit, ids] : line.at("cut").items()) {
      const Encoding encoding = bert().encode(text, {.max_tokens = std::stoul(limit)});
      EXPECT_EQ(Json(encoding.ids), ids) << text;
      EXPECT_EQ(encoding.n_tokens_seen, line.at("ids").size());
      EXPECT_EQ(encoding.n_tokens_dropped, line.at("ids").size() - ids.size());
      ++n_cuts;
    }
  }
  EXPECT_GT(n_cuts, 20U);
}

TEST(Tokenizer, JoinsPairsAsTheReference) {
  for (const Json& line : read_lines(kFolder + "/pairs.jsonl")) {
    const Encoding encoding = bert().encode_pair(line.at("a").get<std::string>(), line.at("b").get<std::string>());
    EXPECT_EQ(Json(encoding.ids), line.at("ids"));
    EXPECT_EQ(Json(encoding.type_ids), line.at("type_ids"));
  }
}

TEST(Tokenizer, CutsTheLongerTextOfAPairFirst) {
  const auto plain = [](const char* a, const char* b, std::size_t limit) {
    return bert().decode(bert().encode_pair(a, b, {.max_tokens = limit}).ids, false);
  };
  EXPECT_EQ(plain("one two three four", "five", 6), "[CLS] one two [SEP] five [SEP]");
  EXPECT_EQ(plain("five", "one two three four", 6), "[CLS] five [SEP] one two [SEP]");
  EXPECT_EQ(plain("one two three", "four five six", 6), "[CLS] one [SEP] four five [SEP]");
}

TEST(Tokenizer, GivesTheReferencesAnswersForEveryKindOfParts) {
  const std::vector<Json> variants = read_lines(std::string(AKIN_GOLDEN) + "/tokenizers/variants.jsonl");
  ASSERT_EQ(variants.size(), 17U);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const Tokenizer tokenizer = Tokenizer::from_json(variants[i].at("tokenizer").dump(), "variant");
    for (const Json& item : variants[i].at("cases")) {
      const auto text = item.at(0).get<std::string>();
      SCOPED_TRACE(std::to_string(i) + ": " + text);
      const Encoding encoding = tokenizer.encode(text, {.offsets = true});
      EXPECT_EQ(Json(encoding.ids), item.at(1));
      EXPECT_EQ(to_json(to_code_points(text, encoding.offsets)), item.at(2));
      EXPECT_EQ(tokenizer.decode(encoding.ids), item.at(3));
    }
  }
}

TEST(Tokenizer, CountsMalformedBytesAndReadsOn) {
  const Encoding encoding = bert().encode("caf\xc3 \xff\xfe cat", {.offsets = true});
  EXPECT_EQ(encoding.n_invalid, 3U);
  EXPECT_EQ(encoding.ids, bert().encode("caf\ufffd \ufffd\ufffd cat").ids);
  EXPECT_EQ(encoding.offsets[encoding.offsets.size() - 2], (TextSpan{8, 11}));
}

TEST(Tokenizer, TakesAHugeTextWithoutSpaces) {
  const std::string letters(std::size_t{10} << 20, 'x');
  EXPECT_EQ(bert().encode(letters).ids, (std::vector<std::int32_t>{101, 100, 102}));
  std::string ideographs;
  while (ideographs.size() < (std::size_t{3} << 20)) ideographs += "\u4e2d";
  const Encoding encoding = bert().encode(ideographs, {.max_tokens = 8});
  EXPECT_EQ(encoding.ids.size(), 8U);
  EXPECT_EQ(encoding.n_tokens_seen, ideographs.size() / 3 + 2);
}

TEST(Tokenizer, RefusesALimitBelowItsSpecialTokens) {
  EXPECT_THROW((void)bert().encode("a", {.max_tokens = 1}), Error);
  EXPECT_EQ(bert().encode("a", {.max_tokens = 2}).ids.size(), 2U);
}

TEST(Tokenizer, KnowsItsPieces) {
  EXPECT_EQ(bert().vocabulary_size(), 30522U);
  EXPECT_EQ(bert().piece(101), "[CLS]");
  EXPECT_EQ(bert().id_of("the"), 1996);
  EXPECT_EQ(bert().id_of("no such piece"), -1);
  EXPECT_EQ(bert().n_special_tokens(), 2U);
  EXPECT_THROW((void)bert().piece(-1), Error);
  EXPECT_THROW((void)bert().piece(30522), Error);
  EXPECT_EQ(bert().decode({-5, 1996, 1 << 30}), "the");
}

}  // namespace
}  // namespace akin
