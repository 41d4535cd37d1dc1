#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "akin/formats/gguf.h"
#include "model_copy.h"
#include "model_files.h"

namespace akin {
namespace {

using akin::testing::TemporaryFolder;
using golden::loading;

using Values = std::map<std::string, GgufWriter::Value>;

/// Keys of llama.cpp alone: no word of ours in it.
Values llama_cpp_keys() {
  return {{"general.architecture", std::string("bert")},
          {"bert.block_count", 1U},
          {"bert.context_length", 16U},
          {"bert.embedding_length", 32U},
          {"bert.feed_forward_length", 64U},
          {"bert.attention.head_count", 2U},
          {"bert.attention.layer_norm_epsilon", 1e-12F},
          {"bert.pooling_type", 2U},
          {"tokenizer.ggml.model", std::string("bert")},
          {"tokenizer.ggml.tokens", std::vector<std::string>{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\u2581cat", "s", "\u2581,"}},
          {"tokenizer.ggml.unknown_token_id", 1U},
          {"tokenizer.ggml.cls_token_id", 2U},
          {"tokenizer.ggml.seperator_token_id", 3U}};
}

float number_at(std::size_t i) { return static_cast<float>(i % 13) * 0.05F - 0.3F; }

using Shapes = std::map<std::string, std::vector<std::size_t>>;

std::filesystem::path write(const TemporaryFolder& folder, const Values& values, const std::vector<std::string>& left_out = {},
                            const Shapes& more = {}) {
  GgufWriter writer;
  for (const auto& [key, value] : values) writer.add(key, value);
  std::vector<float> numbers(64 * 32);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number_at(i);
  const auto add = [&](const std::string& name, std::vector<std::size_t> shape) {
    if (std::ranges::find(left_out, name) != left_out.end()) return;
    std::size_t n = 1;
    for (const std::size_t d : shape) n *= d;
    writer.add_tensor({name, TensorType::f32, std::move(shape), std::as_bytes(std::span(numbers)).first(n * 4)}, TensorType::f32);
  };
  add("token_embd.weight", {8, 32});
  add("position_embd.weight", {16, 32});
  add("token_types.weight", {2, 32});
  const auto norm = [&](const std::string& name) {
    add(name + ".weight", {32});
    add(name + ".bias", {32});
  };
  norm("token_embd_norm");
  for (const char* part : {"attn_q", "attn_k", "attn_v", "attn_output"}) add("blk.0." + std::string(part) + ".weight", {32, 32});
  norm("blk.0.attn_output_norm");
  add("blk.0.ffn_up.weight", {64, 32});
  add("blk.0.ffn_down.weight", {32, 64});
  norm("blk.0.layer_output_norm");
  for (const auto& [name, shape] : more) add(name, shape);
  const auto path = folder.path() / "m.gguf";
  writer.write(path);
  return path;
}

std::string loading_with(const std::string& key, GgufWriter::Value value) {
  const TemporaryFolder folder;
  Values values = llama_cpp_keys();
  values[key] = std::move(value);
  return loading(write(folder, values));
}

void expect_part(const std::string& message, const char* part) {
  EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
  EXPECT_NE(message.find("m.gguf: "), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(GgufModel, OfLlamaCppIsReadPooledAndScaledToUnitLength) {
  const TemporaryFolder folder;
  const ModelFiles files = read_model(write(folder, llama_cpp_keys()));
  EXPECT_EQ(files.sentence.pooling.modes, (std::vector{nn::PoolingMode::cls}));
  ASSERT_EQ(files.sentence.steps.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<NormalizeStep>(files.sentence.steps[0]));
  EXPECT_EQ(files.sentence.max_tokens, 16U);
  EXPECT_EQ(files.name, "m");
  EXPECT_EQ(files.tokenizer.piece(6), "##s");
  EXPECT_EQ(files.tokenizer.encode("Cats,").ids, (std::vector<std::int32_t>{2, 5, 6, 7, 3}));
}

TEST(GgufModel, RunsAfterLoading) {
  const TemporaryFolder folder;
  Context context(1);
  const std::vector<float> vector =
      Embedder::load(write(folder, llama_cpp_keys()), {}, context).embed_one("cats", TextRole::plain, context);
  double sum = 0;
  for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
  EXPECT_NEAR(sum, 1, 1e-6);  // float rounding of 32 squares
}

TEST(GgufModel, MapsWhatWasPooledAsEmbeddingGemmaDoes) {
  const TemporaryFolder folder;
  Context context(1);
  const auto vector_of = [&](const Shapes& more) {
    return Embedder::load(write(folder, llama_cpp_keys(), {}, more), {}, context).embed_one("cats", TextRole::plain, context);
  };
  constexpr std::size_t kIn = 32, kMiddle = 64, kOut = 16;
  const std::vector<float> plain = vector_of({});
  const std::vector<float> got = vector_of({{"dense_2.weight", {kMiddle, kIn}}, {"dense_3.weight", {kOut, kMiddle}}});
  const auto mapped = [](const std::vector<double>& in, std::size_t n_out) {
    std::vector<double> out(n_out);
    for (std::size_t o = 0; o < n_out; ++o) {
      for (std::size_t i = 0; i < in.size(); ++i) out[o] += static_cast<double>(number_at(o * in.size() + i)) * in[i];
    }
    return out;
  };
  const std::vector<double> want = mapped(mapped({plain.begin(), plain.end()}, kMiddle), kOut);
  double squared = 0;
  for (const double x : want) squared += x * x;
  ASSERT_EQ(got.size(), kOut);
  for (std::size_t i = 0; i < kOut; ++i) EXPECT_NEAR(static_cast<double>(got[i]), want[i] / std::sqrt(squared), 1e-5);  // float sums of 64
  expect_part(loading(write(folder, llama_cpp_keys(), {}, {{"dense_2.weight", {kMiddle, kIn / 2}}})), "dense_2.weight");
}

TEST(GgufModel, WithWrongKeysIsRefusedInOneLine) {
  expect_part(loading_with("general.architecture", std::string("mamba")),
              "architecture 'mamba' is not one that akin runs; it runs bert, nomic-bert,");
  expect_part(loading_with("tokenizer.ggml.model", std::string("rwkv")), "rwkv");
  expect_part(loading_with("tokenizer.ggml.cls_token_id", 8U), "names token 8 of a vocabulary of 8");
  expect_part(loading_with("bert.attention.head_count", 0U),
              "'bert.attention.head_count' must be a whole number above 0 and under 2147483648, found 0");
  expect_part(loading_with("bert.attention.head_count", 5U),
              "'bert.attention.head_count' must be a divisor of embedding_length 32, found 5");
  expect_part(loading_with("bert.block_count", 1000000000U), "'bert.block_count' must be at most 4096");
  expect_part(loading_with("bert.block_count", 4096U), "blk.4095.");
  expect_part(loading_with("bert.block_count", std::string("one")), "bert.block_count");
  expect_part(loading_with("bert.embedding_length", 64U), "the config asks for (64)");
  expect_part(loading_with("bert.pooling_type", 7U), "bert.pooling_type 7 is not known");
  expect_part(loading_with("akin.steps", std::vector<std::string>{"whiten"}), "step 'whiten' is not known");
  expect_part(loading_with("akin.steps", std::vector<std::string>{"dense:tanh"}),
              "tensor 'akin.step.0.weight' (two dimensions) is missing");
  expect_part(loading_with("akin.activation", std::string("sn\"ake")), "not known");
  expect_part(loading_with("akin.pooling", std::vector<std::string>{"median"}), "unknown pooling mode 'median'");
  expect_part(loading_with("akin.prompts.default", std::string("haiku")), "'haiku' is not among the prompts");
}

TEST(GgufModel, WithAMissingTensorIsRefusedByItsName) {
  const TemporaryFolder folder;
  expect_part(loading(write(folder, llama_cpp_keys(), {"blk.0.ffn_down.weight"})),
              "tensor 'blk.0.ffn_down.weight' of shape (32, 64) is missing");
}

TEST(GgufModel, CutShortIsRefusedAtEveryLength) {
  const TemporaryFolder folder;
  const auto path = write(folder, llama_cpp_keys());
  const std::string whole = read_file(path, 1 << 20);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    folder.write("cut.gguf", std::string_view(whole).substr(0, size));
    ASSERT_NE(loading(folder.path() / "cut.gguf"), "loaded") << size;
  }
}

}  // namespace
}  // namespace akin
