// The parts of tokenizers against what the reference made of hard strings: tests/golden/tokenizers/parts.jsonl, or another file of the
// same form named by AKIN_TEST_TOKENIZER_PARTS.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "decoder.h"
#include "normalizer.h"
#include "pre_tokenizer.h"

namespace akin::text {
namespace {

std::vector<Json> read_parts() {
  const char* named = std::getenv("AKIN_TEST_TOKENIZER_PARTS");
  std::ifstream file(named != nullptr ? named : std::string(AKIN_GOLDEN) + "/tokenizers/parts.jsonl");
  std::vector<Json> out;
  for (std::string line; std::getline(file, line);) out.push_back(Json::parse(line));
  return out;
}

// Pieces and their places in code points of the text.
Json pre_tokenized(const Json& part, const std::string& in) {
  NormalizedText text(in);
  std::vector<WordRange> words = {{0, in.size()}};
  read_pre_tokenizer(part, "t.json")->split(text, words);
  std::vector<TextSpan> places;
  for (const WordRange& word : words) places.push_back(text.origin(word.begin, word.end));
  const std::vector<TextSpan> spans = to_code_points(in, places);
  Json out = Json::array();
  for (std::size_t i = 0; i < words.size(); ++i)
    out.push_back({text.text().substr(words[i].begin, words[i].end - words[i].begin), spans[i].begin, spans[i].end});
  return out;
}

Json answer(const std::string& kind, const Json& part, const Json& in) {
  if (kind == "pre_tokenizer") return pre_tokenized(part, in.get<std::string>());
  if (kind == "normalizer") {
    NormalizedText text(in.get<std::string>());
    read_normalizer(part, "t.json")->apply(text);
    return text.text();
  }
  const auto pieces = in.get<std::vector<std::string>>();
  return read_decoder(part, "t.json")->decode({pieces.begin(), pieces.end()});
}

TEST(Parts, DoWhatTheReferencesDo) {
  const std::vector<Json> parts = read_parts();
  ASSERT_GT(parts.size(), 80U);
  for (const Json& row : parts) {
    SCOPED_TRACE(row.at("part").dump());
    for (const Json& item : row.at("cases")) ASSERT_EQ(answer(row.at("kind"), row.at("part"), item.at(0)), item.at(1)) << item.at(0).dump();
  }
}

}  // namespace
}  // namespace akin::text
