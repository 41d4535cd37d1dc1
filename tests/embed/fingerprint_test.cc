#include "fingerprint.h"

#include <gtest/gtest.h>

#include <set>

#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;
using nlohmann::json;

constexpr char kTiny[] = "sentence-transformers/prompts";

std::string fingerprint_of(const std::filesystem::path& model, const EmbedderOptions& options = {}) {
  return space_fingerprint(read_model(model), options);
}

TEST(Fingerprint, IsTheSameForACopyOfTheModelElsewhere) {
  const ModelCopy copy(kTiny);
  const std::string fingerprint = fingerprint_of(golden::path(kTiny));
  EXPECT_EQ(fingerprint_of(copy.path()), fingerprint);
  EXPECT_EQ(fingerprint.size(), 64U);
  EXPECT_EQ(fingerprint.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Fingerprint, DiffersWithEveryOptionThatMovesVectors) {
  std::vector<EmbedderOptions> all(9);
  all[1].precision = Precision::bf16;
  all[2].precision = Precision::int8;
  all[3].dims = 16;
  all[4].normalize = true;
  all[5].max_tokens = 9;
  all[6].prompt = "";
  all[7].prompt = "query: ";
  all[8].dims = 15;
  std::set<std::string> seen;
  for (const EmbedderOptions& options : all) seen.insert(fingerprint_of(golden::path(kTiny), options));
  EXPECT_EQ(seen.size(), all.size());
}

TEST(Fingerprint, SpelledOutDefaultsAreTheSameSpace) {
  EmbedderOptions options;
  options.dims = output_dim(read_model(golden::path(kTiny)));
  options.max_tokens = read_model(golden::path(kTiny)).sentence.max_tokens;
  EXPECT_EQ(fingerprint_of(golden::path(kTiny), options), fingerprint_of(golden::path(kTiny)));
}

TEST(Fingerprint, DiffersWithEveryPartOfTheModel) {
  std::set<std::string> seen = {fingerprint_of(golden::path(kTiny))};
  const auto expect_new = [&](const std::function<void(const ModelCopy&)>& change, const char* what) {
    const ModelCopy copy(kTiny);
    change(copy);
    EXPECT_TRUE(seen.insert(fingerprint_of(copy.path())).second) << what;
  };
  expect_new([](const ModelCopy& m) { m.edit_json("1_Pooling/config.json", [](json& c) { c["include_prompt"] = false; }); },
             "include_prompt");
  expect_new([](const ModelCopy& m) { m.edit_json("config_sentence_transformers.json", [](json& c) { c["prompts"]["query"] = "q: "; }); },
             "prompt");
  expect_new([](const ModelCopy& m) { m.edit_json("sentence_bert_config.json", [](json& c) { c["max_seq_length"] = 20; }); }, "limit");
  expect_new([](const ModelCopy& m) { m.edit_json("sentence_bert_config.json", [](json& c) { c["do_lower_case"] = true; }); },
             "lower case");
  expect_new([](const ModelCopy& m) { m.edit_json("config.json", [](json& c) { c["hidden_act"] = "relu"; }); }, "activation");
  expect_new([](const ModelCopy& m) { m.edit_json("config.json", [](json& c) { c["layer_norm_eps"] = 1e-6; }); }, "epsilon");
  expect_new([](const ModelCopy& m) { m.edit_json("tokenizer.json", [](json& t) { t["normalizer"]["clean_text"] = false; }); },
             "tokenizer");
  expect_new(
      [](const ModelCopy& m) {
        std::string bytes = m.read("model.safetensors");
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        m.write("model.safetensors", bytes);
      },
      "one bit of a weight");
}

TEST(Fingerprint, LeavesOutWhatNoVectorDependsOn) {
  const ModelCopy copy(kTiny);
  copy.edit_json("config.json", [](json& c) { c["transformers_version"] = "9.9.9"; });
  copy.write("README.md", "other words");
  EXPECT_EQ(fingerprint_of(copy.path()), fingerprint_of(golden::path(kTiny)));
}

}  // namespace
}  // namespace akin
