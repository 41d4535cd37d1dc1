#include "akin/embed/verify.h"

#include <gtest/gtest.h>

#include <cstring>

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::TemporaryFolder;

Embedder tiny(Context& context) { return Embedder::load(AKIN_GOLDEN "/sentence-transformers/pool-mean", {}, context); }

// What the model itself answers, to be bent by the tests.
Reference reference_of(const Embedder& embedder, Context& context) {
  Reference reference;
  reference.texts = {"one house", "", "two houses by the sea", "ships"};
  EncodeOptions cut;
  cut.max_tokens = embedder.max_tokens();
  for (const std::string& text : reference.texts) reference.ids.push_back(embedder.tokenizer().encode(text, cut).ids);
  reference.vectors = embedder.embed(reference.texts, TextRole::plain, context).vectors;
  return reference;
}

TEST(Verify, PassesAModelThatGivesTheReference) {
  Context context(1);
  const Embedder embedder = tiny(context);
  const Reference reference = reference_of(embedder, context);
  const VerifyReport report = verify(embedder, &reference, context);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.max_abs_difference, 0);
  EXPECT_EQ(report.n_ids_equal, 4U);
  EXPECT_EQ(report.invariance.size(), 7U);
}

TEST(Verify, ProvesInvarianceAloneWithoutAReference) {
  Context context(1);
  const VerifyReport report = verify(tiny(context), nullptr, context);
  EXPECT_TRUE(report.passed());
  EXPECT_FALSE(report.has_reference);
  EXPECT_GE(report.n_texts, 64U);
}

TEST(Verify, NamesTheFirstIdThatDiffers) {
  Context context(1);
  const Embedder embedder = tiny(context);
  Reference reference = reference_of(embedder, context);
  reference.ids[2][1] += 1;
  const VerifyReport report = verify(embedder, &reference, context);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.n_ids_equal, 3U);
  EXPECT_NE(report.first_difference.find("text 3, token 1"), std::string::npos) << report.first_difference;
}

TEST(Verify, SeesADifferenceOfAHundredThousandth) {
  Context context(1);
  const Embedder embedder = tiny(context);
  Reference reference = reference_of(embedder, context);
  float largest = 1;
  for (std::size_t r = 0; r < reference.vectors.rows(); ++r)
    for (const float value : reference.vectors.row(r)) largest = std::max(largest, std::abs(value));
  reference.vectors(1, 0) += 2e-5F * largest;
  const VerifyReport report = verify(embedder, &reference, context);
  EXPECT_FALSE(report.vectors_near());
  EXPECT_TRUE(report.ids_equal());
}

TEST(Verify, RefusesAReferenceOfOtherDimensions) {
  Context context(1);
  const Embedder embedder = tiny(context);
  Reference reference = reference_of(embedder, context);
  reference.vectors = Matrix<float>(4, embedder.dim() + 1);
  EXPECT_THROW(verify(embedder, &reference, context), Error);
}

TEST(Verify, StopsWhenCancelled) {
  Context context(1);
  const Embedder embedder = tiny(context);
  context.cancel.cancel();
  EXPECT_THROW(verify(embedder, nullptr, context), Error);
}

// Builds a reference file out of parts, any of which a test may spoil.
struct File {
  std::vector<float> vectors = {1, 2, 3, 4};
  std::vector<std::int32_t> ids = {5, 6, 7}, id_ends = {1, 3}, text_ends = {2, 4};
  std::string texts = "abcd";
  std::map<std::string, std::string, std::less<>> metadata = {{"kind", "akin.reference.1"}, {"model", "m"}};

  void write(const std::filesystem::path& path) const {
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    const std::vector<TensorView> tensors = {{"vectors", TensorType::f32, {2, 2}, bytes(vectors)},
                                             {"texts", TensorType::u8, {texts.size()}, bytes(texts)},
                                             {"text_ends", TensorType::i32, {text_ends.size()}, bytes(text_ends)},
                                             {"ids", TensorType::i32, {ids.size()}, bytes(ids)},
                                             {"id_ends", TensorType::i32, {id_ends.size()}, bytes(id_ends)}};
    write_safetensors(path, tensors, metadata);
  }
};

TEST(Reference, ReadsTextsIdsAndVectors) {
  const TemporaryFolder folder;
  File().write(folder.path() / "r.safetensors");
  const Reference reference = read_reference(folder.path() / "r.safetensors");
  EXPECT_EQ(reference.texts, (std::vector<std::string>{"ab", "cd"}));
  EXPECT_EQ(reference.ids, (std::vector<std::vector<std::int32_t>>{{5}, {6, 7}}));
  EXPECT_EQ(reference.vectors(1, 0), 3);
  EXPECT_EQ(reference.model, "m");
}

TEST(Reference, RefusesEndsThatDoNotCutTheirTensor) {
  const TemporaryFolder folder;
  const auto refused = [&](const File& file) {
    file.write(folder.path() / "r.safetensors");
    EXPECT_THROW(read_reference(folder.path() / "r.safetensors"), Error);
  };
  File file;
  file.text_ends = {3, 2};
  refused(file);
  file = {};
  file.text_ends = {2, 5};
  refused(file);
  file = {};
  file.id_ends = {-1, 3};
  refused(file);
  file = {};
  file.id_ends = {3};
  refused(file);
  file = {};
  file.metadata.clear();
  refused(file);
}

TEST(Reference, OfTheEmbeddedModelIsWhole) {
  const Reference reference = read_reference(AKIN_ROOT "/models/all-MiniLM-L6-v2.reference.safetensors");
  EXPECT_GE(reference.texts.size(), 100U);
  EXPECT_EQ(reference.vectors.cols(), 384U);
}

TEST(Verify, ProvesThatImagesHaveTheSameBitsInEveryBatch) {
  Context context(2);
  for (const char* name : {"clip", "vit"}) {
    const Embedder embedder = Embedder::load(golden::path(std::string("models/") + name), {}, context);
    const VerifyReport report = verify(embedder, nullptr, context);
    EXPECT_EQ(report.n_images, 20U) << name;
    EXPECT_EQ(report.n_texts == 0, std::string(name) == "vit");
    EXPECT_EQ(report.invariance.size(), std::string(name) == "vit" ? 7U : 14U);
    EXPECT_EQ(report.invariance.back().name, "images, shuffled, 2 threads");
    EXPECT_TRUE(report.passed());
  }
}

TEST(Verify, RefusesAReferenceOfTextsForAModelOfImages) {
  Context context(1);
  const Embedder embedder = Embedder::load(golden::path("models/vit"), {}, context);
  Reference reference;
  reference.vectors = Matrix<float>(1, embedder.dim());
  reference.texts = {"a"};
  EXPECT_THROW(verify(embedder, &reference, context), Error);
}

}  // namespace
}  // namespace akin
