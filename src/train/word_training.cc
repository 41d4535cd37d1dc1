#include "akin/train/word_training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/word_step.h"
#include "option_range.h"
#include "round_schedule.h"
#include "row_rounds.h"
#include "word_table.h"
#include "word_task.h"

namespace akin {
namespace {

constexpr float kSkipGramRate = 0.025F, kCbowRate = 0.05F;  // word2vec.c's
constexpr float kLeastRate = 1e-4F;                         // of the first, at the end: word2vec.c's

void check(const WordTrainingOptions& options) {
  check_range("the dimension", static_cast<double>(options.dim), 1, 10000);
  check_range("the window", static_cast<double>(options.window), 1, 1000);
  check_range("the number of negatives", static_cast<double>(options.negatives), 1, 1000);
  check_range("the number of epochs", static_cast<double>(options.epochs), 1, 100000);
  check_range("the rate", double{options.rate}, 0, 10);
  check_range("the sample", options.sample, 0, 1);
  check_range("the exponent of negatives", options.exponent, -10, 10);
  if (!options.subwords) return;
  check_range("the least length of n-grams", options.subwords->minn, 1, 64);
  check_range("the greatest length of n-grams", options.subwords->maxn, options.subwords->minn, 64);
  check_range("the number of buckets", options.subwords->buckets, 1, 1 << 30);
}

WordTrainingOptions with_defaults(WordTrainingOptions options) {
  check(options);
  if (options.rate == 0) options.rate = options.model == WordModelKind::cbow ? kCbowRate : kSkipGramRate;
  return options;
}

Identity identity_of(const WordCorpus& corpus, const WordTrainingOptions& o, std::uint64_t seed) {
  Identity identity = {
      {"model", o.model == WordModelKind::cbow ? "cbow" : "skip_gram"},
      {"loss", o.loss == WordLoss::hierarchical_softmax ? "hierarchical_softmax" : "negative_sampling"},
      {"dimension", std::to_string(o.dim)},
      {"window", std::to_string(o.window)},
      {"number of negatives", std::to_string(o.negatives)},
      {"number of epochs", std::to_string(o.epochs)},
      {"rate", number_text(double{o.rate})},
      {"sample", number_text(o.sample)},
      {"exponent of negatives", number_text(o.exponent)},
      {"seed", std::to_string(seed)},
      {"text (by its SHA-256)", corpus.digest()},
  };
  if (o.subwords) {
    identity.emplace_back("least length of n-grams", std::to_string(o.subwords->minn));
    identity.emplace_back("greatest length of n-grams", std::to_string(o.subwords->maxn));
    identity.emplace_back("number of buckets", std::to_string(o.subwords->buckets));
  }
  return identity;
}

}  // namespace

struct TrainedWords::Parts {
  std::vector<std::string> words;
  std::vector<std::uint64_t> counts;
  std::uint64_t n_tokens = 0, seed = 0;
  WordTrainingOptions options;
  WordTrainingReport report;
  WordRows rows;
  Matrix<float> composed;  // with subwords
};

namespace {

RoundPlan plan_of(const WordCorpus& corpus, const TrainedWords::Parts& parts) {
  return {.n_blocks = corpus.n_blocks(),
          .epochs = parts.options.epochs,
          .first_rate = parts.options.rate,
          .least_rate = parts.options.rate * kLeastRate,
          .words_before = [&](std::size_t block) { return corpus.words_before(block); },
          .forget = [&](std::size_t first, std::size_t end) { corpus.forget(first, end); },
          .identity = [&] { return identity_of(corpus, parts.options, parts.seed); }};
}

/// Vectors of words that are means of rows.
Matrix<float> compose(const WordRows& rows, std::size_t dim, Context& context) {
  Matrix<float> out(rows.n_words, dim);
  context.pool.parallel_for(rows.n_words, 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t w = begin; w < end; ++w) {
      const auto bag = rows.units.bag(w);
      // As fastText's readers do it: the sum first, in the order of the rows, then the share.
      for (const std::uint32_t r : bag) kernels::add_scaled(rows.table.row(r).first(dim), 1.0F, out.row(w));
      const float share = 1.0F / static_cast<float>(bag.size());
      for (float& x : out.row(w)) x *= share;
    }
  });
  return out;
}

FastTextArgs fasttext_args(const WordTrainingOptions& o) {
  FastTextArgs args;
  args.dim = static_cast<std::int32_t>(o.dim);
  args.ws = static_cast<std::int32_t>(o.window);
  args.epoch = static_cast<std::int32_t>(o.epochs);
  args.neg = static_cast<std::int32_t>(o.negatives);
  args.loss = o.loss == WordLoss::hierarchical_softmax ? 1 : 2;
  args.model = o.model == WordModelKind::cbow ? 1 : 2;
  args.bucket = o.subwords->buckets;
  args.minn = o.subwords->minn;
  args.maxn = o.subwords->maxn;
  args.t = o.sample;
  return args;
}

}  // namespace

TrainedWords::TrainedWords(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TrainedWords::~TrainedWords() = default;
TrainedWords::TrainedWords(TrainedWords&&) noexcept = default;
TrainedWords& TrainedWords::operator=(TrainedWords&&) noexcept = default;

const std::vector<std::string>& TrainedWords::words() const noexcept { return parts_->words; }
const std::vector<std::uint64_t>& TrainedWords::counts() const noexcept { return parts_->counts; }
const WordTrainingOptions& TrainedWords::options() const noexcept { return parts_->options; }
const WordTrainingReport& TrainedWords::report() const noexcept { return parts_->report; }

MatrixView<const float> TrainedWords::vectors() const noexcept {
  if (parts_->options.subwords) return parts_->composed.view();
  const Matrix<float>& table = parts_->rows.table;
  return {table.data(), parts_->words.size(), parts_->options.dim, table.cols()};
}

void TrainedWords::write_fasttext(const std::filesystem::path& path) const {
  const Parts& p = *parts_;
  require(p.options.subwords.has_value(), "fastText's .bin wants a model with subwords");
  const std::size_t n_words = p.words.size(), dim = p.options.dim;
  const Matrix<float>& table = p.rows.table;
  FastTextParts out{.args = fasttext_args(p.options),
                    .words = p.words,
                    .counts = {p.counts.begin(), p.counts.end()},
                    .n_tokens = static_cast<std::int64_t>(p.n_tokens),
                    .input = {},
                    .output = {table.row(table.rows() - n_words).data(), n_words, dim, table.cols()}};
  // Buckets that no word uses were never learnt: they are as they would have begun.
  out.input = [&](std::size_t r, std::span<float> row) {
    if (r < n_words) {
      std::copy_n(table.row(r).data(), dim, row.data());
      return;
    }
    const auto bucket = static_cast<std::uint32_t>(r - n_words);
    const auto used = std::lower_bound(p.rows.buckets.begin(), p.rows.buckets.end(), bucket);
    if (used == p.rows.buckets.end() || *used != bucket) return first_numbers_of_bucket(bucket, n_words, p.seed, row);
    std::copy_n(table.row(n_words + static_cast<std::size_t>(used - p.rows.buckets.begin())).data(), dim, row.data());
  };
  akin::write_fasttext(path, out);
}

TrainedWords train_words(const WordCorpus& corpus, const WordTrainingOptions& options, const CheckpointOptions& checkpoint,
                         Context& context) {
  auto parts = std::make_unique<TrainedWords::Parts>();
  parts->words = corpus.words();
  parts->counts = corpus.counts();
  parts->n_tokens = corpus.report().n_kept;
  parts->seed = context.seed;
  parts->options = with_defaults(options);
  parts->rows = make_word_rows(parts->words, parts->options, context);
  RoundSchedule schedule(plan_of(corpus, *parts), checkpoint, parts->rows.table, context);
  const WordPlan plan(corpus, parts->options, parts->rows.units, context.seed);
  RowRounds rounds(
      parts->rows.table, parts->rows.units, [&plan] { return make_word_task(plan); }, context);
  parts->report = schedule.run(rounds);
  if (options.subwords) parts->composed = compose(parts->rows, options.dim, context);
  return TrainedWords(std::move(parts));
}

}  // namespace akin
