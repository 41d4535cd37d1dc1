#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "base/throws.h"
#include "model_copy.h"
#include "model_files.h"

namespace akin {
namespace {

using golden::loading;
using golden::ModelCopy;
using nlohmann::json;

constexpr char kTiny[] = "sentence-transformers/pool-mean";

void set(const ModelCopy& model, const char* file, const char* key, json value) {
  model.edit_json(file, [&](json& content) { content[key] = std::move(value); });
}

/// Renames a tensor in the header without moving a byte. Both names have the same length.
void rename_tensor(const ModelCopy& model, const std::string& from, const std::string& to) {
  std::string bytes = model.read("model.safetensors");
  bytes.replace(bytes.find(from), from.size(), to);
  model.write("model.safetensors", bytes);
}

struct Spoiled {
  const char* name;
  void (*spoil)(const ModelCopy& model);
  std::vector<const char*> wanted;  ///< parts of the one line
};

// The name of a test case must be the same in every run.
void PrintTo(const Spoiled& spoiled, std::ostream* out) { *out << spoiled.name; }

const Spoiled kSpoiled[] = {
    {"MissingTensor",
     [](const ModelCopy& m) { rename_tensor(m, "layer.1.output.dense.weight", "layer.1.output.dense.weighs"); },
     {"model.safetensors", "tensor 'encoder.layer.1.output.dense.weight' of shape (", "is missing"}},
    {"WrongShape",
     [](const ModelCopy& m) { set(m, "config.json", "intermediate_size", 63); },
     {"model.safetensors", "output.dense.weight' has shape (", "the config asks for (32, 63)"}},
    {"WrongVocabularySize",
     [](const ModelCopy& m) { set(m, "config.json", "vocab_size", 1000000000); },
     {"word_embeddings.weight' has shape (", "the config asks for (1000000000, 32)"}},
    {"TruncatedWeights",
     [](const ModelCopy& m) {
       const std::string bytes = m.read("model.safetensors");
       m.write("model.safetensors", bytes.substr(0, bytes.size() - 100));
     },
     {"model.safetensors", "data_offsets", "the data has"}},
    {"WeightsOfThreeBytes", [](const ModelCopy& m) { m.write("model.safetensors", "abc"); }, {"model.safetensors"}},
    {"HeaderLongerThanTheFile",
     [](const ModelCopy& m) { m.write("model.safetensors", std::string(7, '\xff') + "\x7f{}"); },
     {"model.safetensors", "header"}},
    {"NoWeights", [](const ModelCopy& m) { std::filesystem::remove(m.path() / "model.safetensors"); }, {"model", "safetensors"}},
    {"NoConfig", [](const ModelCopy& m) { std::filesystem::remove(m.path() / "config.json"); }, {"no config.json in it"}},
    {"ConfigIsNoJson", [](const ModelCopy& m) { m.write("config.json", "{\"model_type\": "); }, {"config.json", "not valid JSON"}},
    {"ConfigIsAList", [](const ModelCopy& m) { m.write("config.json", "[]"); }, {"config.json", "a JSON object is wanted, found array"}},
    {"UnknownFamily",
     [](const ModelCopy& m) { set(m, "config.json", "model_type", "mamba"); },
     {"config.json: model_type 'mamba' is not a family that akin runs; it runs jina-bert, bert, distilbert"}},
    {"NoHeads",
     [](const ModelCopy& m) { set(m, "config.json", "num_attention_heads", 0); },
     {"config.json: key 'num_attention_heads' must be a whole number above 0", "found 0"}},
    {"HeadsThatDoNotDivide",
     [](const ModelCopy& m) { set(m, "config.json", "num_attention_heads", 7); },
     {"config.json: the hidden states' size 32 is not a multiple of the number of attention heads 7"}},
    {"NegativeSize", [](const ModelCopy& m) { set(m, "config.json", "hidden_size", -32); }, {"key 'hidden_size'", "found -32"}},
    {"HugeSize",
     [](const ModelCopy& m) { set(m, "config.json", "hidden_size", 2147483640); },
     {"config.json: the size of the hidden states cannot be 2147483640"}},
    {"SizeAsText", [](const ModelCopy& m) { set(m, "config.json", "hidden_size", "32"); }, {"key 'hidden_size'", "found \"32\""}},
    {"ABillionLayers",
     [](const ModelCopy& m) { set(m, "config.json", "num_hidden_layers", 1000000000); },
     {"config.json: key 'num_hidden_layers' must be at most 4096", "found 1000000000"}},
    {"MoreLayersThanTheFile",
     [](const ModelCopy& m) { set(m, "config.json", "num_hidden_layers", 4000); },
     {"model.safetensors", "encoder.layer.3999.", "is missing"}},
    {"RelativePositions",
     [](const ModelCopy& m) { set(m, "config.json", "position_embedding_type", "relative_key"); },
     {"position_embedding_type 'relative_key' is not known"}},
    {"UnknownActivation", [](const ModelCopy& m) { set(m, "config.json", "hidden_act", "snake"); }, {"config.json: activation 'snake'"}},
    {"UnknownTokenizerKind",
     [](const ModelCopy& m) { m.edit_json("tokenizer.json", [](json& t) { t["model"]["type"] = "Unigrams"; }); },
     {"tokenizer.json", "'Unigrams'"}},
    {"UnknownNormalizer",
     [](const ModelCopy& m) { m.edit_json("tokenizer.json", [](json& t) {
                                t["normalizer"] = {{"type", "Rot13"}};
                              }); },
     {"tokenizer.json", "'Rot13'"}},
    {"NoTokenizer",
     [](const ModelCopy& m) {
       std::filesystem::remove(m.path() / "tokenizer.json");
       std::filesystem::remove(m.path() / "vocab.txt");
     },
     {"holds no tokenizer.json, vocab.txt"}},
    {"MoreTokensThanRows",
     [](const ModelCopy& m) {
       m.edit_json("tokenizer.json", [](json& t) {
         t["added_tokens"].push_back({{"id", 70000},
                                      {"content", "<far>"},
                                      {"special", true},
                                      {"single_word", false},
                                      {"lstrip", false},
                                      {"rstrip", false},
                                      {"normalized", false}});
       });
     },
     {"the tokenizer has 70001 tokens, the embedding table"}},
    {"UnknownModule",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t[2]["type"] = "x.models.CNN"; }); },
     {"modules.json: module 'CNN' is not supported: it is a convolution over tokens; known are Transformer, StaticEmbedding, Pooling"}},
    {"ModuleOfNobody",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t[2]["type"] = "my_code.Whitening"; }); },
     {"modules.json: module 'Whitening' is not known; known are"}},
    {"StepBeforePooling",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { std::swap(t[1], t[2]); }); },
     {"modules.json: module 'Normalize' stands before Pooling"}},
    {"NoPoolingModule",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t.erase(2), t.erase(1); }); },
     {"modules.json: the list has no Pooling module"}},
    {"TwoPoolingModules",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t.push_back(t[1]); }); },
     {"modules.json: two Pooling modules"}},
    {"ModuleOutsideTheFolder",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t[1]["path"] = "../../etc"; }); },
     {"modules.json: path '../../etc' leads out of the model's folder"}},
    {"NoTransformerModule",
     [](const ModelCopy& m) { m.edit_json("modules.json", [](json& t) { t.erase(0); }); },
     {"modules.json: the list has no Transformer module"}},
    {"ModulesAreNoList", [](const ModelCopy& m) { m.write("modules.json", "{}"); }, {"modules.json: a JSON list of modules is wanted"}},
    {"UnknownPooling",
     [](const ModelCopy& m) { set(m, "1_Pooling/config.json", "pooling_mode", "median"); },
     {"1_Pooling/config.json: unknown pooling mode 'median'"}},
    {"PoolingFlagIsNoBoolean",
     [](const ModelCopy& m) { set(m, "1_Pooling/config.json", "pooling_mode_cls_token", "yes"); },
     {"1_Pooling/config.json: key 'pooling_mode_cls_token' has a value of the wrong kind (string)"}},
    {"NoPoolingConfig", [](const ModelCopy& m) { std::filesystem::remove(m.path() / "1_Pooling/config.json"); }, {"1_Pooling/config.json"}},
    {"NegativeLimit",
     [](const ModelCopy& m) { set(m, "sentence_bert_config.json", "max_seq_length", -5); },
     {"sentence_bert_config.json: key 'max_seq_length'", "-5"}},
    {"LimitOfSpecialTokensAlone",
     [](const ModelCopy& m) { set(m, "sentence_bert_config.json", "max_seq_length", 2); },
     {"max_tokens must be 3 to"}},
    {"DefaultPromptThatIsNotThere",
     [](const ModelCopy& m) { set(m, "config_sentence_transformers.json", "default_prompt_name", "haiku"); },
     {"default_prompt_name 'haiku' is not among the prompts"}},
};

class SpoiledFolder : public ::testing::TestWithParam<Spoiled> {};

TEST_P(SpoiledFolder, IsRefusedInOneLineThatSaysWhere) {
  const ModelCopy model(kTiny);
  ASSERT_EQ(loading(model.path()), "loaded");
  GetParam().spoil(model);
  const std::string message = loading(model.path());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  for (const char* part : GetParam().wanted) EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
}

INSTANTIATE_TEST_SUITE_P(Kinds, SpoiledFolder, ::testing::ValuesIn(kSpoiled), [](const auto& kind) { return kind.param.name; });

TEST(FolderModel, RefusesADenseStepThatDoesNotFit) {
  const ModelCopy model("sentence-transformers/dense-tanh");
  set(model, "2_Dense/config.json", "in_features", 31);
  EXPECT_NE(loading(model.path()).find("2_Dense/config.json: in_features is 31, the step before gives 32"), std::string::npos);
  set(model, "2_Dense/config.json", "in_features", 32);
  set(model, "2_Dense/config.json", "activation_function", "torch.nn.modules.activation.Hardtanh");
  EXPECT_NE(loading(model.path()).find("activation_function 'torch.nn.modules.activation.Hardtanh' is not known"), std::string::npos);
}

TEST(FolderModel, ReadsTheNewNamesOfModulesAndPooling) {
  const ModelCopy model(kTiny);
  model.edit_json("modules.json", [](json& list) {
    list[0]["type"] = "sentence_transformers.base.modules.transformer.Transformer";
    list[1]["type"] = "sentence_transformers.sentence_transformer.modules.pooling.Pooling";
    list[2]["type"] = "sentence_transformers.sentence_transformer.modules.normalize.Normalize";
  });
  model.write("1_Pooling/config.json", R"({"embedding_dimension": 32, "pooling_mode": ["cls", "mean"], "include_prompt": false})");
  const ModelFiles files = read_model(model.path());
  EXPECT_EQ(files.sentence.pooling.modes, (std::vector{nn::PoolingMode::cls, nn::PoolingMode::mean}));
  EXPECT_FALSE(files.sentence.include_prompt);
  EXPECT_EQ(output_dim(files), 64U);
}

TEST(FolderModel, FindsTheTransformerInAFolderOfItsOwn) {
  const ModelCopy model(kTiny);
  std::filesystem::create_directory(model.path() / "0_Transformer");
  for (const char* file :
       {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "sentence_bert_config.json"}) {
    std::filesystem::rename(model.path() / file, model.path() / "0_Transformer" / file);
  }
  model.edit_json("modules.json", [](json& list) { list[0]["path"] = "0_Transformer"; });
  EXPECT_EQ(loading(model.path()), "loaded");
}

TEST(FolderModel, WithoutModulesIsPooledByItsMeanAndNotNormalized) {
  const ModelCopy model(kTiny);
  std::filesystem::remove(model.path() / "modules.json");
  const ModelFiles files = read_model(model.path());
  EXPECT_EQ(files.sentence.pooling.modes, (std::vector{nn::PoolingMode::mean}));
  EXPECT_TRUE(files.sentence.steps.empty());
}

TEST(FolderModel, TakesTheLowestOfTheLimitsThatAreStated) {
  const ModelCopy model(kTiny);
  EXPECT_EQ(read_model(model.path()).sentence.max_tokens, 32U);
  set(model, "sentence_bert_config.json", "max_seq_length", nullptr);
  set(model, "tokenizer_config.json", "model_max_length", 20);
  EXPECT_EQ(read_model(model.path()).sentence.max_tokens, 20U);
  set(model, "tokenizer_config.json", "model_max_length", 1e30);
  EXPECT_EQ(read_model(model.path()).sentence.max_tokens, read_model(model.path()).model.spec.max_positions());
}

TEST(FolderModel, ThatIsNotThereIsNamed) { EXPECT_EQ(loading("no/such/model"), "no/such/model: no such model folder or .gguf file"); }

TEST(FolderModel, ReadsTheTokenizerWhileTheWeightsAreUsed) {
  std::size_t n_layers = 0;
  const ModelFiles files = read_model(golden::path(kTiny), [&](const TensorFile& weights, const ModelDescription& model) {
    n_layers = model.spec.n_layers;
    EXPECT_FALSE(weights.tensors().empty());
  });
  EXPECT_EQ(n_layers, files.model.spec.n_layers);
  EXPECT_EQ(files.tokenizer.fingerprint(), read_model(golden::path(kTiny)).tokenizer.fingerprint());
  const auto refuse = [](const TensorFile&, const ModelDescription&) { throw Error(ErrorCode::limit, "no room"); };
  testing::expect_error(ErrorCode::limit, "no room", [&] { read_model(golden::path(kTiny), refuse); });
  const ModelCopy broken(kTiny);
  broken.write("tokenizer.json", "{");
  testing::expect_error(ErrorCode::corrupt, "tokenizer.json", [&] { read_model(broken.path(), [](const auto&, const auto&) {}); });
}

}  // namespace
}  // namespace akin
