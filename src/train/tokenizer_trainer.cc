#include "akin/train/tokenizer_trainer.h"

#include <utility>

#include "akin/base/error.h"
#include "bpe_trainer.h"
#include "unigram_trainer.h"
#include "word_counts.h"

namespace akin {

struct TokenizerTrainer::Impl {
  TokenizerTemplate form;
  TokenizerTrainerOptions options;
  train::WordCounts counts;
};

TokenizerTrainer::TokenizerTrainer(TokenizerTemplate form, const TokenizerTrainerOptions& options)
    : impl_(new Impl{std::move(form), options, {}}) {
  require(options.vocabulary_size > 0 && options.vocabulary_size <= 10'000'000, "the size of a vocabulary must be 1 to 10,000,000");
  require(options.max_piece_chars > 0 && options.max_piece_chars <= 256, "the longest piece must have 1 to 256 characters");
  require(options.seed_size > 0, "the number of first pieces must be positive");
  require(options.shrinking_factor > 0 && options.shrinking_factor < 1, "the shrinking factor must be above 0 and below 1");
  require(options.n_sub_iterations > 0, "the number of rounds between two prunings must be positive");
}
TokenizerTrainer::TokenizerTrainer(TokenizerTrainer&&) noexcept = default;
TokenizerTrainer& TokenizerTrainer::operator=(TokenizerTrainer&&) noexcept = default;
TokenizerTrainer::~TokenizerTrainer() = default;

void TokenizerTrainer::add(std::span<const std::string> texts, Context& context) { impl_->counts.add(texts, impl_->form, context); }
std::uint64_t TokenizerTrainer::n_words() const noexcept { return impl_->counts.n_words(); }
std::size_t TokenizerTrainer::n_different_words() const noexcept { return impl_->counts.n_different(); }

TrainedTokenizer TokenizerTrainer::train(Context& context) const {
  require(n_different_words() > 0, "the corpus holds no word: there is nothing to learn a vocabulary from");
  const std::vector<train::CountedWord> words = impl_->counts.sorted();
  const TrainedVocabulary learned = impl_->form.kind() == TokenizerKind::unigram
                                        ? train::train_unigram(words, impl_->form, impl_->options, context)
                                        : train::train_bpe(words, impl_->form, impl_->options, context);
  const bool has_merges = impl_->form.kind() == TokenizerKind::bpe;
  return {impl_->form.fill(learned), learned.pieces.size(), has_merges ? learned.merges.size() : 0};
}

}  // namespace akin
