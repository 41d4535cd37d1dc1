#include "akin/embed/zero_shot.h"

#include <gtest/gtest.h>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

Matrix<float> rows_of(const SafetensorsFile& file, const std::string& before, const std::string& after, std::size_t n) {
  Matrix<float> rows;
  for (std::size_t i = 0; i < n; ++i) {
    const TensorView* tensor = file.find(before + std::to_string(i) + after);
    if (i == 0) rows = Matrix<float>(n, tensor->size());
    tensor->row_to_float(0, rows.row(i));
  }
  return rows;
}

TEST(ZeroShot, GivesTheReferencesProbabilities) {
  for (const char* name : {"clip", "siglip"}) {
    const auto folder = golden::path(std::string("models/") + name);
    const auto file = open_safetensors(folder / "expected.safetensors");
    Context context(1);
    const auto match = Embedder::load(folder, {}, context).info().match;
    ASSERT_TRUE(match.has_value()) << name;
    const Matrix<float> cosines =
        label_cosines(rows_of(*file, "image", ".image_embed", 4).view(), rows_of(*file, "text", ".text_embed", 3).view());
    const Matrix<float> got = label_probabilities(cosines.view(), *match);
    const TensorView* want = file->find("probs");
    std::vector<float> row(3);
    for (std::size_t i = 0; i < 4; ++i) {
      want->row_to_float(i, row);
      // The vectors are rounded to float (6e-8), their products are summed in float, and the scale makes that up to a hundred times larger.
      for (std::size_t l = 0; l < 3; ++l) EXPECT_NEAR(got(i, l), row[l], 1e-5) << name << " " << i << " " << l;
    }
  }
}

TEST(LabelCosines, DoNotDependOnLengths) {
  Matrix<float> items(1, 2), labels(2, 2);
  items(0, 0) = 10;
  labels(0, 0) = 0.5F;
  labels(1, 1) = 3;
  const Matrix<float> cosines = label_cosines(items.view(), labels.view());
  EXPECT_FLOAT_EQ(cosines(0, 0), 1);
  EXPECT_FLOAT_EQ(cosines(0, 1), 0);
}

TEST(LabelProbabilities, SumToOneOnlyWithSoftmax) {
  Matrix<float> cosines(1, 2);
  cosines(0, 0) = cosines(0, 1) = 0.3F;
  const Matrix<float> soft = label_probabilities(cosines.view(), {100, 0, false});
  EXPECT_FLOAT_EQ(soft(0, 0) + soft(0, 1), 1);
  const Matrix<float> each = label_probabilities(cosines.view(), {10, -3, true});
  EXPECT_FLOAT_EQ(each(0, 0), 0.5F);
  EXPECT_FLOAT_EQ(each(0, 1), 0.5F);
}

TEST(FillTemplate, PutsTheLabelInEveryPlace) {
  EXPECT_EQ(fill_template(kPhotoTemplate, "a cat"), "This is a photo of a cat.");
  EXPECT_EQ(fill_template("{} or {}", "x"), "x or x");
  EXPECT_EQ(fill_template("{}", "{}"), "{}");
  testing::expect_error(ErrorCode::invalid_argument, "has no {} where the label stands", [] { fill_template("a photo", "x"); });
}

TEST(EmbedLabels, RefusesNoLabelsAndEmptyOnes) {
  Context context(1);
  const Embedder embedder = Embedder::load(golden::path("models/bert"), {}, context);
  testing::expect_error(ErrorCode::invalid_argument, "at least one label", [&] { embed_labels(embedder, {}, "{}", context); });
  testing::expect_error(ErrorCode::invalid_argument, "a label is empty", [&] { embed_labels(embedder, {"a", " "}, "{}", context); });
}

TEST(EmbedLabels, GivesTheVectorsOfTheFilledTemplate) {
  Context context(1);
  const Embedder embedder = Embedder::load(golden::path("models/bert"), {}, context);
  const Matrix<float> vectors = embed_labels(embedder, {"cat", "dog"}, "a {} here", context);
  ASSERT_EQ(vectors.rows(), 2U);
  EXPECT_TRUE(std::ranges::equal(vectors.row(1), embedder.embed_one("a dog here", TextRole::plain, context)));
}

}  // namespace
}  // namespace akin
