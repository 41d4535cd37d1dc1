#include "row_rounds.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "akin/kernels/distance.h"
#include "akin/kernels/word_step.h"

namespace akin {

static_assert(RowRounds::kBlocks <= 16);  // bits of RowNeeds

namespace {

// The curvature of a row's loss is the mean of σ(1 − σ) |v|² over the rows v that it meets. σ(1 − σ) is at most 1/4; 0.1 was measured best
// (docs/adr/0010-learning-in-rounds.md).
constexpr double kSlope = 0.1;
constexpr std::size_t kMeasured = 4;  // one row of so many is measured

// What is asked of the memory before it is needed: so many rows, rows with all that moves them, and numbers.
constexpr std::size_t kAhead = 8, kMovedAhead = 3, kNeedsAhead = 16;

constexpr std::size_t kLine = kAlignment / sizeof(float);

void prefetch(std::span<const float> row) noexcept {
  for (std::size_t c = 0; c < row.size(); c += kLine) __builtin_prefetch(row.data() + c);
}

/// Of a row that will be written, which another core may have written last: its lines come as this core's own, in one way instead of two.
/// Compilers have x86's instruction for it only where all code may be for CPUs that know it; those that do not pass over it.
void prefetch_to_write(std::span<float> row) noexcept {
  for (std::size_t c = 0; c < row.size(); c += kLine) {
#if defined(__x86_64__)
    asm volatile("prefetchw %0" ::"m"(row[c]));
#else
    __builtin_prefetch(row.data() + c, 1);
#endif
  }
}

/// At least n rows; what was there need not stay.
void make_room(Matrix<float>& rows, std::size_t n, std::size_t length) {
  if (rows.rows() < n || rows.cols() != length) rows = Matrix<float>::uninitialized(n + n / 2, length);
}

/// The share of a sum of moves that k blocks one after the other would have moved by; `pull` is rate · h. See the head of row_rounds.h:
/// the quotient is the mean of e^(−i·pull·n) over i < k.
float damping(std::size_t n_blocks, float n_moves, float pull) {
  if (n_blocks < 2) return 1;
  const float k = static_cast<float>(n_blocks);
  const float left = std::exp(-pull * n_moves / k);
  float sum = 1;
  for (std::size_t i = 1; i < n_blocks; ++i) sum = sum * left + 1;
  return sum / k;
}

}  // namespace

void BlockRows::ask_for(std::uint32_t place) const noexcept { prefetch_to_write({rows_[place], length_}); }

void BlockRows::begin(UnitPlaces& places, std::size_t length) {
  places_ = &places;
  length_ = length;
  units_.clear();
  moves_.clear();
  loss = 0;
  n_scored = 0;
}

std::uint32_t BlockRows::add(std::uint32_t unit) {
  units_.push_back(unit);
  moves_.push_back(0.0F);
  return static_cast<std::uint32_t>(units_.size() - 1);
}

void BlockRows::ask_for_needs(std::size_t place, const UnitRows& units, const RowNeeds& needs) const noexcept {
  if (place < units_.size() && units_[place] >= units.n_bags()) __builtin_prefetch(&needs[units.single(units_[place])], 1);
}

void BlockRows::end_plan(std::size_t block, const UnitRows& units, RowNeeds& needs) {
  const auto bit = static_cast<std::uint16_t>(1U << block);
  for (std::size_t p = 0; p < units_.size(); ++p) {
    ask_for_needs(p + kNeedsAhead, units, needs);
    places_->places_[units_[p]] = UnitPlaces::kNone;
    if (units_[p] >= units.n_bags()) needs[units.single(units_[p])].fetch_or(bit, std::memory_order_relaxed);
  }
}

/// Rows that no other block needs are learnt where they are; bags and the others are copied.
void BlockRows::choose_rows(std::size_t block, Matrix<float>& table, const UnitRows& units, RowNeeds& needs) {
  const auto own = static_cast<std::uint16_t>(1U << block);
  const std::size_t n_bags = units.n_bags();
  rows_.resize(units_.size());
  copied_.clear();
  for (std::uint32_t p = 0; p < units_.size() && n_bags > 0; ++p)
    if (units_[p] < n_bags) copied_.push_back(p);
  n_copied_bags_ = copied_.size();
  for (std::uint32_t p = 0; p < units_.size(); ++p) {
    if (units_[p] < n_bags) continue;
    ask_for_needs(p + kNeedsAhead, units, needs);
    const std::uint32_t row = units.single(units_[p]);
    rows_[p] = table.row(row).data();
    if (needs[row].load(std::memory_order_relaxed) == own) {
      needs[row].store(0, std::memory_order_relaxed);
    } else {
      copied_.push_back(p);
    }
  }
}

void BlockRows::fetch(const Matrix<float>& table, const UnitRows& units) {
  make_room(copies_, copied_.size(), length_);
  make_room(starts_, n_copied_bags_, length_);
  for (std::size_t i = 0; i < copied_.size(); ++i) {
    const float* from = std::exchange(rows_[copied_[i]], copies_.row(i).data());
    if (i < n_copied_bags_) {
      fetch_bag(i, table, units);
    } else {
      if (i + kAhead < copied_.size()) prefetch({rows_[copied_[i + kAhead]], length_});
      std::copy_n(from, length_, copies_.row(i).data());
    }
  }
}

/// The mean of the bag that is copy i. Asks the memory for the rows of the next.
void BlockRows::fetch_bag(std::size_t i, const Matrix<float>& table, const UnitRows& units) {
  if (i + 1 < n_copied_bags_)
    for (const std::uint32_t row : units.bag(units_[copied_[i + 1]])) prefetch(table.row(row));
  const std::uint32_t p = copied_[i];
  parts_.clear();
  for (const std::uint32_t row : units.bag(units_[p])) parts_.push_back(table.row(row).data());
  const float share = 1.0F / static_cast<float>(parts_.size());
  moves_[p] *= std::sqrt(share);
  const std::span<float> mean = copies_.row(i);
  std::fill(mean.begin(), mean.end(), 0.0F);
  kernels::add_sum(parts_, share, mean);
  std::copy(mean.begin(), mean.end(), starts_.row(i).begin());
}

/// Of rows of the table: where there are copies, it still has the rows as they began.
void BlockRows::measure(const Matrix<float>& table, const UnitRows& units) {
  squares_ = 0;
  n_squares_ = 0;
  for (std::size_t p = 0; p < units_.size(); p += kMeasured) {
    if (units_[p] < units.n_bags()) continue;
    const std::span<const float> row = table.row(units.single(units_[p]));
    squares_ += double{kernels::dot(row, row)};
    ++n_squares_;
  }
}

void BlockRows::take_moves(const UnitRows& units) {
  constexpr std::size_t kShards = RowRounds::kShards;
  const auto each = [&](auto&& visit) {
    for (std::size_t i = 0; i < copied_.size(); ++i) {
      const std::uint32_t unit = units_[copied_[i]];
      if (i >= n_copied_bags_) {
        visit(copied_[i], units.single(unit));
      } else {
        for (const std::uint32_t row : units.bag(unit)) visit(copied_[i], row);
      }
    }
  };
  for (std::size_t i = 0; i < n_copied_bags_; ++i) kernels::add_scaled(starts_.row(i), -1.0F, copies_.row(i));
  shards_.assign(kShards + 1, 0);
  each([&](std::uint32_t, std::uint32_t row) { ++shards_[row % kShards + 1]; });
  for (std::size_t s = 0; s < kShards; ++s) shards_[s + 1] += shards_[s];
  dealt_.resize(shards_.back());
  std::vector<std::size_t> next(shards_.begin(), shards_.end() - 1);
  each([&](std::uint32_t p, std::uint32_t row) { dealt_[next[row % kShards]++] = {rows_[p], nullptr, row, moves_[p]}; });
}

RowRounds::RowRounds(Matrix<float>& table, const UnitRows& units, const MakeTask& make_task, Context& context)
    : table_(table), units_(units), context_(context), blocks_(kBlocks), needs_(table.rows()), first_moves_(table.rows(), nullptr) {
  for (int i = 0; i < context.pool.n_threads(); ++i) places_.emplace_back(units.n_units);
  for (std::size_t i = 0; i < kBlocks; ++i) tasks_.push_back(make_task());
}

void RowRounds::plan(const Round& round, std::size_t i) {
  BlockRows& rows = blocks_[i];
  rows.begin(places_[static_cast<std::size_t>(ThreadPool::current_worker())], table_.cols());
  tasks_[i]->plan(round.first_block + i, rows);
  rows.end_plan(i, units_, needs_);
}

void RowRounds::learn(const Round& round, std::size_t i) {
  BlockRows& rows = blocks_[i];
  rows.choose_rows(i, table_, units_, needs_);
  rows.fetch(table_, units_);
  tasks_[i]->learn(rows, round.rate);
  rows.measure(table_, units_);
  rows.take_moves(units_);
}

/// Makes lists of what each row of the shard is moved by, in the order of blocks: so the last comes first.
void RowRounds::gather_moves(const Round& round, std::size_t shard) {
  for (std::size_t i = round.n_blocks; i-- > 0;) {
    const std::span<BlockRows::Move> moves = blocks_[i].shard(shard);
    for (std::size_t m = moves.size(); m-- > 0;) {
      if (m >= kAhead) __builtin_prefetch(&first_moves_[moves[m - kAhead].row], 1);
      moves[m].next = std::exchange(first_moves_[moves[m].row], &moves[m]);
    }
  }
}

/// Asks the memory for the row and all that it is moved to.
void RowRounds::ask_for_moves(std::uint32_t row) noexcept {
  const BlockRows::Move* move = first_moves_[row];
  if (move == nullptr) return;
  prefetch_to_write(table_.row(row));
  for (; move != nullptr; move = move->next) prefetch({move->end, table_.cols()});
}

void RowRounds::add_shard(const Round& round, std::size_t shard) {
  gather_moves(round, shard);
  std::vector<const float*> ends;
  for (std::size_t i = 0; i < round.n_blocks; ++i) {
    const std::span<const BlockRows::Move> moves = blocks_[i].shard(shard);
    for (std::size_t m = 0; m < moves.size(); ++m) {
      if (m + kMovedAhead < moves.size()) ask_for_moves(moves[m + kMovedAhead].row);
      const BlockRows::Move* move = std::exchange(first_moves_[moves[m].row], nullptr);  // none: done with an earlier block's
      if (move == nullptr) continue;
      ends.clear();
      float times = 0;
      for (; move != nullptr; move = move->next) {
        ends.push_back(move->end);
        times += move->times;
      }
      add(moves[m].row, ends, damping(ends.size(), times, round.rate * curvature_));
    }
  }
}

void RowRounds::add(std::uint32_t row, std::span<const float* const> ends, float factor) {
  if (!units_.is_single(row)) return kernels::add_sum(ends, factor, table_.row(row));
  needs_[row].store(0, std::memory_order_relaxed);
  kernels::add_moves(ends, factor, table_.row(row));
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

/// Pieces are dealt to threads in turn, and who is done helps the others: so a thread mostly learns the blocks that it planned, and adds
/// the shards that it added in the round before, which its caches still have.
void RowRounds::share(Crew& crew, std::size_t n_pieces, const Crew::Piece& piece) {
  for (std::size_t t = 0; t < n_threads_; ++t) hands_[t].next.store(t, std::memory_order_relaxed);
  crew.run(n_threads_, [&](std::size_t) {
    const auto own = static_cast<std::size_t>(ThreadPool::current_worker());
    for (std::size_t k = 0; k < n_threads_; ++k) {
      std::atomic<std::size_t>& next = hands_[(own + k) % n_threads_].next;
      for (std::size_t i = 0; (i = next.fetch_add(n_threads_, std::memory_order_relaxed)) < n_pieces;) piece(i);
    }
  });
}

void RowRounds::run(const NextRound& next, std::size_t most_threads) {
  Crew crew;
  const auto lead = [&] {
    for (Round round; next(round);) {
      share(crew, round.n_blocks, [&](std::size_t i) { plan(round, i); });
      share(crew, round.n_blocks, [&](std::size_t i) { learn(round, i); });
      curvature_ = measure_curvature(round);
      share(crew, kShards, [&](std::size_t shard) { add_shard(round, shard); });
      round.loss = 0;
      round.n_scored = 0;
      for (std::size_t i = 0; i < round.n_blocks; ++i) {
        round.loss += blocks_[i].loss;
        round.n_scored += blocks_[i].n_scored;
      }
    }
  };
  n_threads_ = std::min(static_cast<std::size_t>(context_.pool.n_threads()), most_threads);
  context_.pool.parallel_for(n_threads_, 1, [&](std::size_t, std::size_t) { crew.join(lead); });
}

}  // namespace akin
