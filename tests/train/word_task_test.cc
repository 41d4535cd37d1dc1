// What a block's plan moves, and how far the loss falls.
#include "word_task.h"

#include <gtest/gtest.h>

#include "train_files.h"
#include "word_table.h"

namespace akin {
namespace {

using testing::corpus_of;

double last_loss(const WordCorpus& corpus, const WordTrainingOptions& options, int n_epochs) {
  Context context(1);
  WordRows rows = make_word_rows(corpus.words(), options, context);
  const WordPlan plan(corpus, options, rows.units, 5);
  RowRounds rounds(
      rows.table, rows.units, [&] { return make_word_task(plan); }, context);
  std::size_t next = 0;
  double loss = 0;
  const std::size_t n_blocks = corpus.n_blocks(), all = n_blocks * static_cast<std::size_t>(n_epochs);
  rounds.run([&](RowRounds::Round& round) {
    if (next > 0) loss = round.loss / static_cast<double>(round.n_scored);
    round.first_block = next;
    round.n_blocks = std::min({RowRounds::kBlocks, all - next, n_blocks - next % n_blocks});
    round.rate = 0.05F;
    next += round.n_blocks;
    return round.n_blocks > 0;
  });
  return loss;
}

TEST(WordTask, TheLossFallsBelowThatOfChanceInEveryKind) {
  const WordCorpus corpus = corpus_of(testing::two_topics(600), {.min_count = 1});
  for (const WordModelKind model : {WordModelKind::skip_gram, WordModelKind::cbow}) {
    for (const WordLoss loss : {WordLoss::negative_sampling, WordLoss::hierarchical_softmax}) {
      for (const bool subwords : {false, true}) {
        WordTrainingOptions options{.model = model, .loss = loss, .dim = 16, .sample = 0};
        if (subwords) options.subwords = SubwordOptions{.minn = 1, .maxn = 2, .buckets = 1000};
        const double first = last_loss(corpus, options, 1), last = last_loss(corpus, options, 8);
        // Half of these words share a part, and its row moves with each of them: the loss of means of parts is not steady here.
        if (!subwords) {
          EXPECT_LT(last, 0.95 * first) << int(model) << int(loss);
        }
        // Vectors of zeros: ln 2 for each of six decisions, or of the five that a word of forty has on the average in the tree.
        EXPECT_LT(last, (loss == WordLoss::negative_sampling ? 6 : 5.4) * 0.6931) << int(model) << int(loss) << subwords;
      }
    }
  }
}

TEST(WordTask, PlansTheSameBlockTheSameWayWhateverItDidBefore) {
  const WordCorpus corpus = corpus_of(testing::two_topics(200), {.min_count = 1});
  const WordTrainingOptions options{.dim = 16};
  const auto table_after = [&](const std::vector<std::size_t>& blocks) {
    Context context(1);
    WordRows rows = make_word_rows(corpus.words(), options, context);
    const WordPlan plan(corpus, options, rows.units, 5);
    const Matrix<float> start = rows.table.clone();
    RowRounds rounds(
        rows.table, rows.units, [&] { return make_word_task(plan); }, context);
    std::size_t i = 0;
    rounds.run([&](RowRounds::Round& round) {
      if (i == blocks.size()) return false;
      std::copy_n(start.data(), start.size(), rows.table.data());
      round.first_block = blocks[i++];
      round.n_blocks = 1;
      round.rate = 0.05F;
      return true;
    });
    return std::vector<float>(rows.table.data(), rows.table.data() + rows.table.size());
  };
  EXPECT_EQ(table_after({3}), table_after({0, 5, 3}));
  EXPECT_NE(table_after({3}), table_after({3 + corpus.n_blocks()}));  // the next epoch draws anew
}

TEST(WordTask, ASentenceOfOneWordTeachesNothing) {
  const WordCorpus corpus = corpus_of("a\nb\na\nb\n", {.min_count = 1});
  Context context(1);
  const WordTrainingOptions options{.dim = 16, .sample = 0};
  WordRows rows = make_word_rows(corpus.words(), options, context);
  const Matrix<float> start = rows.table.clone();
  const WordPlan plan(corpus, options, rows.units, 5);
  RowRounds rounds(
      rows.table, rows.units, [&] { return make_word_task(plan); }, context);
  int n = 0;
  rounds.run([&](RowRounds::Round& round) {
    round.n_blocks = corpus.n_blocks();
    round.rate = 1;
    return n++ == 0;
  });
  EXPECT_TRUE(std::equal(start.data(), start.data() + start.size(), rows.table.data()));
}

}  // namespace
}  // namespace akin
