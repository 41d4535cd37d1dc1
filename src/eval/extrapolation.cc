#include "akin/eval/extrapolation.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kShortestTraining = 4, kTimesTrained = 4;
constexpr std::size_t kLongestKnown = std::size_t{1} << 24;  // a "length" above that is a way of saying: none

[[noreturn]] void refuse(const LanguageModel& model, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, model.name() + ": " + what);
}

ExtrapolationReport plan(const LanguageModel& model, std::size_t n_ids, const ExtrapolationOptions& options) {
  ExtrapolationReport report;
  if (options.trained == 0 && model.context_length() > kLongestKnown)
    refuse(model, "its files do not say how long its training texts were; name the number of tokens");
  report.trained = options.trained == 0 ? model.context_length() : options.trained;
  if (report.trained < kShortestTraining) refuse(model, "a training length of at least 4 tokens is wanted");
  const std::size_t limit = model.position_limit();
  report.length = options.length == 0 ? std::min(kTimesTrained * report.trained, limit) : options.length;
  if (report.length > limit || report.length <= report.trained) {
    refuse(model, "it was trained on " + std::to_string(report.trained) + " tokens" +
                      (limit > kLongestKnown ? "" : " and its table of positions has " + std::to_string(limit) + " rows") +
                      "; a window of " + std::to_string(report.length) + " tokens is " +
                      (report.length > limit ? "more than it can run" : "not beyond its training"));
  }
  report.n_windows = std::min(options.n_windows, n_ids / report.length);
  if (report.n_windows == 0)
    refuse(model, "the text has " + std::to_string(n_ids) + " tokens, a window of " + std::to_string(report.length) + " is wanted");
  return report;
}

/// Losses of one window's tokens, each seen from a shorter window that begins half a training length before it or more.
std::vector<double> short_losses(const LanguageModel& model, std::span<const std::int32_t> ids, std::size_t trained, Context& context) {
  const std::size_t step = trained / 2;
  std::vector<double> losses = model.losses(ids.first(trained), context);
  for (std::size_t begin = step; losses.size() + 1 < ids.size(); begin += step) {
    const std::vector<double> part = model.losses(ids.subspan(begin, std::min(trained, ids.size() - begin)), context);
    const std::size_t known = losses.size() - begin;
    losses.insert(losses.end(), part.begin() + static_cast<std::ptrdiff_t>(known), part.end());
  }
  return losses;
}

void add(std::span<const double> from, std::span<double> to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

}  // namespace

double ExtrapolationReport::mean(std::span<const double> losses, std::size_t first, std::size_t last) noexcept {
  last = std::min(last, losses.size());
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += losses[i];
  return first < last ? sum / static_cast<double>(last - first) : 0;
}

ExtrapolationReport evaluate_extrapolation(const LanguageModel& model, std::span<const std::int32_t> ids,
                                           const ExtrapolationOptions& options, Context& context) {
  ExtrapolationReport report = plan(model, ids.size(), options);
  std::vector<std::vector<double>> whole(report.n_windows), parts(report.n_windows);
  context.parallel_for(report.n_windows, 1, [&](std::size_t w, std::size_t) {
    const std::span<const std::int32_t> window = ids.subspan(w * report.length, report.length);
    whole[w] = model.losses(window, context);
    parts[w] = short_losses(model, window, report.trained, context);
  });
  context.cancel.check();
  report.loss.assign(report.length - 1, 0);
  report.short_loss.assign(report.length - 1, 0);
  for (std::size_t w = 0; w < report.n_windows; ++w) {
    add(whole[w], report.loss);
    add(parts[w], report.short_loss);
  }
  for (std::vector<double>* losses : {&report.loss, &report.short_loss})
    for (double& loss : *losses) loss /= static_cast<double>(report.n_windows);
  return report;
}

}  // namespace akin
