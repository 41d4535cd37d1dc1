#include "label_task.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/word_step.h"
#include "logistic_loss.h"
#include "word_sampler.h"

namespace akin {
namespace {

// Of the lines whose loss is looked at.
constexpr std::size_t kScoredLines = 4;

// Blocks of whole lines, of at least so many rows: small enough that an epoch of a small text has rounds enough, as rows are added up after
// a round only. With more rows in a block or more blocks in a round, the first epochs learn less than one line after the other would have
// them learn. Where all labels are moved by each line as a yes or no of their own, they are so alike in what they do to the frequent words
// that moves of many lines overshoot together: on Banking77 (77 labels), 16 blocks of 50 rows come to 82.0 %, 4 of 8 rows to 89.5 %, one
// line after the other to 89.7 % (fastText: 89.6 %).
constexpr std::uint64_t kMostBlockRows = 64, kLeastBlockRows = 8, kWantedBlocks = 3200;
constexpr std::size_t kAloneBlocks = 4;

// Numbers that a round moves: below, threads wait for each other longer than they help.
constexpr double kWorthSharing = 50000;

class LabelTask final : public BlockTask {
 public:
  explicit LabelTask(const LabelPlan& plan) : plan_(plan), n_rows_(plan.n_rows), n_labels_(plan.corpus.labels().size()) {}

  void plan(std::size_t block, BlockRows& rows) override {
    lines_.clear();
    inputs_.clear();
    targets_.clear();
    labels_.clear();
    if (!plan_.tree) {
      for (std::size_t l = 0; l < n_labels_; ++l) rows.place(n_rows_ + static_cast<std::uint32_t>(l));
    }
    Rng rng = Rng(plan_.seed).fork(block);
    const std::size_t b = block % plan_.n_blocks();
    for (std::size_t i = plan_.blocks[b].line; i < plan_.blocks[b + 1].line; ++i) {
      lines_.push_back({inputs_.size(), targets_.size(), i % kScoredLines == 0});
      plan_line(plan_.corpus.line(i), rng, rows);
    }
    lines_.push_back({inputs_.size(), targets_.size()});
  }

  void learn(BlockRows& rows, float rate) override {
    for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
      const Line &from = lines_[i], &to = lines_[i + 1];
      const std::size_t n_inputs = to.input - from.input;
      input_rows_.clear();
      target_rows_.clear();
      for (std::size_t r = from.input; r < to.input; ++r) input_rows_.push_back(rows.row(inputs_[r]));
      for (std::size_t t = from.target; t < to.target; ++t) target_rows_.push_back(rows.row(targets_[t]));
      const float share = 1.0F / static_cast<float>(n_inputs);
      weights_.assign(n_inputs, share);
      const kernels::WordStep step{.inputs = input_rows_,
                                   .targets = target_rows_,
                                   .labels = std::span(labels_).subspan(from.target, target_rows_.size()),
                                   .weights = weights_,
                                   .length = kernels::padded_row(plan_.options.dim),
                                   .rate = rate,
                                   .share = share,
                                   .softmax = plan_.options.loss == LabelLoss::softmax};
      kernels::learn_mean(step, scratch_);
      if (!from.scored) continue;
      rows.loss += loss_of_line(step);
      ++rows.n_scored;
    }
  }

 private:
  struct Line {
    std::size_t input, target;  // where they begin
    bool scored = false;
  };

  void plan_line(const LabelledCorpus::Line& line, Rng& rng, BlockRows& rows) {
    for (const std::uint32_t row : line.rows) {
      const std::uint32_t unit = plan_.rows.empty() ? row : plan_.rows[row];
      if (unit != LabelPlan::kNone) inputs_.push_back(rows.place(unit));
    }
    if (inputs_.size() == lines_.back().input) return lines_.pop_back();  // nothing is left of it
    if (plan_.options.loss == LabelLoss::one_vs_all) {
      plan_labels(line.labels);
    } else {
      const std::uint32_t drawn = line.labels.size() == 1 ? 0 : pick_below(rng, static_cast<std::uint32_t>(line.labels.size()));
      plan_.tree ? plan_path(line.labels[drawn], rows) : plan_labels(line.labels.subspan(drawn, 1));
    }
    count_moves(rows);
  }

  void plan_labels(std::span<const std::uint32_t> labels) {
    const std::size_t begin = targets_.size();
    for (std::size_t l = 0; l < n_labels_; ++l) targets_.push_back(static_cast<std::uint32_t>(l));  // they have the first places
    labels_.resize(begin + n_labels_, 0.0F);
    for (const std::uint32_t l : labels) labels_[begin + l] = 1;
  }

  void plan_path(std::uint32_t label, BlockRows& rows) {
    for (const WordTree::Step& step : plan_.tree->path(label)) {
      targets_.push_back(rows.place(n_rows_ + step.node));
      labels_.push_back(step.left ? 0.0F : 1.0F);  // as fastText's classifiers have it
    }
  }

  /// Of the last line. A label's row meets the mean of the line's rows, whose squared length is about one n-th of theirs; a row of the line
  /// meets all labels, and its share of the mean is one n-th. With softmax, the slopes of all labels together are no more than one yes or
  /// no's.
  void count_moves(BlockRows& rows) {
    const Line& line = lines_.back();
    const float share = 1.0F / static_cast<float>(inputs_.size() - line.input);
    const auto n_targets = static_cast<float>(targets_.size() - line.target);
    const float slope = plan_.options.loss == LabelLoss::softmax ? std::min(1.0F, 4.0F / n_targets) : 1.0F;
    for (std::size_t r = line.input; r < inputs_.size(); ++r) rows.count_moves(inputs_[r], slope * n_targets * share * share);
    for (std::size_t t = line.target; t < targets_.size(); ++t) rows.count_moves(targets_[t], slope * share);
  }

  [[nodiscard]] double loss_of_line(const kernels::WordStep& step) const {
    const auto scores = scratch_.scores().first(step.targets.size());
    double loss = 0;
    if (!step.softmax) {
      for (std::size_t t = 0; t < scores.size(); ++t) loss += logistic_loss(scores[t], step.labels[t]);
      return loss;
    }
    const float most = *std::max_element(scores.begin(), scores.end());
    for (const float score : scores) loss += std::exp(double{score} - double{most});
    const auto label = static_cast<std::size_t>(std::max_element(step.labels.begin(), step.labels.end()) - step.labels.begin());
    return std::log(loss) + double{most} - double{scores[label]};
  }

  const LabelPlan& plan_;
  std::uint32_t n_rows_;
  std::size_t n_labels_;
  std::vector<Line> lines_;                       // one more than there are: the end
  std::vector<std::uint32_t> inputs_, targets_;   // places
  std::vector<float> labels_, weights_;           // of targets; of one line's inputs
  std::vector<float*> input_rows_, target_rows_;  // of one line
  kernels::WordScratch scratch_;
};

}  // namespace

LabelPlan::LabelPlan(const LabelledCorpus& corpus_in, const ClassifierOptions& options_in, std::uint64_t seed_in)
    : corpus(corpus_in), options(options_in), seed(seed_in), n_rows(static_cast<std::uint32_t>(corpus_in.n_rows())) {
  if (options.loss == LabelLoss::hierarchical_softmax) tree.emplace(corpus.label_counts());
  cut_blocks();
}

void LabelPlan::cut_blocks() {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < corpus.report().n_lines; ++i) all += corpus.line(i).rows.size();
  const bool alone = options.loss == LabelLoss::one_vs_all;
  const std::uint64_t wanted = alone ? kLeastBlockRows : std::clamp(all / kWantedBlocks, kLeastBlockRows, kMostBlockRows);
  std::uint64_t words_before = 0, n_rows_in_block = 0;
  blocks.push_back({});
  for (std::size_t i = 0; i < corpus.report().n_lines; ++i) {
    const LabelledCorpus::Line line = corpus.line(i);
    words_before += line.n_words;
    n_rows_in_block += line.rows.size();
    if (n_rows_in_block < wanted && i + 1 < corpus.report().n_lines) continue;
    blocks.push_back({i + 1, words_before});
    n_rows_in_block = 0;
  }
  n_moved_ = static_cast<double>(all) / static_cast<double>(n_blocks()) * static_cast<double>(options.dim);
  const double lines = static_cast<double>(corpus.report().n_lines) / static_cast<double>(n_blocks());
  n_moved_ += lines * static_cast<double>(tree ? 1 : corpus.labels().size()) * static_cast<double>(options.dim);
}

std::size_t LabelPlan::blocks_a_round() const noexcept { return options.loss == LabelLoss::one_vs_all ? kAloneBlocks : RowRounds::kBlocks; }

std::size_t LabelPlan::most_threads() const noexcept {
  return n_moved_ * static_cast<double>(blocks_a_round()) < kWorthSharing ? 1 : RowRounds::kBlocks;
}

std::unique_ptr<BlockTask> make_label_task(const LabelPlan& plan) { return std::make_unique<LabelTask>(plan); }

}  // namespace akin
