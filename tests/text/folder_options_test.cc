#include "folder_options.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

Json with(const std::string& tokenizer, const std::string& config) {
  Json out = Json::parse(tokenizer);
  apply_folder_options(out, Json::parse(config), "tokenizer_config.json");
  return out;
}

TEST(FolderOptions, SetBertsOptionsByClassAndByName) {
  const char* bert = R"({"normalizer": {"type": "BertNormalizer", "lowercase": true}})";
  EXPECT_EQ(with(bert, R"({"tokenizer_class": "BertTokenizerFast", "do_lower_case": false})").at("normalizer").at("lowercase"), false);
  EXPECT_EQ(with(R"({"normalizer": {"type": "BertNormalizer", "lowercase": false}})", R"({"tokenizer_class": "BertTokenizer"})")
                .at("normalizer")
                .at("lowercase"),
            true);
  EXPECT_EQ(with(R"({"normalizer": {"type": "BertNormalizer", "lowercase": false}})", R"({})").at("normalizer").at("lowercase"), false);
}

TEST(FolderOptions, SetThePrefixSpaceOfByteLevelAlone) {
  const char* file = R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true}})";
  EXPECT_EQ(with(file, "{}").at("pre_tokenizer").at("add_prefix_space"), false) << "that is the default of transformers";
  EXPECT_EQ(with(file, R"({"add_prefix_space": null})").at("pre_tokenizer").at("add_prefix_space"), true);
  const char* other = R"({"pre_tokenizer": {"type": "Metaspace"}})";
  EXPECT_FALSE(with(other, R"({"add_prefix_space": true})").at("pre_tokenizer").contains("add_prefix_space"));
}

TEST(FolderOptions, SetHowRobertaTrimsOffsets) {
  const Json post = with(R"({"post_processor": {"type": "RobertaProcessing", "add_prefix_space": true, "trim_offsets": false}})",
                         R"({"tokenizer_class": "RobertaTokenizer"})")
                        .at("post_processor");
  EXPECT_EQ(post.at("add_prefix_space"), false);
  EXPECT_EQ(post.at("trim_offsets"), true);
}

TEST(FolderOptions, MakeTheTemplateOfLlama) {
  const char* file = R"({"added_tokens": [{"id": 7, "content": "</s>"}], "model": {"vocab": {"<s>": 1}}, "post_processor": null})";
  EXPECT_EQ(with(file, R"({"tokenizer_class": "LlamaTokenizer"})").at("post_processor").at("special_tokens").at("<s>").at("ids"),
            Json::parse("[1]"));
  const Json both =
      with(file, R"({"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": false, "add_eos_token": true})").at("post_processor");
  EXPECT_EQ(both.at("single").size(), 2U);
  EXPECT_EQ(both.at("pair").size(), 4U);
  EXPECT_EQ(both.at("pair")[3].at("SpecialToken").at("type_id"), 1);
  EXPECT_EQ(both.at("special_tokens").at("</s>").at("ids"), Json::parse("[7]"));
  EXPECT_EQ(with(file, R"({"tokenizer_class": "PreTrainedTokenizerFast"})").at("post_processor"), nullptr);
  EXPECT_THROW(with("{}", R"({"tokenizer_class": "LlamaTokenizer"})"), Error);
}

TEST(FolderOptions, AddTheTokensThatTheFileLacks) {
  const char* file =
      R"({"added_tokens": [{"id": 1, "content": "<a>", "lstrip": false}], "model": {"vocab": {"x": 0, "<a>": 1, "<b>": 2}}})";
  const Json added = with(file, R"({"added_tokens_decoder": {"9": {"content": "<c>"}, "1": {"content": "<a>", "lstrip": true}},
                                    "mask_token": "<b>", "additional_special_tokens": ["<d>", "<a>"]})")
                         .at("added_tokens");
  ASSERT_EQ(added.size(), 4U);
  EXPECT_EQ(added[0].at("lstrip"), true);
  EXPECT_EQ(added[1].at("content"), "<c>");
  EXPECT_EQ(added[1].at("id"), 3);
  EXPECT_EQ(added[2].at("id"), 2) << "it is a piece of the vocabulary";
  EXPECT_EQ(added[2].at("special"), true);
  EXPECT_EQ(added[3].at("id"), 4);
}

TEST(FolderOptions, TakeAnyConfiguration) {
  for (const char* config : {"null", "[]", "3", R"({"tokenizer_class": 1, "added_tokens_decoder": [1], "additional_special_tokens": 3})",
                             R"({"added_tokens_decoder": {"x": 1, "99999999999999999999": {"content": "a"}, "1": {"content": 3}}})",
                             R"({"additional_special_tokens": [null, 3, {"content": null}, ""]})"}) {
    EXPECT_NO_THROW(with(R"({"added_tokens": [3, {"content": 1}], "model": {"vocab": [["a", 1], 2]}, "pre_tokenizer": 3})", config))
        << config;
  }
  EXPECT_EQ(special_token(Json::parse(R"({"eos_token": {"content": "e"}})"), "eos_token", "c"), "e");
  EXPECT_EQ(tokenizer_class(Json::parse(R"({"tokenizer_class": "GPT2TokenizerFast"})")), "GPT2Tokenizer");
}

}  // namespace
}  // namespace akin::text
