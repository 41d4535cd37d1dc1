#include "akin/text/tokenizer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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

}  // namespace
}  // namespace akin
