#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/embed/embedder.h"
#include "golden_files.h"
#include "minilm.h"

namespace akin {
namespace {

TEST(Precision, NamesAreReadAsTheyAreWritten) {
  for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    EXPECT_EQ(precision_from(name_of(precision)), precision);
  }
  EXPECT_EQ(name_of(Precision::bf16), "bf16");
}

TEST(Precision, UnknownNameIsRefusedWithTheNamesThatAreKnown) {
  try {
    (void)precision_from("fp16");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_STREQ(error.what(), "unknown precision 'fp16'; known are f32, bf16, int8");
  }
}

// The published distance from f32 on the 200 golden texts; the bounds are the project's promise.
void expect_cosines(Precision precision, double mean, double least) {
  AKIN_NEED_MINILM();
  const golden::Nearness near = golden::nearness(golden::minilm_vectors(precision), golden::expected_minilm());
  EXPECT_GE(near.cosine_mean, mean) << name_of(precision);
  EXPECT_GE(near.cosine_least, least) << name_of(precision);
}

TEST(Precision, Bf16IsNearToF32) { expect_cosines(Precision::bf16, 0.9999, 0.999); }

TEST(Precision, Int8IsNearToF32) { expect_cosines(Precision::int8, 0.998, 0.99); }

}  // namespace
}  // namespace akin
