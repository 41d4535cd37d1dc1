// The same bits on any number of threads, and sums as the head of row_rounds.h says.
#include "row_rounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/base/rng.h"

namespace akin {
namespace {

constexpr std::size_t kLength = 16;

Matrix<float> random_table(std::size_t n) {
  Matrix<float> table(n, kLength);
  Rng rng(9);
  for (std::size_t i = 0; i < table.size(); ++i) table.data()[i] = rng.normal();
  return table;
}

/// Every block mixes some units, in an order of its own.
class MixTask final : public BlockTask {
 public:
  explicit MixTask(std::size_t n_units) : n_units_(n_units) {}
  void plan(std::size_t block, BlockRows& rows) override {
    Rng rng = Rng(1).fork(block);
    pairs_.clear();
    for (int i = 0; i < 50; ++i) {
      // Low numbers come often, so that blocks share rows.
      const auto draw = [&] { return static_cast<std::uint32_t>(std::min(rng.below(n_units_), rng.below(n_units_))); };
      pairs_.emplace_back(rows.place(draw()), rows.place(draw()));
      rows.count_moves(pairs_.back().first, 1);
    }
  }
  void learn(BlockRows& rows, float rate) override {
    for (const auto& [a, b] : pairs_)
      for (std::size_t c = 0; c < kLength; ++c) rows.row(a)[c] += rate * (rows.row(b)[c] - rows.row(a)[c]);
    rows.loss += 1;
    rows.n_scored += pairs_.size();
  }

 private:
  std::size_t n_units_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

/// Ten rounds, the last shorter.
void run_rounds(Matrix<float>& table, const UnitRows& units, const RowRounds::MakeTask& make, int n_threads) {
  Context context(n_threads);
  RowRounds rounds(table, units, make, context);
  std::size_t n = 0;
  rounds.run([&](RowRounds::Round& round) {
    if (n > 0) {
      EXPECT_EQ(round.loss, static_cast<double>(round.n_blocks));
      EXPECT_EQ(round.n_scored, 50 * round.n_blocks);
    }
    round = {.first_block = n * RowRounds::kBlocks, .n_blocks = n == 9 ? 5 : RowRounds::kBlocks, .rate = 0.05F, .loss = 0, .n_scored = 0};
    return n++ < 10;
  });
}

TEST(RowRounds, GiveTheSameBitsOnAnyNumberOfThreads) {
  UnitRows units;
  units.n_units = 200;
  Matrix<float> one = random_table(200);
  run_rounds(
      one, units, [] { return std::make_unique<MixTask>(200); }, 1);
  for (const int threads : {2, 3, 7}) {
    Matrix<float> many = random_table(200);
    run_rounds(
        many, units, [] { return std::make_unique<MixTask>(200); }, threads);
    EXPECT_EQ(std::memcmp(one.data(), many.data(), one.size() * sizeof(float)), 0) << threads;
  }
}

TEST(RowRounds, ABagIsTheMeanOfItsRowsAndMovesThemAll) {
  // Unit 0: rows 0, 1 and 2; unit 1: row 3, unit 2: row 4.
  UnitRows units;
  units.begins = {0, 3};
  units.rows = {0, 1, 2};
  units.first_single = 3;
  units.n_units = 3;
  struct Task final : BlockTask {
    std::uint32_t bag = 0, single = 0;
    void plan(std::size_t, BlockRows& rows) override {
      bag = rows.place(0);
      single = rows.place(2);
      EXPECT_EQ(rows.place(0), bag);
    }
    void learn(BlockRows& rows, float) override {
      EXPECT_FLOAT_EQ(rows.row(bag)[0], 2);  // (1 + 2 + 3) / 3
      rows.row(bag)[0] += 10;
      rows.row(single)[1] -= 1;
    }
  };
  Matrix<float> table(5, kLength);
  for (std::size_t r = 0; r < 5; ++r) table(r, 0) = static_cast<float>(r + 1);
  Context context(1);
  RowRounds rounds(
      table, units, [] { return std::make_unique<Task>(); }, context);
  int n = 0;
  rounds.run([&](RowRounds::Round& round) {
    round = {.first_block = 0, .n_blocks = 1, .rate = 1, .loss = 0, .n_scored = 0};
    return n++ < 1;
  });
  for (std::size_t r = 0; r < 3; ++r) EXPECT_FLOAT_EQ(table(r, 0), static_cast<float>(r + 11));
  EXPECT_EQ(table(3, 0), 4);
  EXPECT_EQ(table(4, 1), -1);
}

/// Each block moves row 0 a tenth of the way to 1, many times; and row 1 + block by 1.
class PullTask final : public BlockTask {
 public:
  static constexpr std::uint32_t kMoves = 2000;
  void plan(std::size_t block, BlockRows& rows) override {
    shared_ = rows.place(0);
    own_ = rows.place(static_cast<std::uint32_t>(1 + block));
    rows.count_moves(shared_, kMoves);
    rows.count_moves(own_, kMoves);
  }
  void learn(BlockRows& rows, float) override {
    rows.row(shared_)[0] += 0.9F * (1 - rows.row(shared_)[0]);
    rows.row(own_)[0] += 1;
  }

 private:
  std::uint32_t shared_ = 0, own_ = 0;
};

TEST(RowRounds, ARowThatAllBlocksMoveDoesNotOvershoot) {
  UnitRows units;
  units.n_units = 1 + RowRounds::kBlocks;
  Matrix<float> table(units.n_units, kLength);
  for (std::size_t r = 0; r < units.n_units; ++r) table(r, kLength - 1) = 2;  // what the curvature is measured by: 0.1 · 4
  Context context(2);
  RowRounds rounds(
      table, units, [] { return std::make_unique<PullTask>(); }, context);
  int n = 0;
  rounds.run([&](RowRounds::Round& round) {
    round = {.first_block = 0, .n_blocks = RowRounds::kBlocks, .rate = 0.025F, .loss = 0, .n_scored = 0};
    return n++ < 1;
  });
  // The sum of the moves would be 14.4; where the row is drawn to is 1.
  EXPECT_GT(table(0, 0), 0.5F);
  EXPECT_LE(table(0, 0), 1.0F);
  for (std::size_t r = 1; r < units.n_units; ++r) EXPECT_EQ(table(r, 0), 1);  // moved by one block alone: whole
}

TEST(RowRounds, OnlyRowsThatSeveralBlocksNeedAreCopied) {
  UnitRows units;
  units.n_units = 1 + RowRounds::kBlocks;
  Matrix<float> table(units.n_units, kLength);
  struct Task final : BlockTask {
    explicit Task(const Matrix<float>& table_in) : table(table_in) {}
    const Matrix<float>& table;
    std::uint32_t shared = 0, own = 0, own_row = 0;
    void plan(std::size_t block, BlockRows& rows) override {
      own_row = static_cast<std::uint32_t>(1 + block);
      own = rows.place(own_row);
      shared = rows.place(0);
    }
    void learn(BlockRows& rows, float) override {
      EXPECT_EQ(rows.row(own), table.row(own_row).data());
      EXPECT_NE(rows.row(shared), table.row(0).data());
      EXPECT_EQ(rows.row(shared)[0], table(0, 0));  // whatever other blocks did: the table's row waits for the end of the round
      rows.row(shared)[0] += 1;
    }
  };
  Context context(2);
  RowRounds rounds(
      table, units, [&] { return std::make_unique<Task>(table); }, context);
  int n = 0;
  rounds.run([&](RowRounds::Round& round) {
    EXPECT_EQ(table(0, 0), static_cast<float>(n * static_cast<int>(RowRounds::kBlocks)));
    round = {.first_block = 0, .n_blocks = RowRounds::kBlocks, .rate = 0.025F, .loss = 0, .n_scored = 0};
    return n++ < 3;  // more than once: nothing is left over from the round before
  });
}

TEST(RowRounds, ABlockAloneLearnsInTheTable) {
  UnitRows units;
  units.n_units = 2;
  Matrix<float> table(2, kLength);
  struct Task final : BlockTask {
    void plan(std::size_t, BlockRows& rows) override { rows.place(1); }
    void learn(BlockRows& rows, float) override { rows.row(0)[0] += 1; }
  };
  Context context(1);
  RowRounds rounds(
      table, units, [] { return std::make_unique<Task>(); }, context);
  int n = 0;
  rounds.run([&](RowRounds::Round& round) {
    round = {.first_block = 0, .n_blocks = n % 2 == 0 ? std::size_t{1} : std::size_t{2}, .rate = 1, .loss = 0, .n_scored = 0};
    return n++ < 2;
  });
  EXPECT_EQ(table(1, 0), 3);  // once alone, then by two blocks; no curvature was measured that would hold them back
}

}  // namespace
}  // namespace akin
