#include "space_bpe_fast.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "load.h"
#include "text/twins.h"

namespace akin::text {
namespace {

class SpaceFolder : public testing::TestWithParam<const char*> {
 protected:
  Twins<SpaceBpeFast> twins_{load_folder(std::string(AKIN_GOLDEN) + "/" + GetParam())};
};

TEST_P(SpaceFolder, EqualsThePipelineOnHardTexts) {
  ASSERT_TRUE(twins_.has_fast());
  std::ifstream lines(std::string(AKIN_GOLDEN) + "/tokenizers/bert-base-uncased/texts.jsonl");
  for (std::string line; std::getline(lines, line);) twins_.compare(Json::parse(line).at("text").get<std::string>());
}

TEST_P(SpaceFolder, EqualsThePipelineOnRandomTexts) {
  constexpr const char* kParts[] = {"the",  "and", "whale",  "s", " ", " ",   "  ",   "▁",     "▁▁",     "\n",   "\t",       "123", "é",
                                    "中文", "😀",   "\u00a0", "!", "…", "<s>", "</s>", "<unk>", "<0x41>", "\xff", "\xe2\x96", "x",   "-"};
  std::mt19937 random(6);
  for (int i = 0; i < 4000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random() % 14; n > 0; --n) text += kParts[random() % std::size(kParts)];
    twins_.compare(text + std::string(random() % 5 == 0 ? 1 : 0, '\0'));
    if (HasFatalFailure()) return;
  }
}

TEST_P(SpaceFolder, EqualsThePipelineOnWordsOfManyTokensMetAgain) {
  const std::string letters = "zqxjvkwzqxjvkwzqx";
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t length = 1; length <= letters.size(); ++length) twins_.compare("a " + letters.substr(0, length) + ".(x1 2'3");
  }
}

INSTANTIATE_TEST_SUITE_P(SpaceBpeFast, SpaceFolder,
                         testing::Values("tokenizers/phi-3", "models/gemma", "models/gemma3-text", "models/llama", "models/llama-linear",
                                         "models/mistral"));

TEST(SpaceBpeFast, LeavesOtherKindsToThePipeline) {
  for (const char* folder : {"bert", "gpt2", "clip", "t5-relu"})
    EXPECT_FALSE(Twins<SpaceBpeFast>(load_folder(std::string(AKIN_GOLDEN) + "/models/" + folder)).has_fast()) << folder;
}

TEST(SpaceBpeFast, LeavesMergesAcrossWordsToThePipeline) {
  const auto has_fast = [](const char* merges) {
    Json json = {{"normalizer", {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}}}};
    json["model"] =
        Json::parse(std::string(R"({"type": "BPE", "unk_token": "?", "vocab": {"▁": 0, "a": 1, "▁a": 2, "a▁": 3, "?": 4}, "merges": [)") +
                    merges + "]}");
    return Twins<SpaceBpeFast>(load_json(json.dump(), "t")).has_fast();
  };
  EXPECT_TRUE(has_fast(R"("▁ a")"));
  EXPECT_FALSE(has_fast(R"("a ▁")"));
}

TEST(SpaceBpeFast, LeavesModelsThatLeaveCharactersOutToThePipeline) {
  Json json = {{"normalizer", {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}}}};
  json["model"] = Json::parse(R"({"type": "BPE", "vocab": {"▁": 0, "▁▁": 1}, "merges": ["▁ ▁"]})");
  EXPECT_FALSE(Twins<SpaceBpeFast>(load_json(json.dump(), "t")).has_fast());
  const Tokenizer tokenizer = Tokenizer::from_json(json.dump(), "t");
  EXPECT_EQ(tokenizer.encode(" x ").ids, std::vector<std::int32_t>{1}) << "the blanks meet";
}

}  // namespace
}  // namespace akin::text
