#include "prompts.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin {
namespace {

SentenceConfig with_prompts() {
  SentenceConfig sentence;
  sentence.prompts = {{"clustering", "cluster: "}, {"passage", "passage: "}, {"query", "query: "}};
  return sentence;
}

std::string prompt_of(const SentenceConfig& sentence, const EmbedderOptions& options, TextRole role) {
  return choose_prompts(sentence, options, "model")[static_cast<std::size_t>(role)];
}

TEST(Prompts, FollowTheRole) {
  EXPECT_EQ(prompt_of(with_prompts(), {}, TextRole::plain), "");
  EXPECT_EQ(prompt_of(with_prompts(), {}, TextRole::query), "query: ");
  EXPECT_EQ(prompt_of(with_prompts(), {}, TextRole::document), "passage: ");
}

TEST(Prompts, FallBackToTheDefaultOne) {
  SentenceConfig sentence = with_prompts();
  sentence.default_prompt = "clustering";
  EXPECT_EQ(prompt_of(sentence, {}, TextRole::plain), "cluster: ");
  EXPECT_EQ(prompt_of(sentence, {}, TextRole::query), "query: ");
  sentence.prompts.erase(sentence.prompts.begin() + 1);
  EXPECT_EQ(prompt_of(sentence, {}, TextRole::document), "cluster: ");
}

TEST(Prompts, AreTakenByNameForEveryRole) {
  EmbedderOptions options;
  options.prompt_name = "clustering";
  for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document})
    EXPECT_EQ(prompt_of(with_prompts(), options, role), "cluster: ");
}

TEST(Prompts, GivenAsTextGoBeforeEverything) {
  EmbedderOptions options;
  options.prompt_name = "clustering";
  options.prompt = "";
  EXPECT_EQ(prompt_of(with_prompts(), options, TextRole::query), "");
}

TEST(Prompts, OfAnUnknownNameAreRefusedWithTheNamesThatThereAre) {
  EmbedderOptions options;
  options.prompt_name = "qeury";
  for (const auto& [sentence, wanted] :
       {std::pair{with_prompts(), "there are clustering, passage, query"}, std::pair{SentenceConfig{}, "the model has none"}}) {
    try {
      (void)choose_prompts(sentence, options, "tiny");
      FAIL() << "took it";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(error.what()).find("tiny: no prompt is called 'qeury'; " + std::string(wanted)), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace akin
