#include "byte_vocabulary.h"

#include <gtest/gtest.h>

#include <fstream>

#include "akin/text/tokenizer.h"

namespace akin::text {
namespace {

namespace fs = std::filesystem;

class ByteVocabulary : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& content) const { std::ofstream(folder_ / name, std::ios::binary) << content; }
  void copy(const std::string& model, const std::vector<std::string>& names) const {
    for (const std::string& name : names)
      fs::copy_file(fs::path(AKIN_GOLDEN) / "models" / model / name, folder_ / name, fs::copy_options::overwrite_existing);
  }
  [[nodiscard]] Tokenizer load() const { return Tokenizer::from_folder(folder_); }
  [[nodiscard]] ErrorCode error() const {
    try {
      (void)load();
    } catch (const Error& caught) {
      return caught.code();
    }
    return ErrorCode::cancelled;
  }
  // The texts and ids of the model's own folder, which has a tokenizer.json.
  void expect_the_ids_of(const std::string& model, std::size_t limit = 0) const {
    const Tokenizer tokenizer = load();
    const Json inputs = Json::parse(std::ifstream(fs::path(AKIN_GOLDEN) / "models" / model / "inputs.json"));
    for (const Json& input : inputs.contains("inputs") ? inputs.at("inputs") : inputs.at("texts")) {
      if (input.contains("pair")) continue;
      EXPECT_EQ(Json(tokenizer.encode(input.at("text").get<std::string>(), {.max_tokens = limit}).ids), input.at("input_ids"));
    }
  }

  fs::path folder_ =
      fs::path(testing::TempDir()) / ("akin_bytes_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(ByteVocabulary, ReadsGpt2) {
  copy("gpt2", {"vocab.json", "merges.txt", "config.json"});
  expect_the_ids_of("gpt2");
  EXPECT_EQ(load().encode("a<|endoftext|>").ids.back(), load().id_of("<|endoftext|>"));
  write("tokenizer_config.json", R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "add_prefix_space": true})");
  EXPECT_EQ(load().encode("a").ids.front(), load().id_of("<|endoftext|>"));
  EXPECT_EQ(load().encode("a", {.special_tokens = false}).ids, std::vector<std::int32_t>{load().id_of("Ġa")});
}

TEST_F(ByteVocabulary, ReadsRobertaByItsConfigurationOrItsPieces) {
  copy("roberta", {"vocab.json", "merges.txt"});
  expect_the_ids_of("roberta");
  copy("roberta", {"config.json"});
  expect_the_ids_of("roberta");
  const std::int32_t mask = load().id_of("<mask>");
  EXPECT_EQ(load().encode("a <mask>", {.special_tokens = false}).ids, (std::vector<std::int32_t>{load().id_of("a"), mask}))
      << "the mask takes the space before it";
}

TEST_F(ByteVocabulary, ReadsClip) {
  copy("clip", {"vocab.json", "merges.txt"});
  expect_the_ids_of("clip", 77);
  EXPECT_EQ(load().decode(load().encode("Hello World").ids), "hello world");
}

TEST_F(ByteVocabulary, ReadsQwen2WithItsAddedTokens) {
  copy("qwen2", {"vocab.json", "merges.txt", "added_tokens.json", "config.json", "special_tokens_map.json"});
  expect_the_ids_of("qwen2");
  EXPECT_EQ(load().encode("<|im_start|>").ids, std::vector<std::int32_t>{421});
}

TEST_F(ByteVocabulary, RefusesBrokenFilesInOneLine) {
  write("vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  write("merges.txt", "#version: 0.2\r\na b\r\n");
  EXPECT_EQ(load().encode("ab").ids, (std::vector<std::int32_t>{2}));
  for (const char* merges : {"a", "a b c", " a", "a ", "a  b", "\xff b", "a c"}) {
    write("merges.txt", merges);
    EXPECT_EQ(error(), ErrorCode::corrupt) << merges;
  }
  write("merges.txt", "a b");
  for (const char* vocabulary : {"", "[]", "{", R"({"a": -1})", R"({"a": 0, "b": 1})", R"({"a": 0, "b": 0, "ab": 1})", R"({"a": "x"})"}) {
    write("vocab.json", vocabulary);
    EXPECT_EQ(error(), ErrorCode::corrupt) << vocabulary;
  }
  write("vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  write("tokenizer_config.json", R"({"tokenizer_class": "MysteryTokenizer"})");
  EXPECT_EQ(error(), ErrorCode::unsupported);
  write("tokenizer_config.json", R"({"tokenizer_class": "RobertaTokenizer"})");
  EXPECT_EQ(error(), ErrorCode::corrupt) << "its special tokens are missing";
  try {
    (void)read_merges("#version: 0.2\na b\nc\n", "merges.txt");
    FAIL();
  } catch (const Error& caught) {
    EXPECT_STREQ(caught.what(), "merges.txt:3: a merge must be two pieces with a space between");
  }
}

TEST_F(ByteVocabulary, CutsAtTheSideThatTheConfigurationNames) {
  copy("gpt2", {"vocab.json", "merges.txt"});
  const std::vector<std::int32_t> all = load().encode("one two three").ids;
  write("tokenizer_config.json", R"({"tokenizer_class": "GPT2Tokenizer", "truncation_side": "left"})");
  const Encoding cut = load().encode("one two three", {.max_tokens = 4, .offsets = true});
  EXPECT_EQ(cut.ids, std::vector<std::int32_t>(all.end() - 4, all.end()));
  EXPECT_EQ(cut.offsets.back().end, 13U);
  EXPECT_EQ(cut.n_tokens_dropped, all.size() - 4);
}

}  // namespace
}  // namespace akin::text
