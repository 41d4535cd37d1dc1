#include "akin/formats/fasttext.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "golden_files.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;
using testing::file_text;

std::string model_bytes(const char* name) { return file_text(golden::path(std::string("static/") + name).string()); }
const nlohmann::json& expected(const std::string& name) {
  static const nlohmann::json all = golden::json(golden::path("static/expected.json"));
  return all.at(name);
}

std::vector<float> vector_of(const FastTextModel& model, std::string_view word) {
  std::vector<float> out(model.dim());
  if (const auto place = model.find(word)) {
    model.read(*place, out);
  } else {
    model.compose(word, out);
  }
  return out;
}

void expect_the_references(const char* name, double tolerance) {
  const std::string bytes = model_bytes(name);
  const auto model = view_fasttext(bytes_of(bytes), name);
  const nlohmann::json& want = expected(name);
  ASSERT_EQ(model->size(), want.at("words").size());
  for (std::size_t i = 0; i < model->size(); ++i) EXPECT_EQ(model->word(i), want.at("words")[i].get<std::string>());
  for (const auto& [word, vector] : want.at("vectors").items()) {
    const std::vector<float> got = vector_of(*model, word);
    for (std::size_t c = 0; c < got.size(); ++c)
      EXPECT_NEAR(static_cast<double>(got[c]), vector[c].get<double>(), tolerance) << name << " " << word;
  }
}

// A mean of up to forty rows of numbers near 1 in float, on both sides: a few units of 2^-24.
constexpr double kTolerance = 1e-6;

TEST(FastText, GivesTheReferencesVectorsOfWordsAndOfWordsItNeverSaw) {
  expect_the_references("skipgram.bin", kTolerance);
  expect_the_references("cbow.bin", kTolerance);
  expect_the_references("labels.bin", kTolerance);
}

TEST(FastText, GivesTheReferencesVectorsOfAQuantizedAndPrunedModel) { expect_the_references("labels.ftz", kTolerance); }

TEST(FastText, FindsTheReferencesSubwords) {
  const std::string bytes = model_bytes("skipgram.bin");
  const auto model = view_fasttext(bytes_of(bytes), "skipgram.bin");
  for (const auto& [word, ids] : expected("skipgram.bin").at("subwords").items())
    EXPECT_EQ(model->subwords(word), ids.get<std::vector<std::int32_t>>()) << word;
}

TEST(FastText, KnowsHowOftenWordsWereSeen) {
  const std::string bytes = model_bytes("skipgram.bin");
  const auto model = view_fasttext(bytes_of(bytes), "skipgram.bin");
  const auto counts = expected("skipgram.bin").at("counts").get<std::vector<std::int64_t>>();
  EXPECT_TRUE(std::equal(counts.begin(), counts.end(), model->counts().begin(), model->counts().end()));
}

TEST(FastText, TellsLabelsFromWords) {
  const std::string bytes = model_bytes("labels.bin");
  const auto model = view_fasttext(bytes_of(bytes), "labels.bin");
  EXPECT_EQ(model->args().model, 3);
  EXPECT_EQ(model->labels().size(), 2U);
  EXPECT_EQ(model->find(model->labels()[0]), std::nullopt);
}

TEST(FastText, HasNoVectorForAnUnknownWordWithoutSubwords) {
  const std::string bytes = model_bytes("cbow.bin");
  const auto model = view_fasttext(bytes_of(bytes), "cbow.bin");
  std::vector<float> out(model->dim(), 1);
  EXPECT_FALSE(model->compose("riverbank", out));
  EXPECT_EQ(out, std::vector<float>(model->dim(), 0));
}

/// As fastText wrote files before 2017: no magic number, no version, no pruning table, no flag before a matrix.
std::string old_form(const std::string& bytes, const FastTextModel& model) {
  constexpr std::size_t kMagic = 8, kArgs = 12 * 4 + 8, kCounts = 3 * 4 + 8;
  std::size_t dictionary = 0;
  for (std::size_t i = 0; i < model.size(); ++i) dictionary += model.word(i).size() + 1 + 8 + 1;
  const std::size_t entries = kMagic + kArgs + kCounts + 8, matrix = entries + dictionary;
  const std::size_t matrix_bytes = 16 + (model.size() + static_cast<std::size_t>(model.args().bucket)) * model.dim() * 4;
  return bytes.substr(kMagic, kArgs + kCounts) + bytes.substr(entries, dictionary) + bytes.substr(matrix + 1, matrix_bytes) +
         bytes.substr(matrix + 1 + matrix_bytes + 1);
}

TEST(FastText, ReadsFilesWithoutMagicNumber) {
  const std::string bytes = model_bytes("skipgram.bin");
  const auto model = view_fasttext(bytes_of(bytes), "new.bin");
  const std::string old = old_form(bytes, *model);
  Context context(1);
  const auto again = view_word_vectors(bytes_of(old), "old.bin", context);
  EXPECT_EQ(again->format(), "fastText");
  std::vector<float> out(model->dim());
  again->compose("riverbank", out);
  EXPECT_EQ(out, vector_of(*model, "riverbank"));
}

TEST(FastText, WritesWhatItReads) {
  const std::string bytes = model_bytes("skipgram.bin");
  const auto model = view_fasttext(bytes_of(bytes), "skipgram.bin");
  FastTextParts parts;
  parts.args = model->args();
  for (std::size_t i = 0; i < model->size(); ++i) parts.words.emplace_back(model->word(i));
  parts.counts.assign(model->counts().begin(), model->counts().end());
  for (const std::int64_t n : parts.counts) parts.n_tokens += n;
  Matrix<float> input(model->size() + static_cast<std::size_t>(model->args().bucket), model->dim()), output(model->size(), model->dim());
  const std::size_t output_at = bytes.size() - output.size() * sizeof(float);
  std::memcpy(output.data(), bytes.data() + output_at, output.size() * sizeof(float));
  std::memcpy(input.data(), bytes.data() + output_at - 17 - input.size() * sizeof(float), input.size() * sizeof(float));
  parts.input = [&](std::size_t r, std::span<float> out) { std::copy_n(input.row(r).data(), out.size(), out.data()); };
  parts.output = output.view();
  const testing::TemporaryFolder folder;
  write_fasttext(folder.path() / "x.bin", parts);
  EXPECT_TRUE(file_text((folder.path() / "x.bin").string()) == bytes);
  parts.words[0] = "two words";
  expect_error(ErrorCode::invalid_argument, "holds white space", [&] { write_fasttext(folder.path() / "y.bin", parts); });
  parts.words.pop_back();
  expect_error(ErrorCode::invalid_argument, "one count a word", [&] { write_fasttext(folder.path() / "y.bin", parts); });
}

TEST(FastText, WritesClassifiersAsItReadsThem) {
  const std::string bytes = file_text(golden::path("classifiers/softmax.bin").string());
  const auto model = view_fasttext(bytes_of(bytes), "softmax.bin");
  FastTextParts parts;
  parts.args = model->args();
  for (std::size_t i = 0; i < model->size(); ++i) parts.words.emplace_back(model->word(i));
  parts.labels.assign(model->labels().begin(), model->labels().end());
  parts.counts.assign(model->counts().begin(), model->counts().end());
  parts.label_counts.assign(model->label_counts().begin(), model->label_counts().end());
  for (const std::int64_t n : parts.counts) parts.n_tokens += n;
  for (const std::int64_t n : parts.label_counts) parts.n_tokens += n;
  parts.input = [&](std::size_t r, std::span<float> out) {
    std::fill(out.begin(), out.end(), 0.0F);
    model->add_input(r, out);
  };
  Matrix<float> output(model->labels().size(), model->dim());
  for (std::size_t l = 0; l < output.rows(); ++l) model->add_output(l, output.row(l));
  parts.output = output.view();
  const testing::TemporaryFolder folder;
  write_fasttext(folder.path() / "x.bin", parts);
  EXPECT_TRUE(file_text((folder.path() / "x.bin").string()) == bytes);
  parts.kept_buckets.emplace();
  expect_error(ErrorCode::invalid_argument, "only a quantised model", [&] { write_fasttext(folder.path() / "y.bin", parts); });
  parts.input_codes.emplace();
  expect_error(ErrorCode::invalid_argument, "the codes do not fit", [&] { write_fasttext(folder.path() / "y.bin", parts); });
}

TEST(FastText, HashesSignedBytes) {
  // FNV-1a of "é" (C3 A9) with each byte widened from a signed char, worked by hand in 32 bits.
  std::uint32_t h = 2166136261U;
  for (const std::uint32_t byte : {0xFFFFFFC3U, 0xFFFFFFA9U}) h = (h ^ byte) * 16777619U;
  EXPECT_EQ(fasttext_hash("é"), h);
  EXPECT_EQ(fasttext_hash("a"), 0xE40C292CU);  // FNV's published test vector: plain bytes are as in FNV-1a
}

/// The file with the 32-bit number at `at` replaced.
std::string with_number(std::string bytes, std::size_t at, std::int32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

TEST(FastText, RefusesFilesThatBreakTheRules) {
  const std::string good = model_bytes("skipgram.bin");
  const auto refuses = [](ErrorCode code, const char* message, const std::string& bytes) {
    expect_error(code, message, [&] { view_fasttext(bytes_of(bytes), "x.bin"); });
  };
  constexpr std::size_t kVersion = 4, kDim = 8, kModel = 8 + 7 * 4, kBucket = 8 + 8 * 4, kMaxn = 8 + 10 * 4, kDictionary = 8 + 12 * 4 + 8;
  refuses(ErrorCode::unsupported, "x.bin: fastText version 13; akin reads up to 12", with_number(good, kVersion, 13));
  refuses(ErrorCode::corrupt, "the vectors' dimension makes no sense (dim -6", with_number(good, kDim, -6));
  refuses(ErrorCode::corrupt, "the input matrix has shape (", with_number(good, kDim, 7));
  refuses(ErrorCode::corrupt, "the kind of model makes no sense", with_number(good, kModel, 9));
  refuses(ErrorCode::corrupt, "the number of buckets makes no sense", with_number(good, kBucket, -1));
  refuses(ErrorCode::corrupt, "the length of n-grams makes no sense", with_number(good, kBucket, 0));
  refuses(ErrorCode::corrupt, "words and 2000000000 buckets are wanted", with_number(good, kBucket, 2000000000));
  refuses(ErrorCode::corrupt, "the length of n-grams makes no sense", with_number(good, kMaxn, -3));
  refuses(ErrorCode::corrupt, "but 5 words and 0 labels", with_number(good, kDictionary + 4, 5));
  refuses(ErrorCode::corrupt, "which cannot fit in the rest of the file",
          with_number(with_number(good, kDictionary, 2000000000), kDictionary + 4, 2000000000));
  refuses(ErrorCode::corrupt, "the dictionary's size takes 4 bytes", good.substr(0, kDictionary + 2));
  refuses(ErrorCode::corrupt, "37 entries, which cannot fit in the rest of the file", good.substr(0, kDictionary + 30));
  std::string endless = good;
  std::replace(endless.begin() + kDictionary + 28, endless.end(), '\0', 'x');
  refuses(ErrorCode::corrupt, "a word's end is missing", endless);
  refuses(ErrorCode::corrupt, "the input matrix takes", good.substr(0, good.size() / 2));
}

/// Lengths at which a damaged file is tried: all of the head, then a sample.
TEST(FastText, SurvivesTruncationsAndBitFlips) {
  for (const char* name : {"skipgram.bin", "labels.ftz"}) {
    const std::string good = model_bytes(name);
    const auto open = [](std::span<const std::byte> bytes) {
      const auto model = view_fasttext(bytes, "x.bin");
      std::vector<float> out(model->dim());
      for (std::size_t i = 0; i < std::min<std::size_t>(model->size(), 5); ++i) model->read(i, out);
      model->compose("riverbank", out);
    };
    ASSERT_TRUE(testing::is_read(good, open));
    for (std::size_t length = 0; length < good.size(); length += length < 1200 ? 1 : 97)
      static_cast<void>(testing::is_read(good.substr(0, length), open));
    std::string bad = good;
    for (std::size_t at = 0; at < good.size(); at += at < 400 ? 1 : 13) {
      for (const int value : {0, 0x7F, 0x80, 0xFF, good[at] ^ 1, good[at] ^ 0x40}) {
        bad[at] = static_cast<char>(value);
        static_cast<void>(testing::is_read(bad, open));
      }
      bad[at] = good[at];
    }
  }
}

}  // namespace
}  // namespace akin
