#include "fingerprint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <optional>
#include <set>

#include "akin/formats/gguf.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "akin/model/transformer.h"
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
  std::vector<EmbedderOptions> all(10);
  all[1].precision = Precision::bf16;
  all[2].precision = Precision::int8;
  all[3].dims = 16;
  all[4].normalize = true;
  all[5].max_tokens = 9;
  all[6].prompt = "";
  all[7].prompt = "query: ";
  all[8].dims = 15;
  all[9].prompt_name = "document";
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

Matrix<float> hidden_states(const TensorFile& weights, const ModelDescription& model) {
  Context context(1);
  const Transformer transformer(weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  // As long as most windows, and longer than llama-dynamic's original length.
  const std::vector<std::int32_t> ids = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
  const std::vector<std::size_t> starts = {0, ids.size()};
  Matrix<float> hidden(ids.size(), model.spec.dim);
  transformer.forward({ids, {}, starts}, buffers, hidden.view());
  return hidden;
}

struct Seen {
  Matrix<float> hidden;
  std::string fingerprint;
};

/// What a changed configuration gives, if it runs.
std::optional<Seen> seen_with(const json& config, const TensorFile& weights) {
  try {
    const ModelDescription model = describe_config(config.dump(), "config.json", weights);
    return Seen{hidden_states(weights, model), model_fingerprint(model, weights)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Whatever a key of a configuration says instead: another vector is another space, and the same vectors' space keeps its name where the
/// spec is the same.
TEST(Fingerprint, DiffersForEveryChangeOfAConfigurationThatMovesHiddenStates) {
  std::size_t n_moved = 0;
  for (const auto& entry : std::filesystem::directory_iterator(golden::path("models"))) {
    const json config = golden::json(entry.path() / "config.json");
    const auto weights = open_safetensors(entry.path());
    const std::optional<Seen> usual = seen_with(config, *weights);
    if (!usual) continue;  // image towers
    const json flat = config.flatten();
    for (const auto& [place, value] : flat.items()) {
      for (const json& other : {json(1), json(3), json(16), json(0.25), json(17.5), json(true), json(false), json("relu"),
                                json("full_attention"), json("linear"), json("geglu")}) {
        if (other == value) continue;
        json changed = config;
        changed[json::json_pointer(place)] = other;
        const std::optional<Seen> now = seen_with(changed, *weights);
        if (!now) continue;
        const bool moved = now->hidden.size() != usual->hidden.size() ||
                           std::memcmp(now->hidden.data(), usual->hidden.data(), now->hidden.size() * sizeof(float)) != 0;
        n_moved += moved ? 1 : 0;
        if (!moved) continue;
        EXPECT_NE(now->fingerprint, usual->fingerprint) << entry.path() << place << " = " << other;
      }
    }
  }
  EXPECT_GT(n_moved, 200U);  // the changes are felt
}

TEST(Fingerprint, IsTheSameForAFolderAndForLlamaCppsConversionOfIt) {
  for (const char* name : {"bert", "nomic-bert", "jina-bert-v2", "modernbert", "gpt2", "gpt-neox", "bloom", "mpt", "falcon", "llama",
                           "qwen2", "qwen3", "gemma", "mistral", "t5-gated-gelu"}) {
    const auto folder = golden::path(std::string("models/") + name);
    const auto weights = open_safetensors(folder);
    const ModelDescription model = describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *weights);
    const GgufFile file(golden::path(std::string("gguf/") + name + ".gguf"));
    EXPECT_EQ(model_fingerprint(describe_gguf(file), file), model_fingerprint(model, *weights)) << name;
  }
}

TEST(Fingerprint, LeavesOutWhatNoVectorDependsOn) {
  const ModelCopy copy(kTiny);
  copy.edit_json("config.json", [](json& c) { c["transformers_version"] = "9.9.9"; });
  copy.write("README.md", "other words");
  EXPECT_EQ(fingerprint_of(copy.path()), fingerprint_of(golden::path(kTiny)));
}

constexpr std::int64_t kAnHour = 3'600'000'000'000;

std::int64_t hour_from_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() + kAnHour;
}

std::string stamp_of(const std::filesystem::path& model, const EmbedderOptions& options = {}, std::string_view fingerprint = "f") {
  return fingerprint_stamp(read_model(model), options, fingerprint, hour_from_now());
}

TEST(FingerprintStamp, IsTheSameWhileTheModelIsUntouched) {
  const ModelCopy copy(kTiny);
  EXPECT_EQ(stamp_of(copy.path()).size(), 64U);
  EXPECT_EQ(stamp_of(copy.path()), stamp_of(copy.path()));
  EXPECT_NE(stamp_of(copy.path(), {}, "another fingerprint"), stamp_of(copy.path()));
  EXPECT_NE(stamp_of(golden::path(kTiny)), stamp_of(copy.path())) << "a copy is another file";
}

TEST(FingerprintStamp, DiffersWithEveryPartOfTheModelAndEveryOption) {
  const ModelCopy copy(kTiny);
  std::set<std::string> seen = {stamp_of(copy.path())};
  EmbedderOptions options;
  options.normalize = true;
  EXPECT_TRUE(seen.insert(stamp_of(copy.path(), options)).second);
  copy.edit_json("config.json", [](json& config) { config["layer_norm_eps"] = 0.25; });
  EXPECT_TRUE(seen.insert(stamp_of(copy.path())).second) << "the configuration";
  copy.edit_json("1_Pooling/config.json", [](json& config) {
    config["pooling_mode_mean_tokens"] = false;
    config["pooling_mode_cls_token"] = true;
  });
  EXPECT_TRUE(seen.insert(stamp_of(copy.path())).second) << "the pooling";
  copy.edit_json("tokenizer.json", [](json& tokenizer) { tokenizer["normalizer"]["clean_text"] = false; });
  EXPECT_TRUE(seen.insert(stamp_of(copy.path())).second) << "the tokenizer";
  ::usleep(20000);
  std::string weights = copy.read("model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 1);
  copy.write("model.safetensors", weights);
  EXPECT_TRUE(seen.insert(stamp_of(copy.path())).second) << "the weights";
}

TEST(FingerprintStamp, SaysNothingOfFilesThatWereJustWritten) {
  const ModelCopy copy(kTiny);
  const ModelFiles files = read_model(copy.path());
  const FileIdentity identity = files.weights->identities().at(0);
  const std::int64_t written = std::max(identity.modified_ns, identity.changed_ns);
  EXPECT_EQ(fingerprint_stamp(files, {}, "f", written + 1'000'000'000), "");
  EXPECT_EQ(fingerprint_stamp(files, {}, "f", written - kAnHour), "") << "a clock that was put back";
  EXPECT_NE(fingerprint_stamp(files, {}, "f", written + 3'000'000'000), "");
}

}  // namespace
}  // namespace akin
