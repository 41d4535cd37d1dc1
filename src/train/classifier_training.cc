#include "akin/train/classifier_training.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/formats/fasttext.h"
#include "akin/kernels/word_step.h"
#include "label_task.h"
#include "option_range.h"
#include "product_quantizer.h"
#include "round_schedule.h"
#include "row_rounds.h"
#include "word_table.h"

namespace akin {

struct TrainedClassifier::Parts {
  const LabelledCorpus* corpus = nullptr;
  ClassifierOptions options;
  WordTrainingReport report;
  std::uint64_t seed = 0;
  Matrix<float> table;  // (rows of words and n-grams + labels, padded dim)
};

namespace {

constexpr std::size_t kRowsAtOnce = 1024;

void check(const ClassifierOptions& options) {
  check_range("the dimension", static_cast<double>(options.dim), 1, 10000);
  check_range("the number of epochs", static_cast<double>(options.epochs), 1, 100000);
  check_range("the rate", double{options.rate}, 1e-9, 100);
}

const char* name_of(LabelLoss loss) {
  return loss == LabelLoss::softmax ? "softmax" : loss == LabelLoss::hierarchical_softmax ? "hierarchical_softmax" : "one_vs_all";
}

Identity identity_of(const LabelledCorpus& corpus, const ClassifierOptions& o, std::uint64_t seed, std::uint32_t first_numbers) {
  return {{"model", "classifier"},
          {"loss", name_of(o.loss)},
          {"dimension", std::to_string(o.dim)},
          {"number of epochs", std::to_string(o.epochs)},
          {"rate", number_text(double{o.rate})},
          {"seed", std::to_string(seed)},
          {"first numbers (by their checksum)", std::to_string(first_numbers)},
          {"text (by its SHA-256)", corpus.digest()}};
}

/// Words and n-grams begin anywhere within ±1/dim, or where `pretrained` has them; labels at zero.
Matrix<float> first_table(const LabelledCorpus& corpus, const ClassifierOptions& options, const WordVectors* pretrained, Context& context) {
  const std::size_t n_words = corpus.words().size();
  auto table = Matrix<float>::uninitialized(corpus.n_rows() + corpus.labels().size(), kernels::padded_row(options.dim));
  context.pool.parallel_for(table.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const std::span<float> row = table.row(r);
      std::fill(row.begin(), row.end(), 0.0F);
      if (r >= corpus.n_rows()) continue;
      const auto place = pretrained != nullptr && r < n_words ? pretrained->find(corpus.words()[r]) : std::nullopt;
      if (place) {
        pretrained->read(*place, row.first(options.dim));
      } else {
        first_numbers_of_row(r < n_words ? r : n_words + corpus.buckets()[r - n_words], context.seed, row.first(options.dim));
      }
    }
  });
  return table;
}

std::uint32_t checksum_of(const Matrix<float>& table) {
  std::uint32_t crc = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) crc = crc32c(crc, std::as_bytes(table.row(r)));
  return crc;
}

/// Rounds over all lines, by which the table moves.
WordTrainingReport learn(const LabelPlan& plan, const CheckpointOptions& checkpoint, const std::function<Identity()>& identity,
                         Matrix<float>& table, Context& context) {
  const UnitRows units{.begins = {}, .rows = {}, .first_single = 0, .n_units = table.rows()};
  RoundSchedule schedule({.n_blocks = plan.n_blocks(),
                          .epochs = plan.options.epochs,
                          .blocks_a_round = plan.blocks_a_round(),
                          .most_threads = plan.most_threads(),
                          .first_rate = plan.options.rate,
                          .least_rate = 0,
                          .words_before = [&](std::size_t block) { return plan.blocks[block].words_before; },
                          .forget = [](std::size_t, std::size_t) {},  // lines are shuffled: those of a block lie apart
                          .identity = identity},
                         checkpoint, table, context);
  RowRounds rounds(
      table, units, [&] { return make_label_task(plan); }, context);
  WordTrainingReport report = schedule.run(rounds);
  for (std::size_t r = 0; r < table.rows(); ++r)
    for (const float x : table.row(r))
      if (!std::isfinite(x))
        throw Error(ErrorCode::invalid_argument,
                    "the numbers grew beyond all bounds: a rate below " + number_text(double{plan.options.rate}) + " is wanted");
  return report;
}

FastTextArgs args_of(const LabelledCorpus& corpus, const ClassifierOptions& o) {
  FastTextArgs args;
  args.dim = static_cast<std::int32_t>(o.dim);
  args.epoch = static_cast<std::int32_t>(o.epochs);
  args.min_count = static_cast<std::int32_t>(std::min<std::uint64_t>(corpus.options().min_count, 0x7FFFFFFF));
  args.word_ngrams = corpus.options().word_ngrams;
  args.loss = o.loss == LabelLoss::hierarchical_softmax ? 1 : o.loss == LabelLoss::softmax ? 3 : 4;
  args.model = 3;
  args.bucket = corpus.options().buckets;
  args.minn = corpus.options().minn;
  args.maxn = corpus.options().maxn;
  return args;
}

/// All but the matrices.
FastTextParts file_parts(const TrainedClassifier::Parts& p) {
  const LabelledCorpus& corpus = *p.corpus;
  FastTextParts out;
  out.args = args_of(corpus, p.options);
  out.words = corpus.words();
  out.counts.assign(corpus.counts().begin(), corpus.counts().end());
  out.labels = corpus.labels();
  out.label_counts.assign(corpus.label_counts().begin(), corpus.label_counts().end());
  for (const auto* counts : {&out.counts, &out.label_counts})
    for (const std::int64_t n : *counts) out.n_tokens += n;
  return out;
}

MatrixView<const float> labels_of(const Matrix<float>& table, std::size_t n_labels, std::size_t dim) {
  return {table.row(table.rows() - n_labels).data(), n_labels, dim, table.cols()};
}

/// The rows that stay, in the order of the table: those with the longest vectors, and the end of a line before all, as fastText has it.
std::vector<std::uint32_t> rows_to_keep(const TrainedClassifier::Parts& p, std::size_t cutoff) {
  const LabelledCorpus& corpus = *p.corpus;
  std::vector<std::uint32_t> rows(corpus.n_rows());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  if (cutoff == 0 || cutoff >= rows.size()) return rows;
  std::vector<double> length(rows.size(), 0.0);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (const float x : p.table.row(r)) length[r] += double{x} * double{x};
    if (r < corpus.words().size() && corpus.words()[r] == kFastTextEnd) length[r] = HUGE_VAL;
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) { return length[a] > length[b]; });
  rows.resize(cutoff);
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The rows that stay, and the labels'.
Matrix<float> smaller_table(const TrainedClassifier::Parts& p, std::span<const std::uint32_t> rows) {
  const std::size_t n_labels = p.corpus->labels().size();
  auto table = Matrix<float>::uninitialized(rows.size() + n_labels, p.table.cols());
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const std::size_t from = r < rows.size() ? rows[r] : p.corpus->n_rows() + r - rows.size();
    std::copy_n(p.table.row(from).data(), table.cols(), table.row(r).data());
  }
  return table;
}

void learn_on(const TrainedClassifier::Parts& p, std::span<const std::uint32_t> rows, Matrix<float>& table, Context& context) {
  LabelPlan plan(*p.corpus, p.options, p.seed);
  plan.n_rows = static_cast<std::uint32_t>(rows.size());
  plan.rows.assign(p.corpus->n_rows(), LabelPlan::kNone);
  for (std::uint32_t i = 0; i < rows.size(); ++i) plan.rows[rows[i]] = i;
  learn(plan, {}, {}, table, context);
}

}  // namespace

TrainedClassifier::TrainedClassifier(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TrainedClassifier::~TrainedClassifier() = default;
TrainedClassifier::TrainedClassifier(TrainedClassifier&&) noexcept = default;
TrainedClassifier& TrainedClassifier::operator=(TrainedClassifier&&) noexcept = default;

const WordTrainingReport& TrainedClassifier::report() const noexcept { return parts_->report; }
const ClassifierOptions& TrainedClassifier::options() const noexcept { return parts_->options; }

void TrainedClassifier::write(const std::filesystem::path& path) const {
  const Parts& p = *parts_;
  const LabelledCorpus& corpus = *p.corpus;
  const std::size_t n_words = corpus.words().size();
  std::vector<std::uint32_t> row_of_bucket(static_cast<std::size_t>(corpus.options().buckets), 0);
  for (std::size_t i = 0; i < corpus.buckets().size(); ++i)
    row_of_bucket[corpus.buckets()[i]] = static_cast<std::uint32_t>(n_words + i + 1);
  FastTextParts out = file_parts(p);
  out.output = labels_of(p.table, corpus.labels().size(), p.options.dim);
  out.input = [&](std::size_t r, std::span<float> row) {
    const std::size_t from = r < n_words ? r + 1 : row_of_bucket[r - n_words];
    if (from == 0) {
      std::fill(row.begin(), row.end(), 0.0F);
    } else {
      std::copy_n(p.table.row(from - 1).data(), row.size(), row.data());
    }
  };
  write_fasttext(path, out);
}

void TrainedClassifier::write_quantized(const std::filesystem::path& path, const QuantizeOptions& options, Context& context) const {
  const Parts& p = *parts_;
  const LabelledCorpus& corpus = *p.corpus;
  check_range("the number of values that share a code", static_cast<double>(options.part), 1, static_cast<double>(p.options.dim));
  const std::size_t n_words = corpus.words().size(), n_labels = corpus.labels().size();
  const std::vector<std::uint32_t> rows = rows_to_keep(p, options.cutoff);
  Matrix<float> table = smaller_table(p, rows);
  if (options.retrain && rows.size() < corpus.n_rows()) learn_on(p, rows, table, context);
  FastTextParts out = file_parts(p);
  out.words.clear();
  out.counts.clear();
  std::vector<std::int32_t> buckets;
  for (const std::uint32_t r : rows) {
    if (r < n_words) {
      out.words.push_back(corpus.words()[r]);
      out.counts.push_back(static_cast<std::int64_t>(corpus.counts()[r]));
    } else {
      buckets.push_back(static_cast<std::int32_t>(corpus.buckets()[r - n_words]));
    }
  }
  if (corpus.options().buckets > 0 || rows.size() < corpus.n_rows()) out.kept_buckets = std::move(buckets);
  const MatrixView<const float> input{table.data(), rows.size(), p.options.dim, table.cols()};
  out.input_codes = quantize_rows(input, {options.part, options.norms}, context);
  out.output = labels_of(table, n_labels, p.options.dim);
  if (options.output) out.output_codes = quantize_rows(out.output, {std::min<std::size_t>(2, p.options.dim), options.norms}, context);
  write_fasttext(path, out);
}

TrainedClassifier train_classifier(const LabelledCorpus& corpus, const ClassifierOptions& options, const WordVectors* pretrained,
                                   const CheckpointOptions& checkpoint, Context& context) {
  check(options);
  if (pretrained != nullptr && pretrained->dim() != options.dim)
    throw Error(ErrorCode::invalid_argument, pretrained->path().string() + ": vectors of " + std::to_string(pretrained->dim()) +
                                                 " numbers, the dimension is " + std::to_string(options.dim));
  auto parts = std::make_unique<TrainedClassifier::Parts>();
  parts->corpus = &corpus;
  parts->options = options;
  parts->seed = context.seed;
  parts->table = first_table(corpus, options, pretrained, context);
  const LabelPlan plan(corpus, parts->options, context.seed);
  parts->report = learn(
      plan, checkpoint, [&] { return identity_of(corpus, options, context.seed, checksum_of(parts->table)); }, parts->table, context);
  return TrainedClassifier(std::move(parts));
}

}  // namespace akin
