#include "unigram_fast.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "golden_files.h"
#include "load.h"
#include "text/twins.h"

namespace akin::text {
namespace {

using Both = Twins<UnigramFast>;

PipelineParts golden_parts(const std::string& model, const char* scheme = nullptr) {
  nlohmann::json json = golden::json(golden::path("models/" + model + "/tokenizer.json"));
  if (scheme != nullptr) json["pre_tokenizer"]["prepend_scheme"] = scheme;
  return load_json(json.dump(), model);
}

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kBits = {"a",
                                                 "the ",
                                                 "of",
                                                 "é",
                                                 "e\u0301",
                                                 "ﬁ",
                                                 "™",
                                                 "\x01",
                                                 "\u200b",
                                                 "\u200d",
                                                 "\u0301",
                                                 "\u0323",
                                                 "①",
                                                 " ",
                                                 "  ",
                                                 "▁",
                                                 "\t",
                                                 "\u00a0",
                                                 "\u3000",
                                                 "ｶﾞ",
                                                 "각",
                                                 "ᄀ",
                                                 "ᅡ",
                                                 "क्षि",
                                                 "\u0958\u0301",
                                                 "👍🏽",
                                                 "\ufeff",
                                                 "½",
                                                 "\u0600",
                                                 "ß",
                                                 "word",
                                                 "Hello",
                                                 "…",
                                                 "<extra_id_0>",
                                                 "</s>",
                                                 "<unk>",
                                                 "<mask>",
                                                 "<",
                                                 "\ufdfa",
                                                 "\u0345",
                                                 "xxxxxxxxxxxxxxxxxxxx",
                                                 "internationalization ",
                                                 "1998",
                                                 ",",
                                                 "中",
                                                 "\u00ad",
                                                 "©",
                                                 "\r",
                                                 "\r\n",
                                                 "\n",
                                                 "\ufffd",
                                                 "\u0085",
                                                 "\x7f",
                                                 "ﬃ\u0301",
                                                 std::string(1, '\0'),
                                                 "¨",
                                                 "¨\x01",
                                                 "…\x01",
                                                 "\u1fef",
                                                 "\xff",
                                                 "\xe4\xb8",
                                                 "\xf0\x9f",
                                                 "\xc3",
                                                 " the",
                                                 " a",
                                                 "▁the",
                                                 "antidisestablishmentarianism"};
  std::string out;
  for (auto n = 1 + random() % 14; n > 0; --n) out += kBits[random() % kBits.size()];
  return out;
}

TEST(UnigramFast, EqualsThePipelineOnHardTexts) {
  std::mt19937 random(17);
  for (const char* model : {"t5-relu", "t5-gated-gelu", "xlm-roberta", "gte-new"}) {
    for (const char* scheme : {"always", "first", "never"}) {
      const Both both(golden_parts(model, scheme));
      ASSERT_TRUE(both.has_fast()) << model;
      both.compare("");
      for (int i = 0; i < 400; ++i) both.compare(random_text(random));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(UnigramFast, SpellsUnknownCharactersInBytesAsThePipeline) {
  nlohmann::json json = golden::json(golden::path("models/t5-relu/tokenizer.json"));
  json["model"]["byte_fallback"] = true;
  for (int byte = 0; byte < 256; ++byte) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    json["model"]["vocab"].push_back({std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + ">", -20});
  }
  const Both both(load_json(json.dump(), "t5"));
  std::mt19937 random(18);
  for (int i = 0; i < 400; ++i) both.compare(random_text(random));
}

TEST(UnigramFast, KeepsWordsOfManyTokensAsTheyAre) {
  const Both both(golden_parts("t5-relu"));
  const std::string letters = "zqxjvkwzqxjvkwzqx";
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t length = 1; length <= letters.size(); ++length) {
      both.compare("a " + letters.substr(0, length) + " a");
      both.compare("a " + letters.substr(0, length) + "é a");
    }
  }
}

TEST(UnigramFast, TakesAMegabyteWithoutSpaces) {
  const Both both(golden_parts("t5-relu"));
  for (const char* bit : {"abcdefg", "é", "e\u0301", "中"}) {
    std::string text;
    while (text.size() < 1'000'000) text += bit;
    both.compare(text);
  }
}

TEST(UnigramFast, GivesEveryThreadTheSame) {
  const Both both(golden_parts("xlm-roberta"));
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&both, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 100; ++i) both.compare(random_text(random));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(UnigramFast, IsLeftOutForOtherParts) {
  EXPECT_FALSE(Both(golden_parts("siglip")).has_fast());  // another normaliser
  EXPECT_FALSE(Both(golden_parts("llama")).has_fast());   // BPE
  nlohmann::json json = golden::json(golden::path("models/t5-relu/tokenizer.json"));
  json["pre_tokenizer"]["split"] = false;
  EXPECT_FALSE(Both(load_json(json.dump(), "t5")).has_fast());
}

}  // namespace
}  // namespace akin::text
