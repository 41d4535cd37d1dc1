#include "akin/embed/embedding_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "akin/formats/vector_file.h"
#include "base/temporary_folder.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::TemporaryFolder;

// Two texts with vectors of ten numbers, so that the bits do not fill their last byte.
struct Sample {
  std::vector<std::string> texts = {"first", "second \"quoted\""};
  EmbedResult result;
  Sample() {
    result.vectors = Matrix<float>(2, 10);
    for (std::size_t r = 0; r < 2; ++r)
      for (std::size_t c = 0; c < 10; ++c) result.vectors(r, c) = std::sin(static_cast<float>(7 * r + c + 1));
    result.reports = {{3, 0, 0}, {4, 2, 0}};
  }
};

const EmbeddingOrigin kOrigin = {"tiny", "f00d", TextRole::query, 10};

Matrix<float> quantization(const char* name) { return VectorFile(golden::path(std::string("quantization/") + name)).read(); }

void write(const std::filesystem::path& path, VectorCode code, const Sample& sample) {
  EmbeddingWriter writer(path, code, kOrigin);
  writer.append(sample.texts, sample.result);
  writer.append(sample.texts, sample.result);
  writer.commit();
}

std::string text_of(const std::filesystem::path& path) { return read_file(path, 1 << 20); }

TEST(EmbeddingWriter, WritesFloatsThatReadBackTheSame) {
  const TemporaryFolder folder;
  const Sample sample;
  for (const char* name : {"a.npy", "a.fvecs", "a.safetensors"}) {
    write(folder.path() / name, VectorCode::f32, sample);
    const Matrix<float> back = VectorFile(folder.path() / name).read();
    ASSERT_EQ(back.rows(), 4U) << name;
    for (std::size_t r = 0; r < 4; ++r)
      for (std::size_t c = 0; c < 10; ++c) EXPECT_EQ(back(r, c), sample.result.vectors(r % 2, c)) << name;
  }
}

TEST(EmbeddingWriter, KeepsTheOriginInTheFileOrBesideIt) {
  const TemporaryFolder folder;
  write(folder.path() / "a.safetensors", VectorCode::f16, Sample());
  const auto metadata = VectorFile(folder.path() / "a.safetensors").metadata();
  EXPECT_EQ(metadata.at("fingerprint"), "f00d");
  EXPECT_EQ(metadata.at("model"), "tiny");
  EXPECT_EQ(metadata.at("role"), "query");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.safetensors.json"));
  write(folder.path() / "a.npy", VectorCode::f32, Sample());
  EXPECT_EQ(nlohmann::json::parse(text_of(folder.path() / "a.npy.json"))["fingerprint"], "f00d");
}

TEST(EmbeddingWriter, WritesOneSelfDescribingRecordATextAsJsonLines) {
  const TemporaryFolder folder;
  const Sample sample;
  write(folder.path() / "a.jsonl", VectorCode::f32, sample);
  const std::string text = text_of(folder.path() / "a.jsonl");
  const auto second = nlohmann::json::parse(text.substr(text.find('\n') + 1, text.find('\n', text.find('\n') + 1) - text.find('\n')));
  EXPECT_EQ(second["text"], sample.texts[1]);
  EXPECT_EQ(second["n_tokens_dropped"], 2);
  EXPECT_EQ(second["fingerprint"], "f00d");
  for (std::size_t c = 0; c < 10; ++c) EXPECT_EQ(second["vector"][c].get<float>(), sample.result.vectors(1, c));
}

TEST(EmbeddingWriter, WritesTheCodesOfSentenceTransformersAndTheirRangesBeside) {
  const TemporaryFolder folder;
  const EmbedResult result{quantization("vectors.npy"), std::vector<TextReport>(32)};
  const std::vector<std::string> texts(32);
  const ValueRanges ranges(quantization("calibration.npy").view());
  for (const auto& [code, wanted, calibrated] :
       {std::tuple{VectorCode::u8, "uint8.npy", true}, std::tuple{VectorCode::i8, "int8.npy", true},
        std::tuple{VectorCode::bit, "ubinary.npy", false}, std::tuple{VectorCode::ibit, "binary.npy", false}}) {
    const auto file = folder.path() / wanted;
    EmbeddingOrigin origin{"tiny", "f00d", TextRole::plain, 20, {}};
    if (calibrated) origin.ranges = ValueRanges(quantization("calibration.npy").view());
    EmbeddingWriter writer(file, code, origin);
    writer.append(texts, result);
    writer.commit();
    const VectorFile back(file), golden(golden::path(std::string("quantization/") + wanted));
    EXPECT_EQ(back.type(), golden.type()) << wanted;
    const Matrix<float> got = back.read(), want = golden.read();
    ASSERT_EQ(got.size(), want.size()) << wanted;
    EXPECT_TRUE(std::equal(got.data(), got.data() + got.size(), want.data())) << wanted;
    EXPECT_EQ(writer.n_outside() > 0, calibrated) << wanted;
    const auto beside = folder.path() / (std::string(wanted) + ".ranges.npy");
    ASSERT_EQ(std::filesystem::exists(beside), calibrated) << wanted;
    if (calibrated) {
      EXPECT_TRUE(std::ranges::equal(ValueRanges::of_file(beside).low(), ranges.low()));
    }
    const auto about = nlohmann::json::parse(text_of(file.string() + ".json"));
    EXPECT_EQ(about.contains("ranges"), calibrated) << wanted;
    EXPECT_EQ(std::stoi(numbers_text(result.vectors.row(5), code, origin.ranges)), static_cast<int>(want(5, 0))) << wanted;
  }
}

TEST(EmbeddingWriter, RefusesCodesWithoutTheRangesTheyNeedAndRangesThatDoNotFit) {
  const TemporaryFolder folder;
  const ValueRanges ranges(quantization("calibration.npy").view());
  const EmbeddingOrigin without{"tiny", "f00d", TextRole::plain, 20, {}};
  EmbeddingOrigin with = without, other = {"tiny", "f00d", TextRole::plain, 19, {}};
  with.ranges = other.ranges = ranges;
  EXPECT_THROW(EmbeddingWriter(folder.path() / "a.npy", VectorCode::u8, without), Error);
  EXPECT_THROW(EmbeddingWriter(folder.path() / "a.npy", VectorCode::u8, other), Error);
  EXPECT_THROW(EmbeddingWriter(folder.path() / "a.npy", VectorCode::f16, with), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(EmbeddingWriter, LeavesNothingBehindWithoutCommit) {
  const TemporaryFolder folder;
  {
    const Sample sample;
    EmbeddingWriter writer(folder.path() / "a.npy", VectorCode::f32, kOrigin);
    writer.append(sample.texts, sample.result);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(EmbeddingWriter, RefusesAnEndingThatItDoesNotKnow) {
  const TemporaryFolder folder;
  EXPECT_THROW(EmbeddingWriter(folder.path() / "a.xlsx", VectorCode::f32, kOrigin), Error);
  EXPECT_THROW(EmbeddingWriter(folder.path() / "a.fvecs", VectorCode::i8, kOrigin), Error);
}

TEST(VectorCode, HasTheNamesOfTheCommand) {
  for (const char* name : {"f32", "f16", "i8", "bit"}) EXPECT_EQ(name_of(vector_code_from(name)), name);
  EXPECT_THROW(vector_code_from("int8"), Error);
}

TEST(VectorCode, ScalesTheLargestMagnitudeTo127) {
  const std::vector<float> vector = {0.5F, -1.0F, 0.25F, 0.0F};
  std::vector<std::int8_t> codes(4);
  quantize_i8(vector, codes);
  EXPECT_EQ(codes, (std::vector<std::int8_t>{64, -127, 32, 0}));
  const std::vector<float> zeros(4);
  quantize_i8(zeros, codes);
  EXPECT_EQ(codes, (std::vector<std::int8_t>{0, 0, 0, 0}));
}

TEST(VectorCode, PacksTheFirstBitHighest) {
  const std::vector<float> vector = {1, -1, 1, 0, 0, 0, 0, 2, 3};
  std::vector<std::uint8_t> codes(2);
  pack_bits(vector, codes);
  EXPECT_EQ(codes, (std::vector<std::uint8_t>{0b10100001, 0b10000000}));
}

}  // namespace
}  // namespace akin
