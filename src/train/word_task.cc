#include "word_task.h"

#include <algorithm>

#include "akin/base/rng.h"
#include "logistic_loss.h"

namespace akin {
namespace {

// Of the windows whose loss is looked at: enough for four digits a second, too few to be felt.
constexpr std::size_t kScoredWindows = 16;

class WordTask final : public BlockTask {
 public:
  explicit WordTask(const WordPlan& plan) : plan_(plan), n_words_(static_cast<std::uint32_t>(plan.corpus.words().size())) {}

  void plan(std::size_t block, BlockRows& rows) override {
    windows_.clear();
    contexts_.clear();
    weights_.clear();
    targets_.clear();
    labels_.clear();
    Rng rng = Rng(plan_.seed).fork(block);
    for (const std::uint32_t word : plan_.corpus.block(block % plan_.corpus.n_blocks())) {
      if (word == WordCorpus::kSentenceEnd) {
        plan_sentence(rng, rows);
        sentence_.clear();
      } else if (plan_.keep.keeps(word, rng)) {
        sentence_.push_back(word);
      }
    }
    windows_.push_back({contexts_.size(), targets_.size()});
  }

  void learn(BlockRows& rows, float rate) override {
    for (std::size_t w = 0; w + 1 < windows_.size(); ++w) {
      const Window &from = windows_[w], &to = windows_[w + 1];
      inputs_.clear();
      outputs_.clear();
      for (std::size_t i = from.context; i < to.context; ++i) inputs_.push_back(rows.row(contexts_[i]));
      for (std::size_t t = from.target; t < to.target; ++t) outputs_.push_back(rows.row(targets_[t]));
      kernels::WordStep step{.inputs = inputs_,
                             .targets = outputs_,
                             .labels = std::span(labels_).subspan(from.target, outputs_.size()),
                             .weights = {},
                             .length = kernels::padded_row(plan_.options.dim),
                             .rate = rate};
      if (plan_.options.model == WordModelKind::cbow) {
        step.weights = std::span(weights_).subspan(from.context, inputs_.size());
        kernels::learn_mean(step, scratch_);
      } else {
        kernels::learn_pairs(step, scratch_);
      }
      if (w % kScoredWindows == 0) add_loss(step, rows);
    }
  }

 private:
  struct Window {
    std::size_t context, target;  // where they begin
  };

  void plan_sentence(Rng& rng, BlockRows& rows) {
    if (sentence_.size() < 2) return;
    const auto window = static_cast<std::uint32_t>(plan_.options.window);
    places_.clear();
    for (const std::uint32_t word : sentence_) places_.push_back(rows.place(word));
    for (std::size_t i = 0; i < sentence_.size(); ++i) {
      const std::size_t reach = 1 + pick_below(rng, window);
      const std::size_t first = i - std::min(reach, i), last = std::min(sentence_.size() - 1, i + reach);
      windows_.push_back({contexts_.size(), targets_.size()});
      for (std::size_t c = first; c <= last; ++c)
        if (c != i) contexts_.push_back(places_[c]);
      if (plan_.options.model == WordModelKind::cbow) weigh(first, last, i);
      if (plan_.tree) {
        plan_path(sentence_[i], rows);
      } else {
        plan_negatives(sentence_[i], rng, rows);
      }
      count_moves(rows);
    }
  }

  /// A context word's share of the mean: with subwords, that of its rows among all.
  void weigh(std::size_t first, std::size_t last, std::size_t middle) {
    float sum = 0;
    const std::size_t begin = weights_.size();
    for (std::size_t c = first; c <= last; ++c) {
      if (c == middle) continue;
      const float n = plan_.units.n_bags() == 0 ? 1.0F : static_cast<float>(plan_.units.bag(sentence_[c]).size());
      weights_.push_back(n);
      sum += n;
    }
    for (std::size_t i = begin; i < weights_.size(); ++i) weights_[i] /= sum;
  }

  void plan_path(std::uint32_t word, BlockRows& rows) {
    for (const WordTree::Step& step : plan_.tree->path(word)) add_target(rows.place(n_words_ + step.node), step.left ? 1.0F : 0.0F);
  }

  /// A word drawn twice against the same window counts once, and the word itself never: so rows of a step differ.
  void plan_negatives(std::uint32_t word, Rng& rng, BlockRows& rows) {
    const std::size_t begin = targets_.size();
    add_target(rows.place(n_words_ + word), 1.0F);
    for (std::size_t k = 0; k < plan_.options.negatives; ++k) {
      const std::uint32_t drawn = rows.place(n_words_ + plan_.negatives->draw(rng));
      if (std::find(targets_.begin() + static_cast<std::ptrdiff_t>(begin), targets_.end(), drawn) == targets_.end())
        add_target(drawn, 0.0F);
    }
  }

  void add_target(std::uint32_t place, float label) {
    targets_.push_back(place);
    labels_.push_back(label);
  }

  /// Of the last window.
  void count_moves(BlockRows& rows) {
    const Window& window = windows_.back();
    const auto n_targets = static_cast<float>(targets_.size() - window.target);
    const bool mean = plan_.options.model == WordModelKind::cbow;
    const float n_inputs = mean ? 1.0F : static_cast<float>(contexts_.size() - window.context);
    for (std::size_t c = window.context; c < contexts_.size(); ++c)
      rows.count_moves(contexts_[c], mean ? n_targets * weights_[c] : n_targets);
    for (std::size_t t = window.target; t < targets_.size(); ++t) rows.count_moves(targets_[t], n_inputs);
  }

  void add_loss(const kernels::WordStep& step, BlockRows& rows) {
    const std::size_t n_inputs = plan_.options.model == WordModelKind::cbow ? 1 : step.inputs.size();
    for (std::size_t i = 0; i < n_inputs; ++i)
      for (std::size_t t = 0; t < step.targets.size(); ++t)
        rows.loss += logistic_loss(scratch_.scores()[i * step.targets.size() + t], step.labels[t]);
    rows.n_scored += n_inputs;
  }

  const WordPlan& plan_;
  std::uint32_t n_words_;
  std::vector<std::uint32_t> sentence_, places_;   // of the sentence that is planned
  std::vector<Window> windows_;                    // one more than there are: the end
  std::vector<std::uint32_t> contexts_, targets_;  // places
  std::vector<float> weights_, labels_;            // of contexts (CBOW), of targets
  std::vector<float*> inputs_, outputs_;           // of one window
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
