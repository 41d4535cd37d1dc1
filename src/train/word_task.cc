#include "word_task.h"

#include <algorithm>

#include "akin/base/rng.h"
#include "logistic_loss.h"

namespace akin {
namespace {

// Of the windows whose loss is looked at: enough for four digits a second, too few to be felt.
constexpr std::size_t kScoredWindows = 16;

constexpr std::size_t kWindowsAhead = 2;

class WordTask final : public BlockTask {
 public:
  explicit WordTask(const WordPlan& plan) : plan_(plan), n_words_(static_cast<std::uint32_t>(plan.corpus.words().size())) {}

  void plan(std::size_t block, BlockRows& rows) override {
    windows_.clear();
    places_.clear();
    sizes_.clear();
    targets_.clear();
    labels_.clear();
    Rng rng = Rng(plan_.seed).fork(block);
    for (const std::uint32_t word : plan_.corpus.block(block % plan_.corpus.n_blocks())) {
      if (word == WordCorpus::kSentenceEnd) {
        plan_sentence(rng, rows);
        sentence_.clear();
      } else if (plan_.keep.keeps(word, rng)) {
        sentence_.push_back(word);
        rows.ask_for_place(word);
      }
    }
  }

  void learn(BlockRows& rows, float rate) override {
    asked_ = 0;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      const Window& window = windows_[w];
      if (w + kWindowsAhead < windows_.size()) ask_for(windows_[w + kWindowsAhead], rows);
      collect(window, rows);
      const kernels::WordStep step{.inputs = inputs_,
                                   .targets = outputs_,
                                   .labels = std::span(labels_).subspan(window.target, outputs_.size()),
                                   .weights = weights_,
                                   .length = kernels::padded_row(plan_.options.dim),
                                   .rate = rate};
      is_mean() ? kernels::learn_mean(step, scratch_) : kernels::learn_pairs(step, scratch_);
      if (w % kScoredWindows == 0) add_loss(step, rows);
    }
  }

 private:
  /// The words [first, end) of places_ but the one in the middle, and the targets [target, target_end).
  struct Window {
    std::size_t first = 0, middle = 0, end = 0, target = 0, target_end = 0;
    [[nodiscard]] std::size_t n_inputs() const noexcept { return end - first - 1; }
  };

  [[nodiscard]] bool is_mean() const noexcept { return plan_.options.model == WordModelKind::cbow; }

  /// Of a window that is soon learnt: most of its targets are rows that are needed once, and its last words may be new.
  void ask_for(const Window& window, const BlockRows& rows) {
    for (std::size_t t = window.target; t < window.target_end; ++t) rows.ask_for(targets_[t]);
    for (; asked_ < window.end; ++asked_) rows.ask_for(places_[asked_]);
  }

  void collect(const Window& window, const BlockRows& rows) {
    inputs_.resize(window.n_inputs());
    outputs_.resize(window.target_end - window.target);
    float** input = inputs_.data();
    for (std::size_t c = window.first; c < window.end; ++c)
      if (c != window.middle) *input++ = rows.row(places_[c]);
    for (std::size_t t = 0; t < outputs_.size(); ++t) outputs_[t] = rows.row(targets_[window.target + t]);
    if (is_mean()) weigh(window);
  }

  void plan_sentence(Rng& rng, BlockRows& rows) {
    if (sentence_.size() < 2) return;
    draw(rng, rows);
    const std::size_t begin = places_.size(), end = begin + sentence_.size();
    for (const std::uint32_t word : sentence_) {
      places_.push_back(rows.place(word));
      sizes_.push_back(plan_.units.n_bags() == 0 ? 1.0F : static_cast<float>(plan_.units.bag(word).size()));
    }
    for (std::size_t i = 0; i < sentence_.size(); ++i) {
      Window window{.middle = begin + i, .target = targets_.size()};
      window.first = window.middle - std::min(reaches_[i], i);
      window.end = std::min(end, window.middle + reaches_[i] + 1);
      plan_.tree ? plan_path(sentence_[i], rows) : plan_negatives(i, rows);
      window.target_end = targets_.size();
      count_moves(window, rows);
      windows_.push_back(window);
    }
  }

  /// The reaches of all windows of the sentence, and their negatives: all at once, so that the memory is asked before it is waited for.
  void draw(Rng& rng, const BlockRows& rows) {
    const auto window = static_cast<std::uint32_t>(plan_.options.window);
    const std::size_t n_negatives = plan_.tree ? 0 : plan_.options.negatives;
    reaches_.resize(sentence_.size());
    bits_.resize(sentence_.size() * n_negatives);
    std::uint64_t* bits = bits_.data();
    for (std::size_t& reach : reaches_) {
      reach = 1 + pick_below(rng, window);
      for (std::size_t k = 0; k < n_negatives; ++k) *bits++ = plan_.negatives->bits(rng);
    }
    negatives_.resize(bits_.size());
    for (std::size_t k = 0; k < bits_.size(); ++k) {
      negatives_[k] = n_words_ + plan_.negatives->word(bits_[k]);
      rows.ask_for_place(negatives_[k]);
    }
  }

  /// The words' shares of a window's mean: with subwords, that of their rows among all.
  void weigh(const Window& window) {
    weights_.resize(window.n_inputs());
    float sum = -sizes_[window.middle];
    for (std::size_t c = window.first; c < window.end; ++c) sum += sizes_[c];
    float* weight = weights_.data();
    for (std::size_t c = window.first; c < window.end; ++c)
      if (c != window.middle) *weight++ = sizes_[c] / sum;
  }

  void plan_path(std::uint32_t word, BlockRows& rows) {
    for (const WordTree::Step& step : plan_.tree->path(word)) add_target(rows.place(n_words_ + step.node), step.left ? 1.0F : 0.0F);
  }

  /// A word drawn twice against the same window counts once, and the word itself never: so rows of a step differ.
  void plan_negatives(std::size_t i, BlockRows& rows) {
    const std::size_t begin = targets_.size(), n = plan_.options.negatives;
    add_target(rows.place(n_words_ + sentence_[i]), 1.0F);
    for (const std::uint32_t unit : std::span(negatives_).subspan(i * n, n)) {
      const std::uint32_t drawn = rows.place(unit);
      if (std::find(targets_.begin() + static_cast<std::ptrdiff_t>(begin), targets_.end(), drawn) == targets_.end())
        add_target(drawn, 0.0F);
    }
  }

  void add_target(std::uint32_t place, float label) {
    targets_.push_back(place);
    labels_.push_back(label);
  }

  void count_moves(const Window& window, BlockRows& rows) {
    const auto n_targets = static_cast<float>(window.target_end - window.target);
    for (std::size_t t = window.target; t < window.target_end; ++t)
      rows.count_moves(targets_[t], is_mean() ? 1.0F : static_cast<float>(window.n_inputs()));
    if (is_mean()) weigh(window);
    const float* weight = weights_.data();
    for (std::size_t c = window.first; c < window.end; ++c)
      if (c != window.middle) rows.count_moves(places_[c], is_mean() ? n_targets * *weight++ : n_targets);
  }

  void add_loss(const kernels::WordStep& step, BlockRows& rows) {
    const std::size_t n_inputs = is_mean() ? 1 : step.inputs.size();
    for (std::size_t i = 0; i < n_inputs; ++i)
      for (std::size_t t = 0; t < step.targets.size(); ++t)
        rows.loss += logistic_loss(scratch_.scores()[i * step.targets.size() + t], step.labels[t]);
    rows.n_scored += n_inputs;
  }

  const WordPlan& plan_;
  std::uint32_t n_words_;
  std::vector<std::uint32_t> sentence_;   // that is planned
  std::vector<std::size_t> reaches_;      // of its windows
  std::vector<std::uint64_t> bits_;       // of their negatives
  std::vector<std::uint32_t> negatives_;  // units
  std::vector<Window> windows_;
  std::size_t asked_ = 0;                        // the first of places_ whose row was not asked for
  std::vector<std::uint32_t> places_, targets_;  // of the words that stay, of what windows predict
  std::vector<float> sizes_, labels_;            // of words: their rows; of targets
  std::vector<float*> inputs_, outputs_;         // of one window
  std::vector<float> weights_;                   // of its inputs (CBOW)
  kernels::WordScratch scratch_;
};

}  // namespace

WordPlan::WordPlan(const WordCorpus& corpus_in, const WordTrainingOptions& options_in, const UnitRows& units_in, std::uint64_t seed_in)
    : corpus(corpus_in), options(options_in), units(units_in), seed(seed_in), keep(corpus.counts(), options.sample) {
  if (options.loss == WordLoss::hierarchical_softmax) {
    tree.emplace(corpus.counts());
  } else {
    negatives.emplace(corpus.counts(), options.exponent);
  }
}

std::unique_ptr<BlockTask> make_word_task(const WordPlan& plan) { return std::make_unique<WordTask>(plan); }

}  // namespace akin
