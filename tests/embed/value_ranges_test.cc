#include "akin/embed/value_ranges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/base/error.h"
#include "akin/formats/npy.h"
#include "akin/formats/vector_file.h"
#include "base/temporary_folder.h"
#include "golden_files.h"

namespace akin {
namespace {

Matrix<float> golden_vectors(const char* name) { return VectorFile(golden::path(std::string("quantization/") + name)).read(); }

Matrix<float> rows(std::initializer_list<std::initializer_list<float>> values) {
  Matrix<float> matrix(values.size(), values.begin()->size());
  std::size_t r = 0;
  for (const auto& row : values) std::ranges::copy(row, matrix.row(r++).begin());
  return matrix;
}

TEST(ValueRanges, GiveTheCodesOfSentenceTransformers) {
  const ValueRanges ranges(golden_vectors("calibration.npy").view());
  const Matrix<float> vectors = golden_vectors("vectors.npy");
  const Matrix<float> want_unsigned = golden_vectors("uint8.npy"), want_signed = golden_vectors("int8.npy");
  std::vector<std::uint8_t> codes(ranges.dim());
  std::vector<std::int8_t> signed_codes(ranges.dim());
  std::size_t n_outside = 0;
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    n_outside += ranges.quantize(vectors.row(r), codes);
    (void)ranges.quantize(vectors.row(r), signed_codes);
    for (std::size_t c = 0; c < codes.size(); ++c) {
      EXPECT_EQ(codes[c], static_cast<int>(want_unsigned(r, c))) << "row " << r << ", number " << c;
      EXPECT_EQ(signed_codes[c], static_cast<int>(want_signed(r, c))) << "row " << r << ", number " << c;
    }
  }
  EXPECT_GT(n_outside, 0U);
}

TEST(ValueRanges, KeepANumberThatIsOutsideAtTheEndOfItsRangeAndCountIt) {
  const ValueRanges ranges(rows({{0, -255}, {255, 0}}).view());  // steps of 1, so that the ends are whole codes
  std::vector<std::uint8_t> codes(2);
  EXPECT_EQ(ranges.quantize(std::vector<float>{300, -300}, codes), 2U);
  EXPECT_EQ(codes, (std::vector<std::uint8_t>{255, 0}));
  EXPECT_EQ(ranges.quantize(std::vector<float>{255, -255}, codes), 0U);
  EXPECT_EQ(codes, (std::vector<std::uint8_t>{255, 0}));
  EXPECT_EQ(ranges.quantize(std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 0}, codes), 1U);
  EXPECT_EQ(codes[0], 0);
}

TEST(ValueRanges, RestoreANumberToWithinAStep) {
  const ValueRanges ranges(golden_vectors("calibration.npy").view());
  const Matrix<float> vectors = golden_vectors("calibration.npy");
  std::vector<std::uint8_t> codes(ranges.dim());
  std::vector<float> back(ranges.dim());
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    EXPECT_EQ(ranges.quantize(vectors.row(r), codes), 0U);
    ranges.restore(codes, back);
    for (std::size_t c = 0; c < back.size(); ++c) {
      const float step = (ranges.high()[c] - ranges.low()[c]) / 255;
      EXPECT_LE(std::abs(back[c] - vectors(r, c)), step * 1.001F) << r << " " << c;  // the code is the step's lower end
    }
  }
}

TEST(ValueRanges, AreTheSameWhateverTheOrderAndThePieces) {
  const Matrix<float> vectors = golden_vectors("calibration.npy");
  const ValueRanges whole(vectors.view());
  ValueRanges pieces;
  pieces.extend(vectors.view().middle_rows(10, vectors.rows() - 10));
  pieces.extend(vectors.view().middle_rows(0, 10));
  EXPECT_TRUE(std::ranges::equal(whole.low(), pieces.low()));
  EXPECT_TRUE(std::ranges::equal(whole.high(), pieces.high()));
}

TEST(ValueRanges, ComeBackFromTheFileThatTheyWrote) {
  const testing::TemporaryFolder folder;
  const ValueRanges ranges(golden_vectors("calibration.npy").view());
  for (const char* name : {"r.npy", "r.safetensors", "r.fvecs"}) {
    ranges.save(folder.path() / name);
    const ValueRanges back = ValueRanges::of_file(folder.path() / name);
    EXPECT_TRUE(std::ranges::equal(back.low(), ranges.low())) << name;
    EXPECT_TRUE(std::ranges::equal(back.high(), ranges.high())) << name;
  }
}

TEST(ValueRanges, AreRefusedOfNothingAndOfWhatIsNotANumber) {
  EXPECT_THROW(ValueRanges(Matrix<float>(0, 4).view()), Error);
  EXPECT_THROW(ValueRanges(rows({{1, INFINITY}}).view()), Error);
  ValueRanges three(rows({{1, 2, 3}}).view());
  EXPECT_THROW(three.extend(rows({{1, 2}}).view()), Error);
  EXPECT_THROW((void)ValueRanges::of_file(golden::path("quantization/nowhere.npy")), Error);
}

}  // namespace
}  // namespace akin
