#include "word_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace akin {
namespace {

const std::vector<std::string> kWords = {"river", "bank", "a"};

TEST(WordTable, AWordHasARowForItsInputAndOneForItsOutput) {
  Context context(1);
  const WordRows rows = make_word_rows(kWords, {.dim = 20}, context);
  EXPECT_EQ(rows.table.rows(), 6U);
  EXPECT_EQ(rows.table.cols(), 32U);
  EXPECT_EQ(rows.units.n_units, 6U);
  EXPECT_EQ(rows.units.n_bags(), 0U);
  float largest = 0;
  for (std::size_t r = 0; r < 6; ++r) {
    for (std::size_t c = 0; c < 32; ++c) {
      if (r >= 3 || c >= 20) {
        EXPECT_EQ(rows.table(r, c), 0);
      }
      largest = std::max(largest, std::abs(rows.table(r, c)));
    }
  }
  EXPECT_LE(largest, 1.0F / 20);
  EXPECT_GT(largest, 0.8F / 20);  // of 60 uniform draws
}

TEST(WordTable, BeginsTheSameOnAnyNumberOfThreadsAndOtherwiseForAnotherSeed) {
  std::vector<std::string> many;
  for (int i = 0; i < 3000; ++i) many.push_back("w" + std::to_string(i));
  Context one(1), three(3);
  const Matrix<float> a = make_word_rows(many, {}, one).table, b = make_word_rows(many, {}, three).table;
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
  three.seed = 1;
  const Matrix<float> c = make_word_rows(many, {}, three).table;
  EXPECT_NE(std::memcmp(a.data(), c.data(), a.size() * sizeof(float)), 0);
}

TEST(WordTable, OnlyBucketsThatAreUsedHaveRows) {
  WordTrainingOptions options{.dim = 8};
  options.subwords = SubwordOptions{.minn = 3, .maxn = 4, .buckets = 100000};
  Context context(1);
  const WordRows rows = make_word_rows(kWords, options, context);
  // <ri riv ive ver er>, <riv rive iver ver>, <ba ban ank nk>, <ban bank ank>, <a>: no two fall into one bucket of a hundred thousand.
  EXPECT_EQ(rows.buckets.size(), 17U);
  EXPECT_TRUE(std::is_sorted(rows.buckets.begin(), rows.buckets.end()));
  EXPECT_EQ(rows.table.rows(), 3 + 17 + 3U);
  EXPECT_EQ(rows.units.n_bags(), 3U);
  EXPECT_EQ(rows.units.first_single, 20U);
  EXPECT_EQ(rows.units.bag(0).size(), 10U);
  EXPECT_EQ(rows.units.bag(1).size(), 8U);
  EXPECT_EQ(rows.units.bag(2).size(), 2U);
  EXPECT_EQ(rows.units.bag(2)[0], 2U);
  std::vector<float> first(8);
  first_numbers_of_bucket(rows.buckets[4], 3, context.seed, first);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), rows.table.row(3 + 4).begin()));
}

}  // namespace
}  // namespace akin
