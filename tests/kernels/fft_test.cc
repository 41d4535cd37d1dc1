// Transforms on every CPU target, against the sum that defines them in double precision.
#include "akin/kernels/fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"
#include "base/throws.h"

namespace akin::kernels {
namespace {

std::vector<std::complex<double>> lane_of(FftRows& rows, std::size_t lane) {
  std::vector<std::complex<double>> out;
  for (std::size_t i = 0; i < rows.length(); ++i) out.emplace_back(rows.re()[kFftLanes * i + lane], rows.im()[kFftLanes * i + lane]);
  return out;
}

std::complex<double> defined(const std::vector<std::complex<double>>& x, std::size_t k, double sign) {
  std::complex<double> sum;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += x[i] * std::polar(1.0, sign * 2 * std::numbers::pi * static_cast<double>(i * k % x.size()) / static_cast<double>(x.size()));
  return sum;
}

void fill(FftRows& rows) {
  Rng rng(5);
  for (std::size_t i = 0; i < kFftLanes * rows.length(); ++i) {
    rows.re()[i] = rng.normal();
    rows.im()[i] = rng.normal();
  }
}

TEST(Fft, IsTheSumThatDefinesItBothWays) {
  for_each_target([](std::string_view target) {
    for (const std::size_t length : {4, 8, 12, 16, 24, 32, 36, 48, 64, 96, 108, 256, 384}) {
      const FftTable table(length);
      FftRows rows(table);
      for (const double sign : {-1.0, 1.0}) {
        fill(rows);
        const auto first = lane_of(rows, 0), last = lane_of(rows, kFftLanes - 1);
        sign < 0 ? rows.forward() : rows.backward();
        // Numbers of deviation 1 make sums of deviation √length; each of the log2(length) passes rounds by some 1e-7 of that.
        const double tolerance = 1e-6 * std::sqrt(static_cast<double>(length));
        for (std::size_t k = 0; k < length; ++k) {
          EXPECT_LT(std::abs(lane_of(rows, 0)[k] - defined(first, k, sign)), tolerance) << target << ' ' << length << ' ' << k;
          EXPECT_LT(std::abs(lane_of(rows, kFftLanes - 1)[k] - defined(last, k, sign)), tolerance) << target << ' ' << length << ' ' << k;
        }
      }
    }
  });
}

TEST(Fft, ThereAndBackIsWhatItWasTimesTheLength) {
  const FftTable table(1536);
  FftRows rows(table);
  fill(rows);
  const auto before = lane_of(rows, 3);
  rows.forward();
  rows.backward();
  const auto after = lane_of(rows, 3);
  // Ten passes of 1e-7 each.
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LT(std::abs(after[i] / 1536.0 - before[i]), 3e-6);
}

TEST(Fft, LengthsAreOfTwosAndThrees) {
  EXPECT_EQ(fft_length(1), 4U);
  EXPECT_EQ(fft_length(5), 8U);
  EXPECT_EQ(fft_length(12), 12U);
  EXPECT_EQ(fft_length(97), 108U);
  EXPECT_EQ(fft_length(1025), 1152U);
  EXPECT_EQ(fft_length(1153), 1296U);
  EXPECT_EQ(fft_length(kMostFft), kMostFft);
  testing::expect_error(ErrorCode::invalid_argument, "more than 2^20", [] { fft_length(kMostFft + 1); });
}

}  // namespace
}  // namespace akin::kernels
