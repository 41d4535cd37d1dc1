#include "post_processor.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

std::vector<std::int32_t> pair_ids(const Template& post) {
  Encoding out;
  const TokenList a{.ids = {10, 11}, .offsets = {}, .n_seen = 2};
  const TokenList b{.ids = {20}, .offsets = {}, .n_seen = 1};
  post.apply(a, &b, 2, 1, {}, out);
  return out.ids;
}

TEST(PostProcessor, PutsSpecialTokensInTheirPlaces) {
  const Template bert =
      read_post_processor(Json::parse(R"({"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]})"), 30, "t.json");
  EXPECT_EQ(pair_ids(bert), (std::vector<std::int32_t>{2, 10, 11, 3, 20, 3}));
  EXPECT_EQ(bert.n_special(false), 2U);
  const Template roberta =
      read_post_processor(Json::parse(R"({"type": "RobertaProcessing", "sep": ["</s>", 3], "cls": ["<s>", 2]})"), 30, "t.json");
  EXPECT_EQ(pair_ids(roberta), (std::vector<std::int32_t>{2, 10, 11, 3, 3, 20, 3}));
  EXPECT_EQ(pair_ids(Template()), (std::vector<std::int32_t>{10, 11, 20}));
}

TEST(PostProcessor, RefusesIdsOutsideTheVocabulary) {
  EXPECT_THROW(read_post_processor(Json::parse(R"({"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]})"), 3, "t.json"),
               Error);
}

TEST(PostProcessor, TrimsSpacesOffOffsetsButNotTheOneItAdded) {
  const std::string text = "a  b\u3000";
  std::vector<TextSpan> offsets = {{0, 1}, {1, 4}, {4, 7}};
  OffsetTrim{.prefix_space = true}.apply(text, {"Ġa", "ĠĠb", "\u3000"}, offsets);
  EXPECT_EQ(offsets, (std::vector<TextSpan>{{0, 1}, {3, 4}, {7, 7}}));
  offsets = {{0, 2}};
  OffsetTrim{.prefix_space = false}.apply(" a", {"Ġa"}, offsets);
  EXPECT_EQ(offsets, (std::vector<TextSpan>{{1, 2}}));
}

TEST(PostProcessor, ReadsASequenceThatTrimsAndThenAddsTokens) {
  const std::string bert = R"({"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]})";
  const std::string trim = R"({"type": "ByteLevel", "trim_offsets": true})";
  const auto sequence = [](const std::string& parts) {
    return read_post_processor(Json::parse(R"({"type": "Sequence", "processors": [)" + parts + "]}"), 30, "t.json");
  };
  EXPECT_EQ(sequence(trim + "," + bert).trims.size(), 1U);
  EXPECT_EQ(pair_ids(sequence(trim + "," + bert)), (std::vector<std::int32_t>{2, 10, 11, 3, 20, 3}));
  EXPECT_EQ(pair_ids(sequence("")), (std::vector<std::int32_t>{10, 11, 20}));
  EXPECT_THROW(sequence(bert + "," + trim), Error);
  EXPECT_THROW(sequence(bert + "," + bert), Error);
}

TEST(PostProcessor, RefusesATemplateThatRepeatsASequence) {
  const char* json =
      R"({"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                         "pair": [], "special_tokens": {}})";
  EXPECT_THROW(read_post_processor(Json::parse(json), 3, "t.json"), Error);
}

TEST(PostProcessor, MarksWhatItAdded) {
  Encoding out;
  bert_template(2, 3).apply({.ids = {10}, .offsets = {{4, 5}}, .n_seen = 1}, nullptr, 1, 0, {.offsets = true}, out);
  EXPECT_EQ(out.special, (std::vector<std::uint8_t>{1, 0, 1}));
  EXPECT_EQ(out.offsets, (std::vector<TextSpan>{{0, 0}, {4, 5}, {0, 0}}));
}

}  // namespace
}  // namespace akin::text
