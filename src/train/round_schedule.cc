#include "round_schedule.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kRoundsALabel = 64;

double now_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

RoundSchedule::RoundSchedule(RoundPlan plan, const CheckpointOptions& checkpoint, Matrix<float>& table, Context& context)
    : plan_(std::move(plan)), checkpoint_(checkpoint), table_(table), context_(context), start_(now_seconds()), saved_(start_) {
  if (checkpoint_.file.empty()) return;
  identity_ = plan_.identity();
  if (!checkpoint_.resume) return;
  progress_ = read_word_checkpoint(checkpoint_.file, identity_, table_);
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
  report_.seconds = now_seconds() - start_;
  if (!report_.finished) save();
  return std::move(report_);
}

std::uint64_t RoundSchedule::words_before(std::uint64_t block) const {
  return block / plan_.n_blocks * plan_.words_before(plan_.n_blocks) + plan_.words_before(block % plan_.n_blocks);
}

bool RoundSchedule::next(RowRounds::Round& round) {
  if (under_way_) finish(round);
  if (progress_.next_block == n_blocks() || context_.cancel.cancelled()) return false;
  if (!checkpoint_.file.empty() && now_seconds() - saved_ >= checkpoint_.every_seconds) save();
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
    report_.losses.push_back(mean_loss());
    progress_.loss = 0;
    progress_.n_scored = 0;
  }
  if (++n_rounds_ % kRoundsALabel == 0) context_.progress.set_label(label());
  context_.progress.advance(words_before(progress_.next_block) - words_before(round.first_block));
}

double RoundSchedule::mean_loss() const { return progress_.loss / static_cast<double>(std::max<std::uint64_t>(progress_.n_scored, 1)); }

std::string RoundSchedule::label() const {
  const std::uint64_t epoch = std::min(progress_.next_block / plan_.n_blocks + 1, std::uint64_t{plan_.epochs});
  std::string text = "epoch " + std::to_string(epoch) + "/" + std::to_string(plan_.epochs);
  if (progress_.n_scored == 0) return text;
  char digits[32];
  return text + ", loss " +
         std::string(digits, std::to_chars(digits, digits + sizeof digits, mean_loss(), std::chars_format::fixed, 3).ptr);
}

void RoundSchedule::save() {
  if (checkpoint_.file.empty()) return;
  write_word_checkpoint(checkpoint_.file, identity_, progress_, table_);
  saved_ = now_seconds();
}

}  // namespace akin
