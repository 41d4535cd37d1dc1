#include "image_model.h"

#include <gtest/gtest.h>

#include <set>

#include "base/throws.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;

TEST(IsImageModel, TellsByTheFamily) {
  for (const char* name : {"clip", "siglip", "vit", "dinov2"}) EXPECT_TRUE(is_image_model(golden::path(std::string("models/") + name)));
  EXPECT_FALSE(is_image_model(golden::path("models/bert")));
  EXPECT_FALSE(is_image_model(golden::path("sentence-transformers/prompts")));
  EXPECT_FALSE(is_image_model("no/such/folder"));
  EXPECT_FALSE(is_image_model(golden::path("README.md")));
}

TEST(ReadImageModel, ReadsSentenceTransformersFolderOfAClipModel) {
  const testing::TemporaryFolder folder;
  std::filesystem::copy(golden::path("models/clip"), folder.path() / "0_CLIPModel", std::filesystem::copy_options::recursive);
  const auto modules = [&](const char* json) { std::ofstream(folder.path() / "modules.json") << json; };
  modules(R"([{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}])");
  EXPECT_TRUE(is_image_model(folder.path()));
  EXPECT_FALSE(read_image_model(folder.path()).normalize);  // as there: a list of modules without Normalize
  modules(R"([{"path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"},
              {"path": "1", "type": "sentence_transformers.models.Normalize"}])");
  EXPECT_TRUE(read_image_model(folder.path()).normalize);
  modules(R"([{"path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"},
              {"path": "1", "type": "sentence_transformers.models.Dense"}])");
  testing::expect_error(ErrorCode::unsupported, "after a CLIPModel is not known", [&] { read_image_model(folder.path()); });
  modules(R"([{"path": "../x", "type": "sentence_transformers.models.CLIPModel"}])");
  testing::expect_error(ErrorCode::corrupt, "leads out of the model's folder", [&] { read_image_model(folder.path()); });
}

TEST(ReadImageModel, TakesImagesWithoutATokenizer) {
  const ModelCopy copy("models/clip");
  for (const char* file : {"tokenizer.json", "vocab.json", "merges.txt"}) std::filesystem::remove(copy.path() / file);
  const ImageModelFiles files = read_image_model(copy.path());
  EXPECT_TRUE(files.vision.has_value());
  EXPECT_FALSE(files.tokenizer.has_value());
  EXPECT_NE(files.no_texts, "");
}

TEST(ReadImageModel, NeedsToKnowHowPicturesArePrepared) {
  const ModelCopy copy("models/vit");
  std::filesystem::remove(copy.path() / "preprocessor_config.json");
  testing::expect_error(ErrorCode::not_found, "preprocessor_config.json: no such file", [&] { read_image_model(copy.path()); });
}

TEST(ReadImageModel, TakesThePadTokenOfTheTokenizer) {
  const ModelCopy copy("models/clip");
  EXPECT_EQ(read_image_model(copy.path()).max_tokens, 77U);
  copy.edit_json("tokenizer_config.json", [](nlohmann::json& json) { json["model_max_length"] = 40; });
  EXPECT_EQ(read_image_model(copy.path()).max_tokens, 40U);
}

TEST(ImageFingerprint, DiffersWithEverythingThatMovesVectors) {
  const ModelCopy copy("models/clip");
  const auto fingerprint = [&](const EmbedderOptions& options = {}) { return space_fingerprint(read_image_model(copy.path()), options); };
  const std::string plain = fingerprint();
  EXPECT_EQ(plain.size(), 64U);
  EXPECT_EQ(plain, space_fingerprint(read_image_model(golden::path("models/clip")), {}));
  std::set<std::string> all = {plain};
  EmbedderOptions options[4];
  options[0].precision = Precision::bf16;
  options[1].dims = 8;
  options[2].max_tokens = 20;
  options[3].prompt = "a photo of ";
  for (const EmbedderOptions& one : options) EXPECT_TRUE(all.insert(fingerprint(one)).second);
  copy.edit_json("preprocessor_config.json", [](nlohmann::json& json) { json["resample"] = 2; });
  EXPECT_TRUE(all.insert(fingerprint()).second);
  std::string weights = copy.read("model.safetensors");
  weights[weights.size() - 3] = static_cast<char>(weights[weights.size() - 3] ^ 1);
  copy.write("model.safetensors", weights);
  EXPECT_TRUE(all.insert(fingerprint()).second);
}

}  // namespace
}  // namespace akin
