#include "bpe_fast.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "load.h"
#include "text/twins.h"

namespace akin::text {
namespace {

std::string read(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(std::string(AKIN_GOLDEN) + path, std::ios::binary).rdbuf();
  return out.str();
}

class FastFolder : public testing::TestWithParam<const char*> {
 protected:
  Twins<BpeFast> twins_{load_folder(std::string(AKIN_GOLDEN) + "/" + GetParam())};
};

TEST_P(FastFolder, EqualsThePipelineOnHardTexts) {
  ASSERT_TRUE(twins_.has_fast());
  std::istringstream lines(read("/tokenizers/bert-base-uncased/texts.jsonl"));
  for (std::string line; std::getline(lines, line);) twins_.compare(Json::parse(line).at("text").get<std::string>());
}

TEST_P(FastFolder, EqualsThePipelineOnRandomTexts) {
  constexpr const char* kParts[] = {"the ",     " and",
                                    "don't",    "WE'LL",
                                    " ",        "  ",
                                    "\n",       "\r\n",
                                    "\t",       "123",
                                    "4567",     "é",
                                    "e\u0301",  "\u0301",
                                    "\u0323",   "中文",
                                    "हिन्दी",    "\u1100\u1161",
                                    "가\u11a8", "\u212b",
                                    "😀",        "\u00a0",
                                    "\u3000",   "!",
                                    "…",        "<|endoftext|>",
                                    "<s>",      "[MASK]",
                                    " [MASK]",  "        ",
                                    "\xff",     "\xe4\xb8",
                                    "\xf0\x9f", "antidisestablishmentarianism",
                                    "x",        "-"};
  std::mt19937 random(4);
  for (int i = 0; i < 4000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random() % 14; n > 0; --n) text += kParts[random() % std::size(kParts)];
    twins_.compare(text + std::string(random() % 5 == 0 ? 1 : 0, '\0'));
    if (HasFatalFailure()) return;
  }
}

TEST_P(FastFolder, EqualsThePipelineOnWordsOfManyTokensMetAgain) {
  const std::string letters = "zqxjvkwzqxjvkwzqx";
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t length = 1; length <= letters.size(); ++length) twins_.compare("a " + letters.substr(0, length) + "\xC3\xA9 b");
  }
}

TEST_P(FastFolder, EqualsThePipelineOnTextThatTurnsOutNotToBeUtf8) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the whale's sea ";
  for (std::size_t at = 0; at < text.size(); at += 7) twins_.compare(std::string(text).replace(at, 1, "\xff"));
  twins_.compare("\x80" + text);
}

INSTANTIATE_TEST_SUITE_P(BpeFast, FastFolder,
                         testing::Values("tokenizers/gpt2", "models/gpt2", "models/gpt-neox", "models/llama3", "models/modernbert",
                                         "models/opt", "models/qwen2", "models/qwen3", "models/roberta"));

TEST(BpeFast, LeavesOtherKindsToThePipeline) {
  for (const char* folder : {"bert", "bloom", "clip", "falcon", "gemma", "llama", "t5-relu"})
    EXPECT_FALSE(Twins<BpeFast>(load_folder(std::string(AKIN_GOLDEN) + "/models/" + folder)).has_fast()) << folder;
  Json json = parse_json(read("/tokenizers/gpt2/tokenizer.json"), "t");
  json.at("pre_tokenizer").at("add_prefix_space") = true;
  EXPECT_FALSE(Twins<BpeFast>(load_json(json.dump(), "t")).has_fast());
}

TEST(BpeFast, StaysFastOnAWordOfAMegabyte) {
  const Tokenizer gpt2 = Tokenizer::from_folder(std::string(AKIN_GOLDEN) + "/tokenizers/gpt2");
  std::string word;
  while (word.size() < (std::size_t{1} << 20)) word += "abracadabra";
  EXPECT_EQ(gpt2.decode(gpt2.encode(word).ids), word);
}

}  // namespace
}  // namespace akin::text
