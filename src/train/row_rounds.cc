#include "row_rounds.h"

#include <algorithm>
#include <cmath>

#include "akin/base/crew.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/word_step.h"

namespace akin {
namespace {

// The curvature of a row's loss is the mean of σ(1 − σ) |v|² over the rows v that it meets. σ(1 − σ) is at most 1/4; 0.1 was measured best
// (docs/adr/0010-learning-in-rounds.md).
constexpr double kSlope = 0.1;
constexpr std::size_t kMeasured = 4;  // one row of so many is measured

constexpr std::size_t kAhead = 8;  // rows that are asked of the memory before they are needed

void prefetch(const float* row, std::size_t length) noexcept {
  for (std::size_t c = 0; c < length; c += kAlignment / sizeof(float)) __builtin_prefetch(row + c);
}

/// At least n rows; what was there need not stay.
void make_room(Matrix<float>& rows, std::size_t n, std::size_t length) {
  if (rows.rows() < n || rows.cols() != length) rows = Matrix<float>::uninitialized(n + n / 2, length);
}

/// The share of a sum of moves that k blocks one after the other would have moved by; `pull` is rate · h. See the head of row_rounds.h.
float damping(std::uint32_t n_blocks, float n_moves, float pull) {
  const float k = static_cast<float>(n_blocks);
  const float one = pull * n_moves / k;
  if (n_blocks < 2 || one < 1e-4F) return 1;  // the quotient's digits are lost there, and it is 1 but for one part in a thousand
  return -std::expm1(-one * k) / (k * -std::expm1(-one));
}

}  // namespace

void BlockRows::begin(UnitPlaces& places) {
  places_ = &places;
  if (++places.now_ == 0) {  // the numbers of blocks are used up: forget what was seen
    std::fill(places.seen_.begin(), places.seen_.end(), 0U);
    places.now_ = 1;
  }
  units_.clear();
  moves_.clear();
  loss = 0;
  n_scored = 0;
}

void BlockRows::add(std::uint32_t unit) {
  places_->seen_[unit] = places_->now_;
  places_->place_[unit] = static_cast<std::uint32_t>(units_.size());
  units_.push_back(unit);
  moves_.push_back(0.0F);
}

void BlockRows::fetch(const Matrix<float>& table, const UnitRows& units) {
  length_ = table.cols();
  make_room(copies_, units_.size(), length_);
  const std::size_t n_bags = units.n_bags();
  start_of_.assign(n_bags > 0 ? units_.size() : 0, 0);
  squares_ = 0;
  n_squares_ = 0;
  std::uint32_t n_starts = 0;
  for (std::size_t p = 0; p < start_of_.size(); ++p)
    if (units_[p] < n_bags) start_of_[p] = n_starts++;
  make_room(starts_, n_starts, length_);
  for (std::size_t p = 0; p < units_.size(); ++p) {
    if (p + kAhead < units_.size() && units_[p + kAhead] >= n_bags) prefetch(table.row(units.single(units_[p + kAhead])).data(), length_);
    float* copy = copies_.row(p).data();
    if (units_[p] >= n_bags) {
      std::copy_n(table.row(units.single(units_[p])).data(), length_, copy);
      if (p % kMeasured == 0) {
        squares_ += double{kernels::dot({copy, length_}, {copy, length_})};
        ++n_squares_;
      }
      continue;
    }
    const auto bag = units.bag(units_[p]);
    const float share = 1.0F / static_cast<float>(bag.size());
    moves_[p] *= std::sqrt(share);
    std::fill_n(copy, length_, 0.0F);
    for (std::size_t i = 0; i < bag.size(); ++i) {
      if (i + kAhead < bag.size()) prefetch(table.row(bag[i + kAhead]).data(), length_);
      kernels::add_scaled(table.row(bag[i]), share, {copy, length_});
    }
    std::copy_n(copy, length_, starts_.row(start_of_[p]).data());
  }
}

void BlockRows::take_difference(const Matrix<float>& table, const UnitRows& units) {
  for (std::size_t p = 0; p < units_.size(); ++p) {
    const bool is_bag = units_[p] < units.n_bags();
    const auto before = is_bag ? std::span<const float>(starts_.row(start_of_[p])) : table.row(units.single(units_[p]));
    kernels::add_scaled(before, -1.0F, {row(static_cast<std::uint32_t>(p)), length_});
  }
}

void BlockRows::deal(const UnitRows& units) {
  constexpr std::size_t kShards = RowRounds::kShards;
  const auto each = [&](auto&& visit) {
    for (std::uint32_t p = 0; p < units_.size(); ++p) {
      if (units_[p] >= units.n_bags()) {
        visit(p, units.single(units_[p]));
      } else {
        for (const std::uint32_t row : units.bag(units_[p])) visit(p, row);
      }
    }
  };
  shards_.assign(kShards + 1, 0);
  each([&](std::uint32_t, std::uint32_t row) { ++shards_[row % kShards + 1]; });
  for (std::size_t s = 0; s < kShards; ++s) shards_[s + 1] += shards_[s];
  dealt_.resize(shards_.back());
  std::vector<std::size_t> next(shards_.begin(), shards_.end() - 1);
  each([&](std::uint32_t p, std::uint32_t row) { dealt_[next[row % kShards]++] = {p, row}; });
}

RowRounds::RowRounds(Matrix<float>& table, const UnitRows& units, const MakeTask& make_task, Context& context)
    : table_(table), units_(units), context_(context), blocks_(kBlocks), state_(table.rows()) {
  for (int i = 0; i < context.pool.n_threads(); ++i) {
    places_.emplace_back(units.n_units);
    tasks_.push_back(make_task());
  }
}

void RowRounds::do_block(const Round& round, std::size_t i) {
  const auto worker = static_cast<std::size_t>(ThreadPool::current_worker());
  BlockRows& rows = blocks_[i];
  BlockTask& task = *tasks_[worker];
  rows.begin(places_[worker]);
  task.plan(round.first_block + i, rows);
  rows.fetch(table_, units_);
  task.learn(rows, round.rate);
  rows.take_difference(table_, units_);
  rows.deal(units_);
}

void RowRounds::add_shard(const Round& round, std::size_t shard) {
  const auto each = [&](auto&& visit) {
    for (std::size_t i = 0; i < round.n_blocks; ++i) {
      BlockRows& rows = blocks_[i];
      const std::size_t end = rows.shards_[shard + 1];
      for (std::size_t m = rows.shards_[shard]; m < end; ++m) visit(rows, m, end);
    }
  };
  each([&](BlockRows& rows, std::size_t m, std::size_t) {
    RowState& state = state_[rows.dealt_[m].row];
    ++state.blocks;
    state.moves += rows.moves_[rows.dealt_[m].place];
  });
  each([&](BlockRows& rows, std::size_t m, std::size_t end) {
    const BlockRows::Move move = rows.dealt_[m];
    if (m + kAhead < end) prefetch(table_.row(rows.dealt_[m + kAhead].row).data(), table_.cols());
    RowState& state = state_[move.row];
    if (state.blocks != 0) state = {0, 0, damping(state.blocks, state.moves, round.rate * curvature_)};
    kernels::add_scaled({rows.row(move.place), table_.cols()}, state.factor, table_.row(move.row));
  });
}

float RowRounds::measure_curvature(const Round& round) const {
  double squares = 0;
  std::size_t n = 0;
  for (std::size_t i = 0; i < round.n_blocks; ++i) {
    squares += blocks_[i].squares_;
    n += blocks_[i].n_squares_;
  }
  return n == 0 ? 0 : static_cast<float>(kSlope * squares / static_cast<double>(n));
}

void RowRounds::run(const NextRound& next, std::size_t most_threads) {
  Crew crew;
  const auto lead = [&] {
    for (Round round; next(round);) {
      crew.run(round.n_blocks, [&](std::size_t i) { do_block(round, i); });
      curvature_ = measure_curvature(round);
      crew.run(kShards, [&](std::size_t shard) { add_shard(round, shard); });
      round.loss = 0;
      round.n_scored = 0;
      for (std::size_t i = 0; i < round.n_blocks; ++i) {
        round.loss += blocks_[i].loss;
        round.n_scored += blocks_[i].n_scored;
      }
    }
  };
  const std::size_t n = std::min(static_cast<std::size_t>(context_.pool.n_threads()), most_threads);
  context_.pool.parallel_for(n, 1, [&](std::size_t, std::size_t) { crew.join(lead); });
}

}  // namespace akin
