#include "gguf_tokenizer.h"

#include <gtest/gtest.h>

#include "akin/embed/embedder.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

const std::vector<std::string> kTexts = {"", "The old house by the sea.", "Ünïcödé naïve 中文 text", "a  b\tc\n123 4567"};

Tokenizer again(const ModelFiles& files, const TemporaryFolder& folder) {
  GgufWriter writer;
  add_gguf_tokenizer(writer, files);
  writer.write(folder.path() / "t.gguf");
  return read_gguf_tokenizer(GgufFile(folder.path() / "t.gguf"));
}

ModelFiles with_tokenizer(const std::string& model) {
  const auto folder = golden::path(model);
  return {.name = "m",
          .model = {},
          .weights = nullptr,
          .step_weights = {},
          .tokenizer = Tokenizer::from_folder(folder),
          .sentence = {},
          .tokenizer_file = folder / "tokenizer.json"};
}

TEST(GgufTokenizer, OfBertsKindComesBackFromItsParts) {
  const TemporaryFolder folder;
  const ModelFiles files = with_tokenizer("models/bert");
  const Tokenizer back = again(files, folder);
  for (const std::string& text : kTexts) EXPECT_EQ(back.encode(text).ids, files.tokenizer.encode(text).ids) << text;
  EXPECT_EQ(back.fingerprint(), files.tokenizer.fingerprint());
  EXPECT_FALSE(GgufFile(folder.path() / "t.gguf").has("tokenizer.huggingface.json"));
}

/// A WordPiece tokenizer that BERT's parts cannot say: its whole JSON is kept.
TEST(GgufTokenizer, OfAnotherKindIsKeptWhole) {
  const TemporaryFolder folder, other;
  auto json = golden::json(golden::path("models/bert/tokenizer.json"));
  json["added_tokens"].push_back({{"id", 400},
                                  {"content", "<extra>"},
                                  {"single_word", false},
                                  {"lstrip", false},
                                  {"rstrip", false},
                                  {"normalized", false},
                                  {"special", false}});
  ModelFiles files = with_tokenizer("models/bert");
  files.tokenizer_file = other.write("tokenizer.json", json.dump());
  files.tokenizer = Tokenizer::from_json(json.dump(), "tokenizer.json");
  const Tokenizer back = again(files, folder);
  EXPECT_EQ(back.encode("an <extra> word").ids, files.tokenizer.encode("an <extra> word").ids);
  EXPECT_EQ(back.fingerprint(), files.tokenizer.fingerprint());
  const GgufFile file(folder.path() / "t.gguf");
  EXPECT_EQ(file.strings("tokenizer.ggml.tokens").size(), 401U);
  EXPECT_EQ(file.strings("tokenizer.ggml.tokens")[400], "<extra>");
  EXPECT_EQ(file.integers("tokenizer.ggml.token_type")[400], 4);
}

/// Calls check(tokenizer of the GGUF file, text, ids of the folder) for each text of a golden model.
template <class Check>
void for_texts_of(const std::string& name, Check&& check) {
  const Tokenizer tokenizer = read_gguf_tokenizer(GgufFile(golden::path("gguf/" + name + ".gguf")));
  const nlohmann::json inputs = golden::json(golden::path("models/" + name + "/inputs.json"));
  std::size_t n = 0;
  for (const auto& input : inputs.at("inputs")) {
    if (!input.contains("text")) continue;
    ++n;
    check(tokenizer, input.at("text").get<std::string>(), input.at("input_ids").get<std::vector<std::int32_t>>());
  }
  EXPECT_GT(n, 0U) << name;
}

/// llama.cpp's own lists of a vocabulary give the ids of the folder that they were made of.
TEST(GgufTokenizer, OfLlamaCppsConverterGivesTheFoldersIds) {
  for (const char* name : {"gpt2", "qwen2", "qwen3", "gemma", "gemma3-text", "bloom", "mpt", "gpt-neox", "falcon", "llama3"}) {
    for_texts_of(name, [&](const Tokenizer& tokenizer, const std::string& text, const std::vector<std::int32_t>& ids) {
      EXPECT_EQ(tokenizer.encode(text).ids, ids) << name << ": " << text;
    });
  }
}

/// These folders put no mark before a text. The converter does not tell, and llama.cpp itself then puts one.
TEST(GgufTokenizer, PutsAMarkBeforeATextWhereTheFileDoesNotSay) {
  for (const std::string name : {"llama", "llama-yarn", "mistral"}) {
    nlohmann::json json = golden::json(golden::path("models/" + name + "/tokenizer.json"));
    ASSERT_EQ(json.at("pre_tokenizer").at("prepend_scheme"), "never") << name;
    json["pre_tokenizer"]["prepend_scheme"] = "always";
    const Tokenizer marked = Tokenizer::from_json(json.dump(), name);
    for_texts_of(name, [&](const Tokenizer& tokenizer, const std::string& text, const std::vector<std::int32_t>& ids) {
      EXPECT_EQ(tokenizer.encode(text).ids, marked.encode(text).ids) << name << ": " << text;
      EXPECT_EQ(tokenizer.encode(text).ids == ids, text.empty()) << name << ": " << text;
    });
  }
}

TEST(GgufTokenizer, OfAnUnknownKindIsRefusedByName) {
  const TemporaryFolder folder;
  GgufWriter writer;
  writer.add("tokenizer.ggml.model", std::string("rwkv"));
  writer.add("tokenizer.ggml.tokens", std::vector<std::string>{"a"});
  writer.write(folder.path() / "t.gguf");
  expect_error(ErrorCode::unsupported, "rwkv", [&] { static_cast<void>(read_gguf_tokenizer(GgufFile(folder.path() / "t.gguf"))); });
}

TEST(GgufTokenizer, OfBrokenJsonIsRefused) {
  const TemporaryFolder folder, other;
  ModelFiles files = with_tokenizer("models/bert");
  auto json = golden::json(golden::path("models/bert/tokenizer.json"));
  json["added_tokens"].push_back({{"id", 400}, {"content", "<extra>"}, {"special", false}});
  files.tokenizer = Tokenizer::from_json(json.dump(), "tokenizer.json");
  for (const char* lie : {"{", "{}", R"({"model": {"vocab": {"a": -1}}})", R"({"model": {"vocab": {"a": 1152921504606846976}}})",
                          R"({"model": {"vocab": [["a"]]}})", R"({"model": {"vocab": {"a": 0}, "unk_id": 7}})"}) {
    files.tokenizer_file = other.write("tokenizer.json", lie);
    GgufWriter writer;
    expect_error(ErrorCode::corrupt, "tokenizer.json: ", [&] { add_gguf_tokenizer(writer, files); });
  }
}

}  // namespace
}  // namespace akin
