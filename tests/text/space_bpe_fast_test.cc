#include "space_bpe_fast.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <random>

#include "load.h"

namespace akin::text {
namespace {

// A tokenizer whose fast path and whose pipeline can be asked apart.
class Twins {
 public:
  explicit Twins(PipelineParts&& from)
      : parts_(std::move(from)),
        added_(std::move(parts_.added), parts_.normalizer.get()),
        pipeline_(parts_, added_),
        fast_(SpaceBpeFast::make(parts_, added_, pipeline_)) {}

  [[nodiscard]] bool has_fast() const { return fast_ != nullptr; }

  void compare(const std::string& text) const {
    for (const bool offsets : {false, true}) {
      TokenList want;
      TokenSink slow(want, std::numeric_limits<std::size_t>::max(), offsets);
      pipeline_.tokenize(text, slow);
      TokenList got;
      TokenSink quick(got, std::numeric_limits<std::size_t>::max(), offsets);
      fast_->tokenize(text, quick);
      ASSERT_EQ(got.ids, want.ids) << text;
      ASSERT_EQ(got.offsets, want.offsets) << text;
      ASSERT_EQ(quick.n_invalid, slow.n_invalid);
    }
  }

 private:
  PipelineParts parts_;
  AddedTokens added_;
  Pipeline pipeline_;
  std::unique_ptr<const SpaceBpeFast> fast_;
};

class SpaceFolder : public testing::TestWithParam<const char*> {
 protected:
  Twins twins_{load_folder(std::string(AKIN_GOLDEN) + "/" + GetParam())};
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

INSTANTIATE_TEST_SUITE_P(SpaceBpeFast, SpaceFolder,
                         testing::Values("tokenizers/phi-3", "models/gemma", "models/gemma3-text", "models/llama", "models/llama-linear",
                                         "models/mistral"));

TEST(SpaceBpeFast, LeavesOtherKindsToThePipeline) {
  for (const char* folder : {"bert", "gpt2", "clip", "t5-relu"})
    EXPECT_FALSE(Twins(load_folder(std::string(AKIN_GOLDEN) + "/models/" + folder)).has_fast()) << folder;
}

TEST(SpaceBpeFast, LeavesMergesAcrossWordsToThePipeline) {
  const auto has_fast = [](const char* merges) {
    Json json = {{"normalizer", {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}}}};
    json["model"] = Json::parse(std::string(R"({"type": "BPE", "vocab": {"▁": 0, "a": 1, "▁a": 2, "a▁": 3}, "merges": [)") + merges + "]}");
    return Twins(load_json(json.dump(), "t")).has_fast();
  };
  EXPECT_TRUE(has_fast(R"("▁ a")"));
  EXPECT_FALSE(has_fast(R"("a ▁")"));
}

}  // namespace
}  // namespace akin::text
