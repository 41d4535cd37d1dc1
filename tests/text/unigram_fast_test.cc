#include "unigram_fast.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "golden_files.h"
#include "load.h"

namespace akin::text {
namespace {

struct Both {
  explicit Both(PipelineParts&& from) : parts(std::move(from)) {
    added = std::make_unique<AddedTokens>(parts.added, parts.normalizer.get());
    pipeline = std::make_unique<Pipeline>(parts, *added);
    fast = UnigramFast::make(parts, *added, *pipeline);
  }
  template <class Path>
  static TokenList tokens(const Path& path, std::string_view text, bool offsets, std::size_t& n_invalid) {
    TokenList list;
    TokenSink sink(list, std::size_t{1} << 22, offsets);
    path.tokenize(text, sink);
    n_invalid = sink.n_invalid;
    return list;
  }
  void expect_equal(std::string_view text) const {
    std::size_t invalid = 0;
    std::size_t invalid_wanted = 0;
    const TokenList wanted = tokens(*pipeline, text, true, invalid_wanted);
    const TokenList with_offsets = tokens(*fast, text, true, invalid);
    ASSERT_EQ(with_offsets.ids, wanted.ids) << text;
    ASSERT_EQ(with_offsets.offsets, wanted.offsets) << text;
    ASSERT_EQ(invalid, invalid_wanted) << text;
    ASSERT_EQ(tokens(*fast, text, false, invalid).ids, wanted.ids) << text;
  }

  PipelineParts parts;
  std::unique_ptr<AddedTokens> added;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<const UnigramFast> fast;
};

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
      ASSERT_NE(both.fast, nullptr) << model;
      both.expect_equal("");
      for (int i = 0; i < 400; ++i) both.expect_equal(random_text(random));
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
  for (int i = 0; i < 400; ++i) both.expect_equal(random_text(random));
}

TEST(UnigramFast, TakesAMegabyteWithoutSpaces) {
  const Both both(golden_parts("t5-relu"));
  for (const char* bit : {"abcdefg", "é", "e\u0301", "中"}) {
    std::string text;
    while (text.size() < 1'000'000) text += bit;
    both.expect_equal(text);
  }
}

TEST(UnigramFast, GivesEveryThreadTheSame) {
  const Both both(golden_parts("xlm-roberta"));
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&both, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 100; ++i) both.expect_equal(random_text(random));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(UnigramFast, IsLeftOutForOtherParts) {
  EXPECT_EQ(Both(golden_parts("siglip")).fast, nullptr);  // another normaliser
  EXPECT_EQ(Both(golden_parts("llama")).fast, nullptr);   // BPE
  nlohmann::json json = golden::json(golden::path("models/t5-relu/tokenizer.json"));
  json["pre_tokenizer"]["split"] = false;
  EXPECT_EQ(Both(load_json(json.dump(), "t5")).fast, nullptr);
}

}  // namespace
}  // namespace akin::text
