#include "akin/train/lm_train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "lm_checkpoint.h"
#include "training_checkpoint.h"

namespace akin {

struct LmTrainer::Impl {
  LmModel* model;
  LmTrainOptions options;
  LmBatches batches;
  std::optional<LmBatches> held_out;
  AdamW adam;
  Matrix<float> gradients;
  Matrix<float> d_hidden;
  ActivationTape tape;
  std::vector<LmPoint> curve;
  double seconds_in_steps = 0;

  Impl(LmModel& a_model, const TokenFile& tokens, const TokenFile* held_out_tokens, const LmTrainOptions& an_options)
      : model(&a_model),
        options(an_options),
        batches(tokens, options.batches),
        adam(a_model.parameters(), options.adam),
        gradients(1, a_model.parameters().size()) {
    check(options);
    if (held_out_tokens == nullptr) return;
    LmBatchOptions in_order = options.batches;
    in_order.order = LmOrder::sequential;
    held_out.emplace(*held_out_tokens, in_order);
  }

  [[nodiscard]] std::span<float> gradient_span() { return {gradients.data(), gradients.size()}; }

  [[nodiscard]] DropoutRates dropout_of(std::size_t part) const {
    Rng rng = Rng(options.batches.seed).fork((adam.n_steps() << 16 | part) ^ 0x5bd1e9955bd1e995ULL);
    return {options.dropout, options.dropout, rng.next()};
  }

  /// Adds the gradients of some texts, each token's loss times `weight`; returns the sum of the losses.
  double run(const LmBatch& batch, std::size_t part, float weight, Context& context) {
    const TokenBatch tokens{batch.ids, {}, batch.starts};
    const std::span<const float> values = model->parameters().values();
    const MatrixView<const float> hidden = model->transformer().forward(tokens, values, dropout_of(part), tape, context);
    const MatrixView<float> d = nn::grow(d_hidden, hidden.rows(), hidden.cols());
    const double loss =
        model->head().backward(hidden, {batch.target_rows, batch.target_ids}, values, {d, gradient_span(), weight}, context);
    model->transformer().backward(tokens, values, d, tape, gradient_span(), context);
    return loss;
  }
};

void check(const LmTrainOptions& o) {
  check(o.adam);
  const auto want = [](bool good, const char* what) {
    if (!good) throw Error(ErrorCode::invalid_argument, std::string("training: ") + what);
  };
  want(o.batch > 0 && o.batch <= 65536, "1 to 65,536 texts a step can be asked for");
  want(o.accumulate > 0 && o.accumulate <= o.batch, "a step cannot be cut into more parts than it has texts");
  want(o.dropout >= 0 && o.dropout < 1, "dropout must be at least 0 and below 1");
  want(std::isfinite(o.schedule.rate) && o.schedule.rate > 0 && o.schedule.rate <= 10, "the rate must be above 0 and at most 10");
  want(o.schedule.last_rate >= 0 && o.schedule.last_rate <= o.schedule.rate, "the last rate must be 0 to the highest rate");
  want(o.schedule.steps == 0 || o.schedule.warmup <= o.schedule.steps, "the warm-up cannot be longer than the training");
}

LmTrainer::LmTrainer(LmModel& model, const TokenFile& tokens, const TokenFile* held_out, const LmTrainOptions& options)
    : impl_(std::make_unique<Impl>(model, tokens, held_out, options)) {}
LmTrainer::LmTrainer(LmTrainer&&) noexcept = default;
LmTrainer::~LmTrainer() = default;

std::size_t LmTrainer::n_steps() const noexcept { return impl_->adam.n_steps(); }
const std::vector<LmPoint>& LmTrainer::curve() const noexcept { return impl_->curve; }

bool LmTrainer::has_held_out() const noexcept { return impl_->held_out.has_value(); }

double LmTrainer::seconds_in_steps() const noexcept { return impl_->seconds_in_steps; }

const LmPoint& LmTrainer::step(Context& context) {
  const auto start = std::chrono::steady_clock::now();
  Impl& impl = *impl_;
  const LmTrainOptions& o = impl.options;
  const std::size_t done = impl.adam.n_steps();
  std::vector<LmBatch> parts;
  std::size_t n_targets = 0, first = 0;
  for (std::size_t part = 0; part < o.accumulate; ++part) {
    const std::size_t end = (part + 1) * o.batch / o.accumulate;
    parts.push_back(impl.batches.get(done * o.batch + first, end - first));
    n_targets += parts.back().target_ids.size();
    first = end;
  }
  double loss = 0;
  try {
    for (std::size_t part = 0; part < parts.size(); ++part) loss += impl.run(parts[part], part, 1 / static_cast<float>(n_targets), context);
  } catch (...) {
    std::ranges::fill(impl.gradient_span(), 0.0F);
    throw;
  }
  LmPoint point;
  point.loss = loss / static_cast<double>(n_targets);
  if (!std::isfinite(point.loss)) {
    throw Error(ErrorCode::invalid_argument, "the loss of step " + std::to_string(done + 1) + " is not a number: a lower rate is wanted");
  }
  point.rate = rate_at(o.schedule, done);
  point.gradient_length = impl.adam.step(impl.model->parameters(), impl.gradient_span(), point.rate, context);
  point.step = done + 1;
  impl.curve.push_back(point);
  impl.seconds_in_steps += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return impl.curve.back();
}

double LmTrainer::held_out_loss(Context& context) {
  Impl& impl = *impl_;
  require(impl.held_out.has_value(), "there are no held-out texts");
  const std::size_t n = std::min(impl.options.n_eval_texts, impl.held_out->n_texts());
  double loss = 0;
  std::size_t n_targets = 0;
  for (std::size_t first = 0; first < n; first += impl.options.batch) {
    const LmBatch batch = impl.held_out->get(first, std::min(impl.options.batch, n - first));
    const std::span<const float> values = impl.model->parameters().values();
    const MatrixView<const float> hidden = impl.model->transformer().forward({batch.ids, {}, batch.starts}, values, {}, impl.tape, context);
    loss += impl.model->head().loss(hidden, {batch.target_rows, batch.target_ids}, values, context);
    n_targets += batch.target_ids.size();
  }
  const double mean = loss / static_cast<double>(n_targets);
  if (!impl.curve.empty()) impl.curve.back().held_out_loss = mean;
  return mean;
}

void LmTrainer::save(const std::filesystem::path& folder) const {
  impl_->model->write(folder);
  write_lm_curve(folder / kLmCurveName, impl_->curve);
  write_lm_checkpoint(folder / kTrainingCheckpointName, {impl_->model, &impl_->adam, &impl_->options});
}

void LmTrainer::resume(const std::filesystem::path& folder) {
  read_lm_checkpoint(folder / kTrainingCheckpointName, {impl_->model, &impl_->adam, &impl_->options});
  impl_->curve = read_lm_curve(folder / kLmCurveName, impl_->adam.n_steps());
}

void train_lm(LmTrainer& trainer, const LmTrainOptions& options, const std::filesystem::path& folder, const LmObserver& observer,
              Context& context) {
  const auto is_due = [&](std::size_t every) { return every > 0 && trainer.n_steps() % every == 0; };
  const std::size_t steps = options.schedule.steps, left = steps - std::min(steps, trainer.n_steps());
  const std::size_t last = trainer.n_steps() + (options.stop_after == 0 ? left : std::min(left, options.stop_after));
  try {
    while (trainer.n_steps() < last) {
      context.cancel.check();
      trainer.step(context);
      const bool is_last = trainer.n_steps() == last;
      if (trainer.has_held_out() && (is_due(options.eval_every) || is_last)) trainer.held_out_loss(context);
      if (observer) observer(trainer.curve().back());
      if (is_due(options.save_every) && !is_last) trainer.save(folder);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) trainer.save(folder);
    throw;
  }
  trainer.save(folder);
}

}  // namespace akin
