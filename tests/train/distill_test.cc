#include "akin/train/distill.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "../golden_files.h"
#include "akin/base/error.h"
#include "akin/train/wider_vocabulary.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "cosine.h"
#include "trained_corpus.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::cosine;

const fs::path kTeacher = golden::path("sentence-transformers/pool-mean");

Embedder teacher(Context& context) { return Embedder::load(kTeacher, {}, context); }

std::string teachers_tokenizer() { return read_file(kTeacher / "tokenizer.json", std::size_t{1} << 24); }

using Folder = testing::TemporaryFolder;

TEST(Distill, ATextsVectorIsTheMeanOfItsTokens) {
  Context context(2);
  const Embedder from = teacher(context);
  const Distiller distiller(from, {.dims = 8}, context);
  const Folder folder;
  write_static_model(folder.path(), distiller.vectors().view(), teachers_tokenizer(), StaticType::f32, "tiny");
  const Embedder made = Embedder::load(folder.path(), {}, context);
  ASSERT_EQ(made.dim(), 8U);
  const std::string text = "The whale swam away.";
  std::vector<float> sum(8);
  for (const std::int32_t id : from.tokenizer().encode(text, {.special_tokens = false}).ids) {
    for (std::size_t c = 0; c < 8; ++c) sum[c] += distiller.vectors()(static_cast<std::size_t>(id), c);
  }
  EXPECT_NEAR(cosine(made.embed_one(text, TextRole::plain, context), sum), 1, 1e-6);  // sums of a few floats
}

TEST(Distill, AWordOfItsOwnHasTheVectorThatTheModelGivesIt) {
  Context context(2);
  const Embedder from = teacher(context);
  WiderVocabulary wider(teachers_tokenizer(), "t");
  const std::vector<std::string> texts(5, "zzyzyx");
  wider.add(texts, context);
  const std::string tokenizer = wider.tokenizer_json(1);
  // All dimensions and no weights: but for the turn to the axes, and the mean that is taken away, it is the model's vector.
  const DistillOptions options{.dims = 0, .sif = 0};
  const Distiller plain(from, options, context), with_word(from, Tokenizer::from_json(tokenizer, "t"), options, context);
  ASSERT_EQ(with_word.vectors().rows(), plain.vectors().rows() + 1);
  const auto distance = [](std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - double{b[i]}, 2);
    return std::sqrt(sum);
  };
  // Turning keeps distances: those to two pieces are those of the model's own vectors, before they are scaled to unit length.
  const auto vector_of = [&](const char* of) {
    return from.embed_encodings(std::vector<Encoding>{from.encode(of, TextRole::plain)}, VectorLength::pooled, context);
  };
  const auto word = with_word.vectors().row(plain.vectors().rows());
  const Matrix<float> own = vector_of("zzyzyx");
  for (const char* text : {"the", "whale"}) {
    const std::int32_t id = from.tokenizer().encode(text, {.special_tokens = false}).ids.at(0);
    ASSERT_EQ(from.tokenizer().piece(id), text);
    EXPECT_NEAR(distance(word, with_word.vectors().row(static_cast<std::size_t>(id))), distance(own.row(0), vector_of(text).row(0)), 1e-4)
        << text;
  }
  const auto tiny = [&] { return Tokenizer::from_json(R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}})", "t"); };
  testing::expect_error(ErrorCode::mismatch, "the vocabulary has 1 pieces", [&] { Distiller(from, tiny(), options, context); });
}

TEST(Distill, FrequentTokensWeighLess) {
  Context context(1);
  const Embedder from = teacher(context);
  const Distiller weighed(from, {.dims = 8, .sif = 1e-4}, context), plain(from, {.dims = 8, .sif = 0}, context);
  const auto size = [](const Distiller& d, std::int32_t id) {
    double sum = 0;
    for (const float x : d.vectors().row(static_cast<std::size_t>(id))) sum += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(sum);
  };
  const auto last = static_cast<std::int32_t>(from.tokenizer().vocabulary_size()) - 1;
  const std::int32_t first = from.tokenizer().id_of("a");
  ASSERT_GE(first, 0);
  EXPECT_LT(size(weighed, first) / size(plain, first), size(weighed, last) / size(plain, last));
}

TEST(Distill, FittingBringsTextsNearerToTheModel) {
  Context context(2);
  const Embedder from = teacher(context);
  const std::vector<std::string> lines = train::corpus_lines();
  Distiller distiller(from, {.dims = 16}, context);
  const Folder before, after;
  write_static_model(before.path(), distiller.vectors().view(), teachers_tokenizer(), StaticType::f32, "tiny");
  distiller.add(lines, context);
  const DistillFit fit = distiller.fit(context);
  EXPECT_EQ(fit.n_texts, lines.size());
  EXPECT_GT(fit.n_rounds, 0U);
  write_static_model(after.path(), distiller.vectors().view(), teachers_tokenizer(), StaticType::f32, "tiny");
  // Pairs of texts: the static model's similarities must follow the model's more closely than before.
  const auto error = [&](const fs::path& folder) {
    const Embedder made = Embedder::load(folder, {}, context);
    double sum = 0;
    for (std::size_t i = 0; i + 100 < 400; ++i) {
      if (lines[i].empty() || lines[i + 100].empty()) continue;
      const auto similarity = [&](const Embedder& e) {
        return cosine(e.embed_one(lines[i], TextRole::plain, context), e.embed_one(lines[i + 100], TextRole::plain, context));
      };
      sum += std::pow(similarity(made) - similarity(from), 2);
    }
    return sum;
  };
  EXPECT_LT(error(after.path()), 0.5 * error(before.path()));
}

TEST(Distill, GivesTheSameBitsOnAnyNumberOfThreads) {
  const auto made = [](int n_threads) {
    Context context(n_threads);
    const Embedder from = teacher(context);
    Distiller distiller(from, {.dims = 16}, context);
    distiller.add(train::corpus_lines(), context);
    distiller.fit(context);
    return distiller.vectors().clone();
  };
  const Matrix<float> one = made(1), four = made(4);
  EXPECT_EQ(std::memcmp(one.view().data(), four.view().data(), one.rows() * one.cols() * sizeof(float)), 0);
}

TEST(Distill, WritesSmallerNumbersThatMeanNearlyTheSame) {
  Context context(1);
  const Embedder from = teacher(context);
  const Distiller distiller(from, {.dims = 16}, context);
  const Folder folder;
  std::vector<float> exact;
  for (const std::string_view type : {"f32", "f16", "i8"}) {
    write_static_model(folder.path(), distiller.vectors().view(), teachers_tokenizer(), static_type_from(type), "tiny");
    const std::vector<float> vector = Embedder::load(folder.path(), {}, context).embed_one("the white whale", TextRole::plain, context);
    if (exact.empty()) exact = vector;
    EXPECT_GT(cosine(vector, exact), type == "i8" ? 0.995 : 0.99999) << type;  // one part in 127, in 2048
  }
}

TEST(Distill, RefusesOptionsOutOfRange) {
  Context context(1);
  const Embedder from = teacher(context);
  EXPECT_THROW(Distiller(from, {.dims = from.dim() + 1}, context), Error);
  EXPECT_THROW(Distiller(from, {.dims = 8, .sif = 1}, context), Error);
  EXPECT_THROW(Distiller(from, {.dims = 8, .ridge = 0}, context), Error);
  EXPECT_THROW(Distiller(from, {.dims = 8}, context).fit(context), Error);
  EXPECT_THROW(static_type_from("f64"), Error);
}

}  // namespace
}  // namespace akin
