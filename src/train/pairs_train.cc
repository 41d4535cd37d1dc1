#include "akin/train/pairs_train.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/base/sha256.h"
#include "training_checkpoint.h"

namespace akin {
namespace {

constexpr std::size_t kTokenizeGrain = 16;

/// In a checkpoint, beside the options.
constexpr const char *kBestValue = "best_value", *kBestStep = "best_step", *kOwesLook = "owes_look";

/// Texts of a batch that go through the model together.
struct Part {
  std::size_t first = 0, n = 0;
};

/// Cuts at `max_tokens`; a longer text is a part of its own.
std::vector<Part> cut(std::span<const TunableText* const> texts, std::size_t max_tokens) {
  std::vector<Part> parts;
  std::size_t n_tokens = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    n_tokens += texts[i]->ids.size();
    if (parts.empty() || n_tokens > max_tokens) {
      parts.push_back({i, 0});
      n_tokens = texts[i]->ids.size();
    }
    ++parts.back().n;
  }
  return parts;
}

}  // namespace

struct PairTrainer::Impl {
  TunableEncoder* encoder;
  const TextPairs* pairs;
  std::vector<TuningPair> held_out;
  PairTrainOptions options;
  PairOrder order;
  AdamW adam;
  Matrix<float> gradients;
  std::vector<TunableText> anchors, others;  // by number of text; empty where a text is not one
  TunableTape tape;
  std::size_t n_cut = 0;

  Impl(TunableEncoder& an_encoder, const TextPairs& the_pairs, std::vector<TuningPair> the_held_out, const PairTrainOptions& the_options)
      : encoder(&an_encoder),
        pairs(&the_pairs),
        held_out(std::move(the_held_out)),
        options(the_options),
        order(the_pairs.list().size(), the_options.seed),
        adam(an_encoder.parameters(), the_options.adam),
        gradients(1, an_encoder.parameters().size()) {}

  [[nodiscard]] std::span<float> gradient_span() { return {gradients.data(), gradients.size()}; }
  [[nodiscard]] bool is_ranking() const { return options.loss.loss == PairLoss::ranking; }

  /// Everything that decides a bit of what follows.
  [[nodiscard]] TrainingState state() {
    const PairTrainOptions& o = options;
    std::string dims;
    for (const std::size_t d : o.loss.dims) dims += (dims.empty() ? "" : ",") + std::to_string(d);
    return {&encoder->parameters(),
            &adam,
            {{"model", encoder->fingerprint()},
             {"pairs", digest()},
             {"loss", std::string(name_of(o.loss.loss))},
             {"scale", fact_of(o.loss.scale)},
             {"both-directions", o.loss.both_directions ? "true" : "false"},
             {"dims", dims},
             {"batch", std::to_string(o.batch)},
             {"memory", std::to_string(o.memory)},
             {"dropout", fact_of(static_cast<double>(o.dropout))},
             {"seed", std::to_string(o.seed)},
             {"rate", fact_of(o.schedule.rate)},
             {"last-rate", fact_of(o.schedule.last_rate)},
             {"warmup", std::to_string(o.schedule.warmup)},
             {"steps", std::to_string(o.schedule.steps)},
             {"beta1", fact_of(o.adam.beta1)},
             {"beta2", fact_of(o.adam.beta2)},
             {"eps", fact_of(o.adam.eps)},
             {"weight-decay", fact_of(o.adam.weight_decay)},
             {"clip", fact_of(o.adam.clip)}}};
  }

  /// Of the pairs that are learnt and those that are looked at.
  [[nodiscard]] std::string digest() const {
    Sha256 hash;
    for (const std::string& text : pairs->texts()) hash.field(text);
    hash.update(std::as_bytes(std::span(pairs->labels())));
    for (const auto* list : {&pairs->list(), static_cast<const std::vector<TuningPair>*>(&held_out)}) {
      hash.field(std::to_string(list->size())).update(std::as_bytes(std::span(*list)));
    }
    return hash.hex();
  }

  void encode(Context& context) {
    std::vector<bool> is_anchor(pairs->texts().size()), is_other(pairs->texts().size());
    const auto mark = [&](const TuningPair& pair) {
      is_anchor[pair.anchor] = is_other[pair.positive] = true;
      if (is_ranking() && pair.negative != TuningPair::kNone) is_other[pair.negative] = true;
    };
    for (const TuningPair& pair : pairs->list()) mark(pair);
    for (const TuningPair& pair : held_out) mark(pair);
    encode(is_anchor, is_ranking() ? TextRole::query : TextRole::plain, anchors, context);
    encode(is_other, is_ranking() ? TextRole::document : TextRole::plain, others, context);
    for (const auto* list : {&anchors, &others}) {
      n_cut += static_cast<std::size_t>(std::ranges::count_if(*list, [](const TunableText& text) { return text.n_dropped > 0; }));
    }
  }

  void encode(const std::vector<bool>& wanted, TextRole role, std::vector<TunableText>& out, Context& context) const {
    out.resize(wanted.size());
    context.parallel_for(wanted.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (wanted[i]) out[i] = encoder->encode(pairs->texts()[i], role);
      }
    });
  }

  /// A batch as the loss sees it.
  struct Batch {
    std::vector<const TunableText*> texts;
    std::vector<std::uint32_t> ids;
    std::vector<std::int32_t> labels;
    std::vector<float> scores;
    PairRows rows;
  };

  [[nodiscard]] Batch gather(std::span<const TuningPair> some) const {
    Batch batch;
    const auto add = [&](const std::vector<TunableText>& list, std::uint32_t text) {
      batch.texts.push_back(&list[text]);
      batch.ids.push_back(text);
      batch.labels.push_back(pairs->labels()[text]);
    };
    for (const TuningPair& pair : some) add(anchors, pair.anchor);
    for (const TuningPair& pair : some) add(others, pair.positive);
    for (const TuningPair& pair : some) {
      if (is_ranking() && pair.negative != TuningPair::kNone) add(others, pair.negative);
      batch.scores.push_back(pair.score);
    }
    batch.rows.n_pairs = some.size();
    batch.rows.n_negatives = batch.texts.size() - 2 * some.size();
    batch.rows.text_ids = batch.ids;
    batch.rows.labels = batch.labels;
    batch.rows.scores = batch.scores;
    return batch;
  }

  /// The loss of some pairs; with `trains`, its gradient is added. `key` names the draw of dropout.
  double run(std::span<const TuningPair> some, bool trains, std::uint64_t key, Context& context) {
    const Batch batch = gather(some);
    const std::size_t max_tokens = std::max<std::size_t>(options.memory / encoder->tape_bytes_per_token(), 1);
    const std::vector<Part> parts = cut(batch.texts, max_tokens);
    Matrix<float> vectors(batch.texts.size(), encoder->dim()), d_vectors(batch.texts.size(), encoder->dim());
    const auto forward = [&](std::size_t p) {
      const float rate = trains ? options.dropout : 0;
      const DropoutRates dropout{rate, rate, Rng(key).fork(p).next()};
      const std::span<const TunableText* const> texts(batch.texts);
      encoder->forward(texts.subspan(parts[p].first, parts[p].n), dropout, tape, vectors.view().middle_rows(parts[p].first, parts[p].n),
                       context);
    };
    for (std::size_t p = 0; p < parts.size(); ++p) forward(p);
    const double loss = pair_loss(vectors.view(), batch.rows, options.loss, d_vectors.view());
    // The last part's forward pass still stands on the tape.
    for (std::size_t p = parts.size(); trains && p-- > 0;) {
      if (p + 1 < parts.size()) forward(p);
      encoder->backward(std::as_const(d_vectors).view().middle_rows(parts[p].first, parts[p].n), tape, gradient_span(), context);
    }
    return loss;
  }
};

void check(const PairTrainOptions& o, std::size_t dim) {
  check(o.adam);
  check(o.loss, dim);
  const auto want = [](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::invalid_argument, std::string("tuning: ") + what);
  };
  want(o.batch >= (o.loss.loss == PairLoss::cosine ? 1U : 2U) && o.batch <= 65536, "2 to 65,536 pairs a step can be asked for");
  want(o.memory >= std::size_t{1} << 20, "at least 1 MB is wanted for a part of a batch");
  want(o.dropout >= 0 && o.dropout < 1, "dropout must be at least 0 and below 1");
  want(std::isfinite(o.schedule.rate) && o.schedule.rate > 0 && o.schedule.rate <= 1, "the rate must be above 0 and at most 1");
  want(o.schedule.last_rate >= 0 && o.schedule.last_rate <= o.schedule.rate, "the last rate must be 0 to the highest rate");
  want(o.schedule.steps <= 100'000'000, "at most 100,000,000 steps can be asked for");
}

PairTrainer::PairTrainer(TunableEncoder& encoder, const TextPairs& pairs, std::vector<TuningPair> held_out, const PairTrainOptions& options,
                         Context& context) {
  check(options, encoder.dim());
  if (pairs.list().empty()) throw Error(ErrorCode::invalid_argument, "tuning: there are no pairs to learn from");
  impl_ = std::make_unique<Impl>(encoder, pairs, std::move(held_out), options);
  impl_->encode(context);
}
PairTrainer::PairTrainer(PairTrainer&&) noexcept = default;
PairTrainer::~PairTrainer() = default;

const TunableEncoder& PairTrainer::encoder() const noexcept { return *impl_->encoder; }
std::size_t PairTrainer::n_steps() const noexcept { return impl_->adam.n_steps(); }
std::size_t PairTrainer::n_texts_cut() const noexcept { return impl_->n_cut; }
bool PairTrainer::has_held_out() const noexcept { return !impl_->held_out.empty(); }

PairPoint PairTrainer::step(Context& context) {
  Impl& impl = *impl_;
  const std::size_t done = impl.adam.n_steps();
  std::vector<TuningPair> some;
  for (const std::size_t i : impl.order.get(done * impl.options.batch, impl.options.batch)) some.push_back(impl.pairs->list()[i]);
  PairPoint point;
  try {
    point.loss = impl.run(some, true, Rng(impl.options.seed).fork(~done).next(), context);
  } catch (...) {
    std::ranges::fill(impl.gradient_span(), 0.0F);
    throw;
  }
  if (!std::isfinite(point.loss)) {
    throw Error(ErrorCode::invalid_argument, "the loss of step " + std::to_string(done + 1) + " is not a number: a lower rate is wanted");
  }
  point.rate = rate_at(impl.options.schedule, done);
  point.gradient_length = impl.adam.step(impl.encoder->parameters(), impl.gradient_span(), point.rate, context);
  point.step = done + 1;
  return point;
}

double PairTrainer::held_out_loss(Context& context) {
  Impl& impl = *impl_;
  require(has_held_out(), "there are no held-out pairs");
  double sum = 0;
  const std::span<const TuningPair> all = impl.held_out;
  for (std::size_t first = 0; first < all.size(); first += impl.options.batch) {
    const std::size_t n = std::min(impl.options.batch, all.size() - first);
    sum += static_cast<double>(n) * impl.run(all.subspan(first, n), false, 0, context);
  }
  return sum / static_cast<double>(all.size());
}

void PairTrainer::save(const std::filesystem::path& folder, const PairLooks& looks) const {
  std::filesystem::create_directories(folder);
  TrainingFacts progress = {{kOwesLook, looks.owes_one ? "true" : "false"}, {kBestStep, std::to_string(looks.best_step)}};
  if (std::isfinite(looks.best_value)) progress[kBestValue] = fact_of(looks.best_value);
  write_training_checkpoint(folder / kTrainingCheckpointName, impl_->state(), progress);
}

PairLooks PairTrainer::resume(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kTrainingCheckpointName;
  const TrainingFacts facts = read_training_checkpoint(path, impl_->state());
  PairLooks looks;
  const auto read = [&](const char* name, auto& number) {
    const auto found = facts.find(name);
    const std::string text = found == facts.end() ? "" : found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return;
    throw Error(ErrorCode::corrupt, path.string() + ": '" + name + "' is '" + text.substr(0, 40) + "', a number was wanted");
  };
  read(kBestStep, looks.best_step);
  if (facts.contains(kBestValue)) read(kBestValue, looks.best_value);
  const auto owes = facts.find(kOwesLook);
  looks.owes_one = owes != facts.end() && owes->second == "true";
  return looks;
}

namespace {

/// Looks at the model and writes it where it is the best so far.
class Keeper {
 public:
  Keeper(PairTrainer& trainer, const std::filesystem::path& folder, const PairEvaluation& evaluation)
      : trainer_(trainer), folder_(folder), evaluation_(evaluation) {}

  [[nodiscard]] bool can_look() const { return evaluation_ || trainer_.has_held_out(); }
  [[nodiscard]] std::size_t best_step() const { return looks_.best_step; }

  void look(PairPoint& point, Context& context) {
    looks_.owes_one = true;
    if (trainer_.has_held_out()) point.held_out_loss = trainer_.held_out_loss(context);
    if (evaluation_) point.score = evaluation_(trainer_.encoder().embedder(), context);
    const double value = point.score ? *point.score : -*point.held_out_loss;
    if (value > looks_.best_value) {
      write(point.step);
      looks_.best_value = value;
    }
    looks_.owes_one = false;
  }
  void write(std::size_t step) {
    trainer_.encoder().write(folder_);
    looks_.best_step = step;
  }
  void save() const { trainer_.save(folder_, looks_); }
  void resume(Context& context) {
    looks_ = trainer_.resume(folder_);
    PairPoint point;
    point.step = trainer_.n_steps();
    if (looks_.owes_one && can_look()) look(point, context);
  }
  /// The model is done: nothing is left to go on with.
  void end() const { std::filesystem::remove(folder_ / kTrainingCheckpointName); }

 private:
  PairTrainer& trainer_;
  const std::filesystem::path& folder_;
  const PairEvaluation& evaluation_;
  PairLooks looks_;
};

}  // namespace

PairTrainReport tune_pairs(PairTrainer& trainer, const PairTrainOptions& options, const std::filesystem::path& folder,
                           const PairEvaluation& evaluation, const PairObserver& observer, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  Keeper keeper(trainer, folder, evaluation);
  PairTrainReport report;
  const auto take = [&](PairPoint point) {
    report.curve.push_back(point);
    if (observer) observer(point);
  };
  if (options.resumes) keeper.resume(context);
  const auto is_due = [&](std::size_t every) { return every > 0 && trainer.n_steps() % every == 0; };
  if (keeper.can_look() && trainer.n_steps() == 0) {
    PairPoint before;
    keeper.look(before, context);
    take(before);
  }
  try {
    while (trainer.n_steps() < options.schedule.steps) {
      context.cancel.check();
      PairPoint point = trainer.step(context);
      const bool is_last = point.step == options.schedule.steps;
      if (keeper.can_look() && (is_last || is_due(options.eval_every))) keeper.look(point, context);
      take(point);
      if (is_due(options.save_every) && !is_last) keeper.save();
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
    if (!keeper.can_look()) keeper.write(trainer.n_steps());
    keeper.save();
    throw;
  }
  if (!keeper.can_look()) keeper.write(trainer.n_steps());
  keeper.end();
  report.best_step = keeper.best_step();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace akin
