#include "round_schedule.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kRoundsALabel = 64;

}  // namespace

RoundSchedule::RoundSchedule(RoundPlan plan, const CheckpointOptions& checkpoint, Matrix<float>& table, Context& context)
    : plan_(std::move(plan)),
      checkpoint_(checkpoint),
      table_(table),
      context_(context),
      writer_(checkpoint, checkpoint.file.empty() ? Identity() : plan_.identity()) {
  if (checkpoint_.file.empty() || !checkpoint_.resume) return;
  progress_ = read_word_checkpoint(checkpoint_.file, writer_.identity(), table_);
  if (progress_.next_block > n_blocks() || (progress_.next_block % plan_.n_blocks) % plan_.blocks_a_round != 0)
    throw Error(ErrorCode::corrupt, checkpoint_.file.string() + ": goes on at a block that is not there");
  report_.n_words_resumed = words_before(progress_.next_block);
}

WordTrainingReport RoundSchedule::run(RowRounds& rounds) {
  context_.progress.begin(label(), words_before(n_blocks()) - words_before(progress_.next_block), "words");
  rounds.run([this](RowRounds::Round& round) { return next(round); }, plan_.most_threads);
  context_.progress.end();
  report_.finished = progress_.next_block == n_blocks();
  report_.n_words_learnt = words_before(progress_.next_block);
  report_.seconds = writer_.seconds();
  if (!report_.finished) writer_.save(progress_, table_);
  return std::move(report_);
}

std::uint64_t RoundSchedule::words_before(std::uint64_t block) const {
  return block / plan_.n_blocks * plan_.words_before(plan_.n_blocks) + plan_.words_before(block % plan_.n_blocks);
}

bool RoundSchedule::next(RowRounds::Round& round) {
  if (under_way_) finish(round);
  if (progress_.next_block == n_blocks() || context_.cancel.cancelled()) return false;
  if (writer_.is_due()) writer_.save(progress_, table_);
  const double done = static_cast<double>(words_before(progress_.next_block)) / static_cast<double>(words_before(n_blocks()));
  round.first_block = progress_.next_block;
  round.n_blocks = std::min<std::size_t>(plan_.blocks_a_round, plan_.n_blocks - progress_.next_block % plan_.n_blocks);
  round.rate = std::max(plan_.first_rate * static_cast<float>(1 - done), plan_.least_rate);
  under_way_ = true;
  return true;
}

void RoundSchedule::finish(const RowRounds::Round& round) {
  under_way_ = false;
  progress_.loss += round.loss;
  progress_.n_scored += round.n_scored;
  progress_.next_block = round.first_block + round.n_blocks;
  const std::size_t first = round.first_block % plan_.n_blocks;
  plan_.forget(first, first + round.n_blocks);
  if (progress_.next_block % plan_.n_blocks == 0) {
    report_.losses.push_back(mean_loss(progress_));
    progress_.loss = 0;
    progress_.n_scored = 0;
  }
  if (++n_rounds_ % kRoundsALabel == 0) context_.progress.set_label(label());
  context_.progress.advance(words_before(progress_.next_block) - words_before(round.first_block));
}

}  // namespace akin
