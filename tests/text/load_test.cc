#include "load.h"

#include <gtest/gtest.h>

#include <fstream>

namespace akin::text {
namespace {

namespace fs = std::filesystem;

class Load : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& content) const { std::ofstream(folder_ / name, std::ios::binary) << content; }
  [[nodiscard]] std::string fingerprint() const { return Tokenizer::from_folder(folder_).fingerprint(); }
  [[nodiscard]] ErrorCode error() const {
    try {
      load_folder(folder_);
    } catch (const Error& caught) {
      return caught.code();
    }
    return ErrorCode::cancelled;
  }

  fs::path folder_ =
      fs::path(testing::TempDir()) / ("akin_load_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

constexpr const char* kVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n";
constexpr const char* kJson = R"({"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
  "model": {"type": "WordPiece", "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5, "##b": 6}},
  "decoder": {"type": "WordPiece"}, "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
  "added_tokens": [{"id": 0, "content": "[PAD]", "special": true}, {"id": 1, "content": "[UNK]", "special": true},
    {"id": 2, "content": "[CLS]", "special": true}, {"id": 3, "content": "[SEP]", "special": true}, {"id": 4, "content": "[MASK]", "special": true}]})";

TEST_F(Load, GivesOneFingerprintForAllForms) {
  write("vocab.txt", kVocabulary);
  const std::string from_vocabulary = fingerprint();
  write("tokenizer.json", kJson);
  EXPECT_EQ(fingerprint(), from_vocabulary);
  EXPECT_EQ(Tokenizer::from_word_piece(Tokenizer::from_folder(folder_).word_piece_parts()).fingerprint(), from_vocabulary);
}

TEST_F(Load, ReadsLinesWhateverTheirEnds) {
  write("vocab.txt", kVocabulary);
  const std::string want = fingerprint();
  write("vocab.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\n##b");
  EXPECT_EQ(fingerprint(), want);
}

TEST_F(Load, LetsTheConfigurationDecideOnCase) {
  write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nA\na\n");
  write("tokenizer_config.json", R"({"do_lower_case": false, "unk_token": {"content": "[UNK]"}})");
  EXPECT_EQ(Tokenizer::from_folder(folder_).encode("A a", {.special_tokens = false}).ids, (std::vector<std::int32_t>{3, 4}));
  write("tokenizer.json", kJson);
  EXPECT_EQ(Tokenizer::from_folder(folder_).encode("A", {.special_tokens = false}).ids, (std::vector<std::int32_t>{1}));
}

TEST_F(Load, SaysWhatIsMissingOrBroken) {
  EXPECT_EQ(error(), ErrorCode::not_found);
  write("vocab.txt", "a\nb\n");
  EXPECT_EQ(error(), ErrorCode::corrupt);
  write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n\xff\n");
  EXPECT_EQ(error(), ErrorCode::corrupt);
  write("tokenizer_config.json", R"({"do_lower_case": "yes"})");
  EXPECT_EQ(error(), ErrorCode::corrupt);
  write("tokenizer.json", "[]");
  EXPECT_EQ(error(), ErrorCode::corrupt);
}

TEST_F(Load, CutOffAnywhereIsAnErrorAndNothingWorse) {
  const std::string json = kJson;
  for (std::size_t n = 0; n < json.size(); ++n) EXPECT_THROW(load_json(std::string_view(json).substr(0, n), "t.json"), Error) << n;
}

TEST_F(Load, RefusesPartsThatBertCannotSay) {
  PipelineParts parts = load_json(R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}})", "t.json");
  EXPECT_THROW(to_word_piece(parts), Error);
}

}  // namespace
}  // namespace akin::text
