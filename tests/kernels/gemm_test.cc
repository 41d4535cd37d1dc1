#include "akin/kernels/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "akin/base/half.h"
#include "akin/base/rng.h"
#include "akin/kernels/norm.h"
#include "akin/kernels/reference.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

constexpr GemmType kTypes[] = {GemmType::f32, GemmType::bf16, GemmType::int8};

Matrix<float> random(std::size_t rows, std::size_t cols, std::uint64_t seed, float scale) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal() * scale;
  return m;
}

/// One row's product in double, of numbers as the type rounds them; `error` is what the type may be off by.
std::vector<double> expected(std::span<const float> x, const Matrix<float>& w, std::span<const float> bias, Activation activation) {
  std::vector<double> out;
  for (std::size_t n = 0; n < w.rows(); ++n) {
    out.push_back(reference::activate(activation, reference::product(x, w.row(n)) + (bias.empty() ? 0.0 : static_cast<double>(bias[n]))));
  }
  return out;
}

/// Relative to the length of the row: f32 rounds sums; bf16 rounds each factor by up to 2^-9; 8 bits by up to 1/2 in 127 and 255 of the
/// range.
double tolerance(GemmType type) { return type == GemmType::f32 ? 3e-6 : type == GemmType::bf16 ? 1e-2 : 4e-2; }

double distance(std::span<const float> got, const std::vector<double>& want) {
  double off = 0, length = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    off += (static_cast<double>(got[i]) - want[i]) * (static_cast<double>(got[i]) - want[i]);
    length += want[i] * want[i];
  }
  return std::sqrt(off / std::max(length, 1e-30));
}

struct Case {
  std::size_t m, n_in, n_out;
};

TEST(Gemm, EqualsThePlainProductOnEveryTargetForEveryTypeAndActivation) {
  for_each_target([](std::string_view target) {
    for (const GemmType type : kTypes) {
      for (const Case c : {Case{1, 1, 1}, Case{3, 33, 7}, Case{17, 64, 100}, Case{5, 100, 65}, Case{40, 384, 128}}) {
        const Matrix<float> x = random(c.m, c.n_in, 1, 1.0F), w = random(c.n_out, c.n_in, 2, 0.1F), b = random(1, c.n_out, 3, 0.5F);
        for (const Activation activation : {Activation::none, Activation::gelu, Activation::silu, Activation::relu}) {
          const PackedMatrix packed = PackedMatrix::pack(w.view(), b.row(0), type);
          GemmRows rows;
          prepare_rows(x.view(), type, rows);
          Matrix<float> out(c.m, c.n_out);
          gemm(rows, packed, activation, out.view());
          double off = 0;
          for (std::size_t r = 0; r < c.m; ++r) off = std::max(off, distance(out.row(r), expected(x.row(r), w, b.row(0), activation)));
          // A lone number's rounding is not averaged over a row, so short rows get more room.
          EXPECT_LT(off, tolerance(type) * (c.n_out < 10 ? 5 : 1)) << target << ' ' << name_of(type) << " m=" << c.m << " k=" << c.n_in;
        }
      }
    }
  });
}

/// The rows' bits in batches of every size equal those of one big batch.
void expect_same_bits(GemmType type, Case c, const std::vector<std::size_t>& sizes) {
  const Matrix<float> x = random(c.m, c.n_in, 4, 1.0F), w = random(c.n_out, c.n_in, 5, 0.1F), b = random(1, c.n_out, 6, 0.5F);
  const PackedMatrix packed = PackedMatrix::pack(w.view(), b.row(0), type);
  const auto run = [&](std::size_t first, std::size_t count) {
    GemmRows rows;
    prepare_rows(x.view().middle_rows(first, count), type, rows);
    Matrix<float> out(count, c.n_out);
    gemm(rows, packed, Activation::gelu, out.view());
    return out;
  };
  const Matrix<float> whole = run(0, c.m);
  for (const std::size_t m : sizes) {
    for (const std::size_t first : {std::size_t{0}, c.m - m}) {
      const Matrix<float> part = run(first, m);
      ASSERT_EQ(std::memcmp(part.data(), whole.row(first).data(), part.size() * sizeof(float)), 0)
          << name_of(type) << " m=" << m << " from row " << first;
    }
  }
}

TEST(Gemm, GivesARowTheSameBitsForEveryNumberOfRows) {
  std::vector<std::size_t> sizes;
  for (std::size_t m = 1; m <= 160; ++m) sizes.push_back(m);
  for (const std::size_t m : {191, 255, 256, 300, 511, 777, 1023, 1024}) sizes.push_back(m);
  for (const GemmType type : kTypes) {
    expect_same_bits(type, {1024, 96, 48}, sizes);
    expect_same_bits(type, {130, 384, 384}, {1, 2, 7, 15, 16, 17, 64, 127, 128, 129});
    expect_same_bits(type, {70, 771, 33}, {1, 5, 16, 31, 63, 69});
  }
}

TEST(Gemm, GivesARowTheSameBitsOnEveryTarget) {
  for_each_target([](std::string_view target) {
    SCOPED_TRACE(target);
    for (const GemmType type : kTypes) expect_same_bits(type, {67, 70, 35}, {1, 2, 3, 6, 11, 12, 13, 31, 32, 33, 64, 66});
  });
}

TEST(Gemm, ToRowsEqualsTheProductPreparedAfterwards) {
  for_each_target([](std::string_view target) {
    for (const GemmType type : kTypes) {
      const Matrix<float> x = random(45, 64, 7, 1.0F), up = random(96, 64, 8, 0.1F), down = random(24, 96, 9, 0.1F);
      const PackedMatrix first = PackedMatrix::pack(up.view(), {}, type), second = PackedMatrix::pack(down.view(), {}, type);
      GemmRows rows, direct, prepared;
      prepare_rows(x.view(), type, rows);
      Matrix<float> inner(45, 96), a(45, 24), b(45, 24);
      gemm_to_rows(rows, first, Activation::gelu, direct);
      gemm(direct, second, Activation::none, a.view());
      gemm(rows, first, Activation::gelu, inner.view());
      prepare_rows(inner.view(), type, prepared);
      gemm(prepared, second, Activation::none, b.view());
      EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0) << target << ' ' << name_of(type);
    }
  });
}

TEST(Gemm, GivesTheSameBitsInPieces) {
  for_each_target([](std::string_view target) {
    for (const GemmType type : kTypes) {
      for (const Case c : {Case{1, 384, 384}, Case{16, 384, 1152}, Case{14, 768, 200}, Case{67, 70, 35}}) {
        const Matrix<float> x = random(c.m, c.n_in, 20, 1.0F), w = random(c.n_out, c.n_in, 21, 0.1F), b = random(1, c.n_out, 22, 0.5F);
        const PackedMatrix packed = PackedMatrix::pack(w.view(), b.row(0), type);
        GemmRows rows;
        prepare_rows(x.view(), type, rows);
        Matrix<float> whole(c.m, c.n_out), pieces(c.m, c.n_out);
        gemm(rows, packed, Activation::gelu, whole.view());
        for (std::size_t p = 0; p < gemm_pieces(packed); ++p) gemm_piece(rows, packed, p, Activation::gelu, pieces.view());
        EXPECT_EQ(std::memcmp(whole.data(), pieces.data(), whole.size() * sizeof(float)), 0)
            << target << ' ' << name_of(type) << " m=" << c.m << " k=" << c.n_in << " n=" << c.n_out;
        EXPECT_THROW(gemm_piece(rows, packed, gemm_pieces(packed), Activation::gelu, pieces.view()), Error);
      }
    }
  });
}

TEST(Gemm, ReadsAndWritesStridedRows) {
  const Matrix<float> x = random(20, 100, 10, 1.0F), w = random(30, 40, 11, 0.1F);
  Matrix<float> wide(20, 50), narrow(20, 30), tight(20, 40);
  for (std::size_t r = 0; r < 20; ++r) std::copy_n(x.row(r).data() + 13, 40, tight.row(r).data());
  for (const GemmType type : kTypes) {
    const PackedMatrix packed = PackedMatrix::pack(w.view(), {}, type);
    GemmRows a, b;
    prepare_rows(x.view().middle_cols(13, 40), type, a);
    gemm(a, packed, Activation::none, wide.view().middle_cols(9, 30));
    prepare_rows(tight.view(), type, b);
    gemm(b, packed, Activation::none, narrow.view());
    for (std::size_t r = 0; r < 20; ++r) {
      EXPECT_TRUE(std::equal(narrow.row(r).begin(), narrow.row(r).end(), wide.row(r).begin() + 9)) << name_of(type);
      EXPECT_EQ(wide(r, 8), 0.0F);
      EXPECT_EQ(wide(r, 39), 0.0F);
    }
  }
}

TEST(Gemm, GivesTheSameBitsOnSeveralThreadsAtOnce) {
  for (const GemmType type : kTypes) {
    const Matrix<float> x = random(77, 64, 12, 1.0F), w = random(80, 64, 13, 0.1F);
    const PackedMatrix packed = PackedMatrix::pack(w.view(), {}, type);
    std::vector<Matrix<float>> results(4);
    std::vector<std::thread> threads;
    for (auto& result : results) {
      threads.emplace_back([&] {
        GemmRows rows;
        prepare_rows(x.view(), type, rows);
        result = Matrix<float>(77, 80);
        gemm(rows, packed, Activation::none, result.view());
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : results) {
      EXPECT_EQ(std::memcmp(result.data(), results[0].data(), result.size() * sizeof(float)), 0) << name_of(type);
    }
  }
}

TEST(Gemm, FusedNormEqualsNormThenPrepare) {
  const Matrix<float> x = random(9, 48, 14, 1.0F), residual = random(9, 48, 15, 1.0F), w = random(20, 48, 16, 0.1F);
  const std::vector<float> gamma(48, 1.5F), beta(48, 0.25F);
  for (const GemmType type : kTypes) {
    const PackedMatrix packed = PackedMatrix::pack(w.view(), {}, type);
    GemmRows fused, apart;
    Matrix<float> a(9, 48), b(9, 48), ya(9, 20), yb(9, 20);
    add_layer_norm(x.view(), residual.view(), gamma, beta, 1e-12F, a.view(), type, fused);
    add_layer_norm(x.view(), residual.view(), gamma, beta, 1e-12F, b.view());
    prepare_rows(b.view(), type, apart);
    gemm(fused, packed, Activation::none, ya.view());
    gemm(apart, packed, Activation::none, yb.view());
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(ya.data(), yb.data(), ya.size() * sizeof(float)), 0) << name_of(type);
  }
}

TEST(Gemm, RefusesShapesThatDisagree) {
  const Matrix<float> w = random(8, 16, 17, 1.0F), x = random(2, 15, 18, 1.0F);
  const PackedMatrix packed = PackedMatrix::pack(w.view(), {}, GemmType::f32);
  GemmRows rows;
  Matrix<float> out(2, 8);
  prepare_rows(x.view(), GemmType::f32, rows);
  EXPECT_THROW(gemm(rows, packed, Activation::none, out.view()), Error);
  const Matrix<float> right = random(2, 16, 18, 1.0F);
  prepare_rows(right.view(), GemmType::bf16, rows);
  EXPECT_THROW(gemm(rows, packed, Activation::none, out.view()), Error);
  EXPECT_THROW(PackedMatrix::pack(w.view(), std::vector<float>(7), GemmType::f32), Error);
  EXPECT_THROW(PackedMatrix::pack(MatrixView<const float>(), {}, GemmType::f32), Error);
}

TEST(Gemm, TakesNoRows) {
  const Matrix<float> w = random(8, 16, 19, 1.0F);
  for (const GemmType type : kTypes) {
    const PackedMatrix packed = PackedMatrix::pack(w.view(), {}, type);
    GemmRows rows;
    prepare_rows(MatrixView<const float>(w.data(), 0, 16), type, rows);
    Matrix<float> out(0, 8);
    EXPECT_NO_THROW(gemm(rows, packed, Activation::none, out.view()));
  }
}

}  // namespace
}  // namespace akin::kernels
