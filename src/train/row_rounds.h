// Learning in rounds: the same bits on any number of threads. The text is cut into blocks; a round is a fixed number of blocks, and has
// three parts. First all blocks are planned: then it is known which rows each needs. Then each block learns, word after word: a row that no
// other block of the round needs is learnt where it lies in the table, of the others the block takes copies, as they are at the beginning
// of the round. Last, what the copies moved by is added to the table, block after block: rows are dealt to shards by their number, and a
// shard is one thread's. So threads never write to the same row, and the order of additions is that of the text.
//
// A row that many blocks move (a frequent word) would overshoot, as each block moves it as if it were alone. With n moves in each of k
// blocks and a curvature h of the loss, one block takes the share 1 − e^(−rate·h·n) of the way to where the row is drawn to, and all blocks
// one after the other 1 − e^(−rate·h·n·k): the sum of the moves is scaled by the quotient of the second and k times the first. That is 1
// for rows that are moved seldom, and 1/k, the mean of the moves, for those that every block moves to the end. h grows with the square of
// the rows' length, which is measured in every round. A row of a bag moves the mean by its share of it, and all bags that have it: it
// counts by the square root of the share, measured between the share and one. Why this scheme: docs/adr/0010-learning-in-rounds.md.
// Private. Tested by row_rounds_test.cc.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/crew.h"
#include "akin/base/matrix.h"

namespace akin {

/// Which rows of the table make up a unit. Unit u < n_bags() is the mean of several rows (a word and its n-grams), and what the mean
/// moves by is added to each; every other unit is one row: first_single + (u − n_bags()). No bag has such a row.
struct UnitRows {
  std::vector<std::uint64_t> begins;  ///< of bag u in `rows`; one more than there are bags, or empty
  std::vector<std::uint32_t> rows;
  std::uint32_t first_single = 0;
  std::size_t n_units = 0;

  [[nodiscard]] std::size_t n_bags() const noexcept { return begins.empty() ? 0 : begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> bag(std::size_t u) const noexcept {
    return std::span(rows).subspan(begins[u], begins[u + 1] - begins[u]);
  }
  [[nodiscard]] std::uint32_t single(std::size_t u) const noexcept { return first_single + static_cast<std::uint32_t>(u - n_bags()); }
  [[nodiscard]] bool is_single(std::uint32_t row) const noexcept { return row - first_single < n_units - n_bags(); }  // or wraps around
};

/// Where units are among a block's rows, while the block is planned: one a thread.
class UnitPlaces {
 public:
  explicit UnitPlaces(std::size_t n_units) : places_(n_units, kNone) {}

 private:
  friend class BlockRows;
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  std::vector<std::uint32_t> places_;
};

/// Which blocks of the round need a row as a unit: one bit a block.
using RowNeeds = std::vector<std::atomic<std::uint16_t>>;

/// The rows that one block learns on.
class BlockRows {
 public:
  /// The place of a unit among them. For BlockTask::plan().
  std::uint32_t place(std::uint32_t unit) {
    std::uint32_t& place = places_->places_[unit];
    if (place == UnitPlaces::kNone) place = add(unit);
    return place;
  }
  /// Asks the memory for what place() will look at.
  void ask_for_place(std::uint32_t unit) const noexcept { __builtin_prefetch(&places_->places_[unit], 1); }
  /// The row at that place will be moved so many times more; a part of a mean counts by its share of it. For BlockTask::plan().
  void count_moves(std::uint32_t place, float times) { moves_[place] += times; }
  /// The numbers at that place: of a row of the table, of its copy, or the mean of a bag. For BlockTask::learn().
  [[nodiscard]] float* row(std::uint32_t place) const noexcept { return rows_[place]; }
  /// Asks the memory for the row at that place, which is soon moved.
  void ask_for(std::uint32_t place) const noexcept;

  double loss = 0;             ///< of the pairs that were looked at
  std::uint64_t n_scored = 0;  ///< how many those are

 private:
  friend class RowRounds;
  /// What a block does to a row of the table: it moves the row to `end` if the row is a unit, by `end` if it is in a bag.
  struct Move {
    const float* end;
    Move* next;  // of the same row, of this round
    std::uint32_t row;
    float times;
  };

  std::uint32_t add(std::uint32_t unit);
  void begin(UnitPlaces& places, std::size_t length);
  void ask_for_needs(std::size_t place, const UnitRows& units, const RowNeeds& needs) const noexcept;
  void end_plan(std::size_t block, const UnitRows& units, RowNeeds& needs);
  void choose_rows(std::size_t block, Matrix<float>& table, const UnitRows& units, RowNeeds& needs);
  void fetch(const Matrix<float>& table, const UnitRows& units);
  void fetch_bag(std::size_t i, const Matrix<float>& table, const UnitRows& units);
  void measure(const Matrix<float>& table, const UnitRows& units);
  void take_moves(const UnitRows& units);
  [[nodiscard]] std::span<Move> shard(std::size_t s) noexcept { return std::span(dealt_).subspan(shards_[s], shards_[s + 1] - shards_[s]); }

  UnitPlaces* places_ = nullptr;
  std::size_t length_ = 0;
  std::vector<std::uint32_t> units_;  // by place
  std::vector<float> moves_;          // by place; of a bag: for each of its rows
  std::vector<float*> rows_;          // by place
  double squares_ = 0;                // of the lengths of some rows
  std::size_t n_squares_ = 0;
  std::vector<std::uint32_t> copied_;  // the places of rows that are copies, bags first
  std::size_t n_copied_bags_ = 0;
  Matrix<float> copies_, starts_;    // in the order of copied_; starts_: what bags were before
  std::vector<const float*> parts_;  // of one bag
  std::vector<Move> dealt_;          // by shard
  std::vector<std::size_t> shards_;  // where each shard begins in dealt_
};

/// What is learnt from a block. There is one for each block of a round; must not depend on what it did before.
class BlockTask {
 public:
  virtual ~BlockTask() = default;
  /// Names the units that the block needs.
  virtual void plan(std::size_t block, BlockRows& rows) = 0;
  /// Moves the rows. Called after plan() of the same block, on the same task.
  virtual void learn(BlockRows& rows, float rate) = 0;
};

class RowRounds {
 public:
  static constexpr std::size_t kBlocks = 16;  ///< in a round: as many threads can help

  using MakeTask = std::function<std::unique_ptr<BlockTask>()>;
  /// `table` (rows, length) and `units` must outlive it; length is a multiple of kernels::kRowGrain.
  RowRounds(Matrix<float>& table, const UnitRows& units, const MakeTask& make_task, Context& context);

  struct Round {
    std::size_t first_block = 0, n_blocks = 0;  ///< ≤ kBlocks
    float rate = 0;
    double loss = 0;             ///< out: over the pairs that were looked at
    std::uint64_t n_scored = 0;  ///< out
  };
  /// Gives out rounds: false when there are no more. Called between rounds, on one thread, when nothing moves: the place to look at the
  /// table. The round given has what came of the one before; it is filled anew.
  using NextRound = std::function<bool(Round& round)>;
  /// `most_threads`: where rounds are so small that threads would wait for each other longer than they help. The bits are the same.
  void run(const NextRound& next, std::size_t most_threads = kBlocks);

 private:
  static constexpr std::size_t kShards = 16;

  void plan(const Round& round, std::size_t i);
  void learn(const Round& round, std::size_t i);
  void share(Crew& crew, std::size_t n_pieces, const Crew::Piece& piece);
  void ask_for_moves(std::uint32_t row) noexcept;
  void gather_moves(const Round& round, std::size_t shard);
  void add_shard(const Round& round, std::size_t shard);
  void add(std::uint32_t row, std::span<const float* const> ends, float factor);
  [[nodiscard]] float measure_curvature(const Round& round) const;

  Matrix<float>& table_;
  const UnitRows& units_;
  Context& context_;
  std::vector<UnitPlaces> places_;
  std::vector<std::unique_ptr<BlockTask>> tasks_;  // of each block of a round
  std::vector<BlockRows> blocks_;
  RowNeeds needs_;                             // by row; all 0 between rounds
  std::vector<BlockRows::Move*> first_moves_;  // by row; none between rounds
  struct alignas(64) Hand {                    // apart from the others in the caches
    std::atomic<std::size_t> next{0};
  };
  std::array<Hand, kBlocks> hands_;  // the first piece that is left of each thread's
  std::size_t n_threads_ = 1;
  float curvature_ = 0;  // of this round
  friend class BlockRows;
};

}  // namespace akin
