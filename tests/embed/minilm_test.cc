// The whole road on the real model: ids, vectors, cuts, and the same bits in every batch, on every number of threads, on every CPU target.
#include "minilm.h"

#include <gtest/gtest.h>

#include "akin/embed/verify.h"
#include "akin/kernels/target.h"

namespace akin {
namespace {

// Twice what two correct float programs differ by would be 6e-7 (torch against its own float64 run: 2.5e-7); the promise is 1e-5.
constexpr double kTolerance = 1e-5;

Reference first_texts(Reference reference, std::size_t n) {
  reference.texts.resize(std::min(n, reference.texts.size()));
  reference.ids.resize(reference.texts.size());
  Matrix<float> vectors(reference.texts.size(), reference.vectors.cols());
  for (std::size_t r = 0; r < vectors.rows(); ++r) std::ranges::copy(reference.vectors.row(r), vectors.row(r).begin());
  reference.vectors = std::move(vectors);
  return reference;
}

Reference shipped() { return read_reference(AKIN_ROOT "/models/all-MiniLM-L6-v2.reference.safetensors"); }

TEST(MiniLm, GivesTheReferencesVectorsForAllTwoHundredTexts) {
  AKIN_NEED_MINILM();
  const golden::Nearness near = golden::nearness(golden::minilm_vectors(Precision::f32), golden::expected_minilm());
  EXPECT_LE(near.largest_difference, kTolerance);
  RecordProperty("largest_difference", std::to_string(near.largest_difference * 1e9) + "e-9");
}

TEST(MiniLm, GivesTheReferencesIdsForAllTwoHundredTexts) {
  AKIN_NEED_MINILM();
  const Tokenizer tokenizer = Tokenizer::from_folder(golden::minilm_folder());
  EncodeOptions cut;
  cut.max_tokens = 256;
  const auto wanted = golden::json(golden::path("minilm/ids.json"));
  const std::vector<std::string> texts = golden::minilm_strings();
  ASSERT_EQ(wanted.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(nlohmann::json(tokenizer.encode(texts[i], cut).ids), wanted.at(i)) << texts[i];
}

TEST(MiniLm, ReportsEveryTokenSeenAndDropped) {
  AKIN_NEED_MINILM();
  Context context(1);
  const Embedder embedder = Embedder::load(golden::minilm_folder(), {}, context);
  EXPECT_EQ(embedder.max_tokens(), 256U);
  EncodeOptions cut;
  cut.max_tokens = embedder.max_tokens();
  std::size_t n_cut = 0;
  for (const golden::MinilmText& text : golden::minilm_texts()) {
    const Encoding encoding = embedder.tokenizer().encode(text.text, cut);
    EXPECT_EQ(encoding.ids.size(), text.tokens_used) << text.text.substr(0, 80);
    EXPECT_EQ(encoding.n_tokens_seen, text.tokens_full) << text.text.substr(0, 80);
    n_cut += encoding.n_tokens_dropped > 0 ? 1U : 0U;
  }
  EXPECT_GT(n_cut, 0U);
}

TEST(MiniLm, HasTheReferencesIdsAndTheSameBitsInEveryBatchAndOnTwoThreads) {
  AKIN_NEED_MINILM();
  Context context(2);
  const Reference reference = shipped();
  const VerifyReport report = verify(Embedder::load(golden::minilm_folder(), {}, context), &reference, context);
  EXPECT_TRUE(report.ids_equal()) << report.first_difference;
  EXPECT_LE(report.max_abs_difference, kTolerance);
  for (const InvarianceCheck& check : report.invariance) EXPECT_EQ(check.n_different, 0U) << check.name;
}

TEST(MiniLm, IsInvariantAtLowPrecisionsToo) {
  AKIN_NEED_MINILM();
  Context context(2);
  const Reference reference = first_texts(shipped(), 80);
  for (const Precision precision : {Precision::bf16, Precision::int8}) {
    EmbedderOptions options;
    options.precision = precision;
    const VerifyReport report = verify(Embedder::load(golden::minilm_folder(), options, context), &reference, context);
    for (const InvarianceCheck& check : report.invariance) EXPECT_EQ(check.n_different, 0U) << name_of(precision) << " " << check.name;
    EXPECT_TRUE(report.vectors_near()) << name_of(precision) << " " << report.cosine_least;
  }
}

TEST(MiniLm, IsRightAndInvariantOnEveryCpuTarget) {
  AKIN_NEED_MINILM();
  const Reference reference = first_texts(shipped(), 24);
  kernels::for_each_target([&](std::string_view target) {
    Context context(2);
    const VerifyReport report = verify(Embedder::load(golden::minilm_folder(), {}, context), &reference, context);
    EXPECT_LE(report.max_abs_difference, kTolerance) << target;
    for (const InvarianceCheck& check : report.invariance) EXPECT_EQ(check.n_different, 0U) << target << " " << check.name;
  });
}

}  // namespace
}  // namespace akin
