#include "file_choice.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;
using Names = std::vector<std::string>;

RepositoryInfo repository(const Names& names) {
  RepositoryInfo info;
  for (const std::string& name : names) info.files.push_back({name, std::nullopt});
  return info;
}

Names wanted(const Names& names, const Names& include = {}, const Names& exclude = {}) {
  Names chosen;
  for (const RepositoryFile& file : choose_files(repository(names), include, exclude, "org/model").wanted) chosen.push_back(file.name);
  return chosen;
}

TEST(FileChoice, MatchesShellPatterns) {
  EXPECT_TRUE(glob_match("*.json", "a/b.json"));
  EXPECT_TRUE(glob_match("model-?.safetensors", "model-1.safetensors"));
  EXPECT_TRUE(glob_match("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(glob_match("onnx/", "onnx/model.onnx"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_FALSE(glob_match("*.json", "a.jsonl"));
  EXPECT_FALSE(glob_match("a", "b"));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_FALSE(glob_match("?", ""));
  EXPECT_FALSE(glob_match(std::string(2000, '*') + "b", std::string(20'000, 'a'))) << "patterns cost no more than length times length";
}

TEST(FileChoice, TakesWhatAkinReadsAndTellsWhatItLeaves) {
  const Names names = {"config.json",
                       "modules.json",
                       "1_Pooling/config.json",
                       "2_Dense/model.safetensors",
                       "model.safetensors",
                       "tokenizer.json",
                       "vocab.txt",
                       "README.md",
                       "pytorch_model.bin",
                       "onnx/config.json",
                       "openvino/model.bin",
                       "tf_model.h5",
                       "train_script.py",
                       "model.fp16.safetensors",
                       "flax_model.msgpack"};
  const FileChoice choice = choose_files(repository(names), {}, {}, "org/model");
  Names taken;
  for (const RepositoryFile& file : choice.wanted) taken.push_back(file.name);
  EXPECT_EQ(taken, (Names{"config.json", "modules.json", "1_Pooling/config.json", "2_Dense/model.safetensors", "model.safetensors",
                          "tokenizer.json", "vocab.txt"}));
  EXPECT_EQ(choice.left_out.size(), names.size() - taken.size());
}

TEST(FileChoice, TakesWeightsInParts) {
  const Names names = {"config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                       "model.safetensors.index.json"};
  EXPECT_EQ(wanted(names), names);
}

TEST(FileChoice, TakesTheOneGgufWhereThereIsNothingElse) {
  EXPECT_EQ(wanted({"config.json", "m.Q8_0.gguf", "README.md"}), (Names{"config.json", "m.Q8_0.gguf"}));
  EXPECT_EQ(wanted({"config.json", "m.gguf", "model.safetensors"}), (Names{"config.json", "model.safetensors"}));
  EXPECT_EQ(wanted({"a.gguf", "b.gguf"}, {}, {"a*"}), (Names{"b.gguf"}));
  expect_error(ErrorCode::unsupported, "--include: a.gguf, b.gguf", [] { wanted({"a.gguf", "b.gguf"}); });
}

TEST(FileChoice, NeverTakesAPickle) {
  const Names pickles = {
      "pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "a.pt", "b.pth", "x/c.ckpt", "training_args.bin", "d.pkl"};
  for (const std::string& pickle : pickles) expect_error(ErrorCode::unsupported, "", [&] { wanted({pickle}, {"*"}); });
  expect_error(ErrorCode::unsupported, "as pickles only (pytorch_model.bin)", [] { wanted({"config.json", "pytorch_model.bin"}); });
  EXPECT_EQ(wanted({"cc.en.300.bin"}, {"*.bin"}), (Names{"cc.en.300.bin"})) << "a fastText file is no pickle";
}

TEST(FileChoice, SaysWhatIsThereWhereNothingCanBeTaken) {
  expect_error(ErrorCode::unsupported, "no weights that akin reads (.safetensors, .gguf); it holds model.onnx", [] {
    wanted({"config.json", "model.onnx"});
  });
  expect_error(ErrorCode::unsupported, "(9 files)", [] { wanted({"1", "2", "3", "4", "5", "6", "7", "8", "9"}, {"x"}); });
}

}  // namespace
}  // namespace akin::hub
