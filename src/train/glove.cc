#include "akin/train/glove.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "akin/base/rng.h"
#include "akin/base/scratch_pool.h"
#include "akin/kernels/glove_step.h"
#include "akin/kernels/word_step.h"
#include "cooccurrence.h"
#include "option_range.h"
#include "word_checkpoint.h"

namespace akin {
namespace {

constexpr std::size_t kGroups = Cooccurrence::kGroups;
// So that shuffling has other random numbers than the first vectors.
constexpr std::uint64_t kShuffleStream = std::uint64_t{1} << 40;

void check(const GloveOptions& options) {
  check_range("the dimension", static_cast<double>(options.dim), 1, 10000);
  check_range("the window", static_cast<double>(options.window), 1, 1000);
  check_range("the number of epochs", static_cast<double>(options.epochs), 1, 100000);
  check_range("the rate", double{options.rate}, 1e-9, 10);
  check_range("x_max", options.x_max, 1e-9, 1e12);
  check_range("alpha", options.alpha, 0, 10);
}

Identity identity_of(const WordCorpus& corpus, const GloveOptions& o, std::uint64_t seed) {
  return {{"model", "glove"},
          {"dimension", std::to_string(o.dim)},
          {"window", std::to_string(o.window)},
          {"number of epochs", std::to_string(o.epochs)},
          {"rate", number_text(double{o.rate})},
          {"x_max", number_text(o.x_max)},
          {"alpha", number_text(o.alpha)},
          {"seed", std::to_string(seed)},
          {"text (by its SHA-256)", corpus.digest()}};
}

/// Two records a word: as a word, and as what stands beside one. A record is a vector, then its squares (glove_step.h). Behind its dim
/// numbers a word's vector has its bias and 1, a context's 1 and its bias, so that the product of both has both biases. The reference moves
/// biases by their gradient over √(1 + Σ gradient²), without the rate: that is a square of rate² to begin with.
class GloveTable {
 public:
  GloveTable(std::size_t n_words, std::size_t dim, float rate, std::uint64_t seed)
      : n_words_(n_words), dim_(dim), length_(kernels::padded_row(dim + 2)), records_(2 * n_words, 2 * length_) {
    const Rng random(seed);
    for (std::size_t r = 0; r < records_.rows(); ++r) {
      Rng of_record = random.fork(r);
      const std::span<float> record = records_.row(r);
      const bool is_word = r < n_words;
      const std::size_t bias = is_word ? dim : dim + 1, fixed = is_word ? dim + 1 : dim;
      for (std::size_t i = 0; i < dim; ++i) record[i] = first_number(of_record);
      record[bias] = first_number(of_record);
      record[fixed] = 1;
      std::fill(record.begin() + static_cast<std::ptrdiff_t>(length_), record.end(), 1.0F);
      record[length_ + bias] = rate * rate;
      record[length_ + fixed] = std::numeric_limits<float>::infinity();
    }
  }

  [[nodiscard]] Matrix<float>& records() noexcept { return records_; }
  [[nodiscard]] kernels::GloveTables tables(float rate) noexcept { return {records_.data(), records_.row(n_words_).data(), length_, rate}; }
  [[nodiscard]] Matrix<float> sums() const {
    Matrix<float> out(n_words_, dim_);
    for (std::size_t w = 0; w < n_words_; ++w)
      for (std::size_t i = 0; i < dim_; ++i) out(w, i) = records_(w, i) + records_(n_words_ + w, i);
    return out;
  }

 private:
  [[nodiscard]] float first_number(Rng& random) const { return (random.uniform() - 0.5F) / static_cast<float>(dim_); }

  std::size_t n_words_, dim_, length_;
  Matrix<float> records_;
};

/// Epochs of kGroups steps. In step s, the cells (g, g + s) are learnt side by side: no two of them share a word or a neighbour.
class Learning {
 public:
  Learning(const Cooccurrence& pairs, const GloveOptions& options, GloveTable& table, Context& context)
      : pairs_(pairs), options_(options), table_(table), context_(context) {}

  void run(const CheckpointOptions& checkpoint, Identity identity, GloveReport& report) {
    CheckpointWriter writer(checkpoint, std::move(identity));
    report.n_pairs = pairs_.n_pairs();
    if (checkpoint.resume) resume(checkpoint, writer.identity(), report);
    context_.progress.begin(label(), pairs_.n_pairs() * options_.epochs - pairs_before(progress_.next_block), "pairs");
    while (progress_.next_block < n_steps() && !context_.cancel.cancelled()) {
      if (writer.is_due()) writer.save(progress_, table_.records());
      step(report);
    }
    context_.progress.end();
    report.finished = progress_.next_block == n_steps();
    report.n_pairs_learnt = pairs_before(progress_.next_block);
    report.seconds = writer.seconds();
    if (!report.finished) writer.save(progress_, table_.records());
  }

 private:
  [[nodiscard]] std::uint64_t n_steps() const { return std::uint64_t{options_.epochs} * kGroups; }
  [[nodiscard]] std::uint64_t pairs_of(std::uint64_t step) const {
    std::uint64_t n = 0;
    for (std::size_t g = 0; g < kGroups; ++g) n += pairs_.cell(g, (g + step) % kGroups).size();
    return n;
  }
  [[nodiscard]] std::uint64_t pairs_before(std::uint64_t step) const {
    std::uint64_t n = step / kGroups * pairs_.n_pairs();
    for (std::uint64_t s = step / kGroups * kGroups; s < step; ++s) n += pairs_of(s);
    return n;
  }

  void resume(const CheckpointOptions& checkpoint, const Identity& identity, GloveReport& report) {
    progress_ = read_word_checkpoint(checkpoint.file, identity, table_.records());
    if (progress_.next_block > n_steps())
      throw Error(ErrorCode::corrupt, checkpoint.file.string() + ": goes on at a step that is not there");
    report.n_pairs_resumed = pairs_before(progress_.next_block);
  }

  void step(GloveReport& report) {
    const std::uint64_t step = progress_.next_block;
    std::array<double, kGroups> losses{};
    context_.pool.parallel_for(kGroups, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t g = begin; g < end; ++g) losses[g] = learn_cell(g, (g + step) % kGroups, step);
    });
    for (const double loss : losses) progress_.loss += loss;
    progress_.n_scored += pairs_of(step);
    if (++progress_.next_block % kGroups == 0) {
      report.losses.push_back(mean_loss(progress_));
      progress_.loss = 0;
      progress_.n_scored = 0;
    }
    context_.progress.set_label(label());
    context_.progress.advance(pairs_of(step));
  }

  double learn_cell(std::size_t g, std::size_t h, std::uint64_t step) {
    ScratchPool<std::vector<kernels::GlovePair>>::Lease lease(buffers_);
    std::vector<kernels::GlovePair>& cell = lease.get();
    const auto stored = pairs_.cell(g, h);
    cell.assign(stored.begin(), stored.end());
    pairs_.forget(g, h);
    Rng random = Rng(context_.seed).fork(kShuffleStream + step * kGroups + g);
    for (std::size_t i = cell.size(); i > 1; --i) std::swap(cell[i - 1], cell[random.below(i)]);
    return kernels::learn_counts(cell, table_.tables(options_.rate));
  }

  [[nodiscard]] std::string label() const { return epoch_label(progress_, kGroups, options_.epochs, 4); }

  const Cooccurrence& pairs_;
  const GloveOptions& options_;
  GloveTable& table_;
  Context& context_;
  ScratchPool<std::vector<kernels::GlovePair>> buffers_;
  WordProgress progress_;
};

}  // namespace

GloveVectors train_glove(const WordCorpus& corpus, const GloveOptions& options, const CheckpointOptions& checkpoint, Context& context) {
  check(options);
  GloveVectors out;
  const auto start = std::chrono::steady_clock::now();
  const Cooccurrence pairs(corpus, {options.window, options.x_max, options.alpha, options.memory, corpus.spool()}, context);
  out.report.seconds_counting = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  GloveTable table(corpus.words().size(), options.dim, options.rate, context.seed);
  Identity identity = checkpoint.file.empty() ? Identity() : identity_of(corpus, options, context.seed);
  Learning(pairs, options, table, context).run(checkpoint, std::move(identity), out.report);
  out.vectors = table.sums();
  return out;
}

}  // namespace akin
