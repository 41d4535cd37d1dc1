#include "word_backend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/base/error.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::loading;
using testing::expect_error;
using testing::TemporaryFolder;

const char kWords[] = "5 2\nthe 1 0\nof 0 1\nriver 4 2\nParis -2 6\n... 8 8\n";

struct Table {
  TemporaryFolder folder;
  std::filesystem::path path = folder.write("words.vec", kWords);
};

Embedder load(const std::filesystem::path& path, WordPooling pooling = WordPooling::mean) {
  Context context(1);
  EmbedderOptions options;
  options.word_pooling = pooling;
  return Embedder::load(path, options, context);
}

EmbedResult embed(const Embedder& embedder, const std::string& text) {
  Context context(1);
  return embedder.embed(std::vector{text}, TextRole::plain, context);
}

std::vector<float> vector_of(const Embedder& embedder, const std::string& text) {
  const EmbedResult result = embed(embedder, text);
  const auto row = result.vectors.row(0);
  return {row.begin(), row.end()};
}

TEST(WordBackend, IsTheMeanOfTheWordsThatItKnows) {
  const Table table;
  const Embedder embedder = load(table.path);
  EXPECT_EQ(vector_of(embedder, "The river, (Paris) unheard-of ..."), (std::vector<float>{11.0F / 4, 16.0F / 4}));
  const TextReport report = embed(embedder, "The river, (Paris) unheard-of ... --").reports[0];
  EXPECT_EQ(report.n_tokens, 4U);
  EXPECT_EQ(report.n_tokens_dropped, 2U);
}

TEST(WordBackend, GivesZerosWhereItKnowsNoWord) {
  const Table table;
  for (const char* text : {"", "   ", "xyzzy"}) EXPECT_EQ(vector_of(load(table.path), text), (std::vector<float>{0, 0}));
}

TEST(WordBackend, WeighsWordsByHowRareTheyAre) {
  const Table table;
  // Zipf over five places: 1 / (place · 137 / 60).
  const double harmonic = 137.0 / 60, the = 1e-3 / (1e-3 + 1 / harmonic), river = 1e-3 / (1e-3 + 1 / (3 * harmonic));
  const std::vector<float> got = vector_of(load(table.path, WordPooling::sif), "the river");
  EXPECT_NEAR(static_cast<double>(got[0]), (the * 1 + river * 4) / 2, 1e-8);  // float rounding of numbers near 0.01
  EXPECT_NEAR(static_cast<double>(got[1]), river * 2 / 2, 1e-8);
}

TEST(WordBackend, TakesFrequenciesFromFastTextsCounts) {
  Context context(1);
  const auto words = open_word_vectors(golden::path("static/skipgram.bin"), context);
  const std::vector<double> frequencies = word_frequencies(*words);
  const auto counts = words->counts();
  double sum = 0;
  for (const double p : frequencies) sum += p;
  EXPECT_NEAR(sum, 1, 1e-12);  // a sum of doubles
  EXPECT_NEAR(frequencies[0] / frequencies[3], static_cast<double>(counts[0]) / static_cast<double>(counts[3]), 1e-12);
}

TEST(WordBackend, TakesAwayWhatAllTextsHaveInCommon) {
  Context context(1);
  const auto words = open_word_vectors(golden::path("static/words.vec.bin"), context);
  const std::vector<double> frequencies = word_frequencies(*words);
  const std::vector<float> ones(words->size(), 1);
  const std::vector<float> common = common_direction(*words, frequencies, ones);
  // The definition: M c = λ c for M = m mᵀ + (1 / 10) Σ p v vᵀ.
  const std::size_t dim = words->dim();
  std::vector<double> mean(dim), image(dim);
  std::vector<float> row(dim);
  double along = 0, squared = 0;
  for (std::size_t i = 0; i < words->size(); ++i) {
    words->read(i, row);
    double product = 0;
    for (std::size_t c = 0; c < dim; ++c) product += static_cast<double>(row[c]) * static_cast<double>(common[c]);
    for (std::size_t c = 0; c < dim; ++c) {
      mean[c] += frequencies[i] * static_cast<double>(row[c]);
      image[c] += frequencies[i] / 10 * product * static_cast<double>(row[c]);
    }
  }
  for (std::size_t c = 0; c < dim; ++c) along += mean[c] * static_cast<double>(common[c]);
  double eigenvalue = 0;
  for (std::size_t c = 0; c < dim; ++c) {
    image[c] += along * mean[c];
    squared += static_cast<double>(common[c]) * static_cast<double>(common[c]);
    eigenvalue += image[c] * static_cast<double>(common[c]);
  }
  EXPECT_NEAR(squared, 1, 1e-6);  // float rounding
  // Fifty rounds leave (λ₂ / λ₁)^50 of the start; here λ₂ / λ₁ is below 0.9.
  for (std::size_t c = 0; c < dim; ++c) EXPECT_NEAR(image[c], eigenvalue * static_cast<double>(common[c]), 5e-3 * eigenvalue);
  const Embedder embedder = load(golden::path("static/words.vec.bin"), WordPooling::sif_common);
  const std::vector<float> vector = vector_of(embedder, "the king by the river");
  std::vector<float> weights;
  for (const double p : frequencies) weights.push_back(static_cast<float>(1e-3 / (1e-3 + p)));
  const std::vector<float> taken = common_direction(*words, frequencies, weights);
  double left = 0;
  for (std::size_t c = 0; c < dim; ++c) left += static_cast<double>(vector[c]) * static_cast<double>(taken[c]);
  EXPECT_NEAR(left, 0, 1e-7);  // float rounding of numbers below 1
}

TEST(WordBackend, MakesVectorsOfWordsThatFastTextNeverSaw) {
  const Embedder embedder = load(golden::path("static/skipgram.bin"));
  const auto want = golden::json(golden::path("static/expected.json")).at("skipgram.bin").at("vectors").at("riverbank");
  const std::vector<float> got = vector_of(embedder, "riverbank");
  for (std::size_t c = 0; c < got.size(); ++c) EXPECT_NEAR(static_cast<double>(got[c]), want[c].get<double>(), 1e-6);
  EXPECT_EQ(embed(embedder, "riverbank").reports[0].n_tokens, 1U);
  EXPECT_EQ(embed(embedder, "--").reports[0].n_tokens_dropped, 1U);
}

TEST(WordBackend, GivesTheSameBitsAloneInAnyBatchAndOnAnyThreads) {
  for (const char* file : {"static/words.vec.txt", "static/words.vec.bin", "static/skipgram.bin", "static/labels.ftz"}) {
    const Embedder embedder = load(golden::path(file), WordPooling::sif);
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i) texts.push_back("the king of river number" + std::to_string(i) + std::string(i % 5, 'x') + " bank");
    Context one(1), three(3);
    const EmbedResult threaded = embedder.embed(texts, TextRole::plain, three);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::vector<float> alone = embedder.embed_one(texts[i], TextRole::plain, one);
      ASSERT_EQ(std::memcmp(alone.data(), threaded.vectors.row(i).data(), alone.size() * sizeof(float)), 0) << file << i;
    }
  }
}

TEST(WordBackend, GivesTheSameVectorWhateverTheFileFormat) {
  const std::string text = "The king's naïve café by the river";
  EXPECT_EQ(vector_of(load(golden::path("static/words.vec.txt")), text), vector_of(load(golden::path("static/words.glove.txt")), text));
}

TEST(WordBackend, CountsWordsForTheChunker) {
  const Table table;
  const Embedder embedder = load(table.path);
  EXPECT_EQ(embedder.tokenizer().count("The unheard-of river"), 3U);
  EXPECT_EQ(embedder.info().vocabulary_size, 5U);
  EXPECT_EQ(embedder.info().family, "word2vec text");
}

TEST(WordBackend, GivesOneVectorAKnownWord) {
  const Table table;
  Context context(1);
  const TokenVectors tokens = load(table.path).embed_tokens("the unheard-of river", context);
  ASSERT_EQ(tokens.hidden.rows(), 2U);
  EXPECT_EQ(tokens.encoding.ids, (std::vector<std::int32_t>{0, 2}));
  EXPECT_EQ(tokens.hidden(1, 0), 4);
  EXPECT_EQ(tokens.encoding.offsets[1], (TextSpan{15, 20}));
  EXPECT_EQ(tokens.encoding.n_tokens_dropped, 1U);
}

TEST(WordBackend, CountsMalformedBytes) {
  const Table table;
  EXPECT_EQ(embed(load(table.path), "the \xff river").reports[0].n_invalid, 1U);
}

TEST(WordBackend, HasAFingerprintOfFileAndPooling) {
  const Table table;
  EXPECT_EQ(load(table.path).fingerprint(), load(table.path).fingerprint());
  EXPECT_NE(load(table.path).fingerprint(), load(table.path, WordPooling::sif).fingerprint());
  const Table other;
  other.folder.write("words.vec", std::string(kWords).replace(5, 1, "T"));
  EXPECT_NE(load(other.path).fingerprint(), load(table.path).fingerprint());
}

TEST(WordBackend, CutsDimensionsAndTexts) {
  const Table table;
  Context context(1);
  EmbedderOptions options;
  options.dims = 1;
  options.max_tokens = 2;
  const Embedder embedder = Embedder::load(table.path, options, context);
  const EmbedResult result = embed(embedder, "the river Paris");
  ASSERT_EQ(result.vectors.cols(), 1U);
  EXPECT_EQ(result.vectors(0, 0), 2.5F);
  EXPECT_EQ(result.reports[0].n_tokens_dropped, 1U);
}

TEST(WordBackend, RefusesWhatItCannotDo) {
  const Table table;
  Context context(1);
  EmbedderOptions wide, coarse;
  wide.dims = 3;
  coarse.precision = Precision::int8;
  EXPECT_NE(loading(table.path, wide).find("words.vec: 3 dimensions are asked for, the vectors have 2"), std::string::npos);
  EXPECT_NE(loading(table.path, coarse).find("word vectors are read in f32 alone, int8 is asked for"), std::string::npos);
  expect_error(ErrorCode::invalid_argument, "pooling by sif is for files of word vectors",
               [&] { load(golden::path("sentence-transformers/model2vec"), WordPooling::sif); });
  EXPECT_NE(loading(table.folder.write("none.vec", "0 3\n")).find("none.vec: holds no words"), std::string::npos);
}

TEST(WordPooling, NamesAreReadAsTheyAreWritten) {
  for (const WordPooling pooling : {WordPooling::mean, WordPooling::sif, WordPooling::sif_common})
    EXPECT_EQ(word_pooling_from(name_of(pooling)), pooling);
  expect_error(ErrorCode::invalid_argument, "unknown pooling 'max' of words; known are mean, sif, sif-common",
               [] { static_cast<void>(word_pooling_from("max")); });
}

}  // namespace
}  // namespace akin
