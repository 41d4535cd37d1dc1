#include "akin/nn/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

using testing::expect_error;

struct GoldenRope {
  const char* name;
  RopeSpec spec;
  std::size_t length;
};

/// The cases of positions.json.
std::vector<GoldenRope> golden_ropes() {
  const auto scaled = [](RopeScalingKind kind, double factor, std::size_t original) {
    RopeScaling scaling;
    scaling.kind = kind;
    scaling.factor = factor;
    scaling.original_positions = original;
    if (kind == RopeScalingKind::yarn) scaling.attention_factor = yarn_attention_factor(factor);
    return scaling;
  };
  std::vector<GoldenRope> list = {
      {"default", {.dim = 32}, 48},
      {"default-1000", {.dim = 16, .theta = 1000}, 48},
      {"linear", {.dim = 32, .scaling = scaled(RopeScalingKind::linear, 4, 0)}, 48},
      {"dynamic-short", {.dim = 32, .scaling = scaled(RopeScalingKind::dynamic_ntk, 2, 32)}, 20},
      {"dynamic-long", {.dim = 32, .scaling = scaled(RopeScalingKind::dynamic_ntk, 2, 32)}, 80},
      {"yarn", {.dim = 64, .scaling = scaled(RopeScalingKind::yarn, 4, 32)}, 100},
      {"yarn-betas", {.dim = 64, .theta = 1e6, .scaling = scaled(RopeScalingKind::yarn, 4, 32768)}, 60},
      {"yarn-attention", {.dim = 32, .scaling = scaled(RopeScalingKind::yarn, 8, 32)}, 40},
      {"llama3", {.dim = 64, .theta = 500000, .scaling = scaled(RopeScalingKind::llama3, 8, 8192)}, 60},
      {"llama3-small", {.dim = 32, .scaling = scaled(RopeScalingKind::llama3, 32, 64)}, 60},
      {"partial-25", {.dim = 8}, 40},
      {"partial-50", {.dim = 12}, 40},
  };
  list[6].spec.scaling.beta_fast = 24;
  list[6].spec.scaling.beta_slow = 2;
  list[7].spec.scaling.attention_factor = 1.25;
  return list;
}

/// Row p within 2e-6 + 1e-7 · p: the reference's angles are floats, off by about 6e-8 of the angle; its cosines by one rounding more.
void expect_table(MatrixView<const float> got, const TensorView& want, std::size_t length) {
  ASSERT_EQ(want.shape.front(), length) << want.name;
  std::vector<float> row(want.shape.back());
  for (std::size_t p = 0; p < length; ++p) {
    want.row_to_float(p, row);
    for (std::size_t i = 0; i < got.cols(); ++i) {
      const double tolerance = 2e-6 + 1e-7 * static_cast<double>(p);
      EXPECT_NEAR(got(p, i), row[i], tolerance) << want.name << " (" << p << ", " << i << ")";
      EXPECT_EQ(row[i], row[i + got.cols()]) << "the reference repeats each angle in its second half";
    }
  }
}

TEST(Rope, HasTheReferencesTablesForEveryScaling) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  for (const GoldenRope& golden : golden_ropes()) {
    const std::string name = std::string("rope.") + golden.name;
    RopeTable table;
    table.prepare(golden.spec, golden.length);
    const TensorView *cos = file->find(name + ".cos"), *sin = file->find(name + ".sin");
    ASSERT_TRUE(cos != nullptr && sin != nullptr) << name;
    ASSERT_EQ(cos->shape.back(), golden.spec.dim) << name;
    expect_table(table.cos(), *cos, golden.length);
    expect_table(table.sin(), *sin, golden.length);
  }
}

TEST(Rope, HasTheReferencesFrequencies) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  std::size_t n_seen = 0;
  for (const GoldenRope& golden : golden_ropes()) {
    const TensorView* want = file->find(std::string("rope.") + golden.name + ".inv_freq");
    if (want == nullptr) continue;  // none is stored for partial rotations
    ++n_seen;
    std::vector<float> values(want->size());
    want->row_to_float(0, values);
    const std::vector<float> got = rope_frequencies(golden.spec, golden.length);
    ASSERT_EQ(got.size(), values.size()) << golden.name;
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], values[i], 1e-6 * static_cast<double>(values[i])) << golden.name << " " << i;  // a few roundings of a float
    }
  }
  EXPECT_EQ(n_seen, 10U);
}

TEST(Rope, IsDynamicOnlyBeyondTheOriginalLength) {
  RopeSpec spec{.dim = 32};
  const std::vector<float> plain = rope_frequencies(spec, 10);
  spec.scaling.kind = RopeScalingKind::dynamic_ntk;
  spec.scaling.factor = 2;
  spec.scaling.original_positions = 32;
  EXPECT_EQ(rope_frequencies(spec, 32), plain);
  EXPECT_NE(rope_frequencies(spec, 33), plain);
  RopeTable table, fresh;
  table.prepare(spec, 80);  // a long text before a short one leaves no trace
  table.prepare(spec, 20);
  fresh.prepare(spec, 20);
  for (std::size_t p = 0; p < 20; ++p) {
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(table.cos()(p, i), fresh.cos()(p, i));
  }
}

TEST(Rope, StretchesAsGteDoesAtEveryLength) {
  RopeSpec spec{.dim = 16, .theta = 10000};
  spec.scaling.kind = RopeScalingKind::ntk;
  spec.scaling.factor = 8;
  const std::vector<float> got = rope_frequencies(spec, 4);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double want = std::pow(80000.0, -2.0 * static_cast<double>(i) / 16) / std::pow(8.0, 2.0 / 16);
    EXPECT_NEAR(got[i], want, 1e-6 * want);  // a few roundings of a float
  }
}

TEST(Rope, DividesByTheFilesOwnFactorsAtLast) {
  RopeSpec spec{.dim = 8};
  const std::vector<float> plain = rope_frequencies(spec, 4);
  spec.scaling.divisors = {1, 2, 4, 8};
  const std::vector<float> got = rope_frequencies(spec, 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(got[i], plain[i] / spec.scaling.divisors[i]);
}

/// Every pair (a, b) of every head turned by its angle, in double.
void expect_turned(RopeLayout layout, std::size_t dim, std::size_t head_dim) {
  RopeSpec spec{.dim = dim, .layout = layout};
  RopeTable table;
  table.prepare(spec, 9);
  const Matrix<float> before = random_rows(9, 2 * head_dim, 3);
  Matrix<float> rows = before.clone();
  table.rotate(rows.view(), 2, head_dim);
  const std::vector<float> frequencies = rope_frequencies(spec, 9);
  for (std::size_t p = 0; p < 9; ++p) {
    for (std::size_t head = 0; head < 2; ++head) {
      for (std::size_t i = 0; i < dim / 2; ++i) {
        const std::size_t first = head * head_dim + (layout == RopeLayout::half_split ? i : 2 * i);
        const std::size_t second = layout == RopeLayout::half_split ? first + dim / 2 : first + 1;
        const double angle = static_cast<double>(p) * static_cast<double>(frequencies[i]);
        const double a = static_cast<double>(before(p, first)), b = static_cast<double>(before(p, second));
        EXPECT_NEAR(rows(p, first), a * std::cos(angle) - b * std::sin(angle), 2e-6);  // two float products of numbers under 5
        EXPECT_NEAR(rows(p, second), b * std::cos(angle) + a * std::sin(angle), 2e-6);
      }
      for (std::size_t i = dim; i < head_dim; ++i) EXPECT_EQ(rows(p, head * head_dim + i), before(p, head * head_dim + i));
    }
  }
}

TEST(Rope, TurnsTheHalvesOfEachHead) { expect_turned(RopeLayout::half_split, 12, 12); }
TEST(Rope, TurnsNeighboursOfEachHead) { expect_turned(RopeLayout::interleaved, 12, 12); }
TEST(Rope, LeavesTheRestOfAHeadAlone) {
  expect_turned(RopeLayout::half_split, 6, 12);
  expect_turned(RopeLayout::interleaved, 6, 12);
}

TEST(Rope, RefusesWhatItCannotTurn) {
  const auto refused = [](const char* why, RopeSpec spec) {
    expect_error(ErrorCode::invalid_argument, why, [&] { rope_frequencies(spec, 4); });
  };
  refused("even", {.dim = 0});
  refused("even", {.dim = 7});
  refused("base", {.dim = 8, .theta = 0});
  refused("base", {.dim = 8, .theta = std::nan("")});
  refused("factor", {.dim = 8, .scaling = {.kind = RopeScalingKind::linear, .factor = 0}});
  refused("original length", {.dim = 8, .scaling = {.kind = RopeScalingKind::yarn, .factor = 2}});
  refused("more than one pair", {.dim = 2, .scaling = {.kind = RopeScalingKind::dynamic_ntk, .factor = 2, .original_positions = 8}});
  RopeSpec spec{.dim = 8, .scaling = {.kind = RopeScalingKind::llama3, .factor = 2, .original_positions = 8}};
  spec.scaling.high_freq_factor = spec.scaling.low_freq_factor;
  refused("high_freq_factor", spec);
  spec = {.dim = 8};
  spec.scaling.divisors = {1, 2};
  refused("one divisor a frequency", spec);
}

}  // namespace
}  // namespace akin::nn
