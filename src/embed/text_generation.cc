#include "akin/embed/text_generation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

std::int32_t end_token(const Tokenizer& tokenizer) noexcept {
  for (const char* piece : {"<|endoftext|>", "</s>", "<eos>"}) {
    if (const std::int32_t id = tokenizer.id_of(piece); id >= 0) return id;
  }
  return -1;
}

std::vector<std::int32_t> prompt_ids(const LanguageModel& model, std::string_view prompt, std::int32_t end) {
  std::vector<std::int32_t> ids = model.tokenizer().encode(prompt, {.special_tokens = false}).ids;
  if (ids.empty() && end >= 0) ids.push_back(end);  // what stands before every text
  if (ids.empty()) throw Error(ErrorCode::invalid_argument, model.name() + ": a text without a token cannot be continued");
  return ids;
}

}  // namespace

void check(const GenerationOptions& o) {
  require(o.n_tokens > 0, "at least one token must be asked for");
  require(std::isfinite(o.temperature) && o.temperature >= 0, "the temperature must not be negative");
  require(o.top_p > 0 && o.top_p <= 1, "top-p must be above 0 and at most 1");
}

std::int32_t draw_token(std::span<const float> scores, const GenerationOptions& options, double random) {
  require(!scores.empty(), "a token is drawn from scores");
  std::vector<std::int32_t> ids(scores.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto score = [&](std::int32_t id) { return static_cast<double>(scores[static_cast<std::size_t>(id)]); };
  const auto before = [&](std::int32_t a, std::int32_t b) { return score(a) != score(b) ? score(a) > score(b) : a < b; };
  const bool takes_best = options.temperature == 0;
  const std::size_t k = takes_best ? 1 : options.top_k == 0 ? ids.size() : std::min(options.top_k, ids.size());
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(k), ids.end(), before);
  if (takes_best) return ids.front();
  std::vector<double> shares(k);
  double total = 0;
  for (std::size_t i = 0; i < k; ++i) total += shares[i] = std::exp((score(ids[i]) - score(ids[0])) / options.temperature);
  double kept = 0;
  std::size_t n = 0;
  while (n < k && kept < options.top_p * total) kept += shares[n++];
  double left = random * kept;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (left < shares[i]) return ids[i];
    left -= shares[i];
  }
  return ids[n - 1];
}

std::vector<std::int32_t> generate_tokens(const LanguageModel& model, std::string_view prompt, const GenerationOptions& options,
                                          const std::function<void(std::int32_t id)>& on_token, Context& context) {
  check(options);
  if (model.is_masked()) {
    throw Error(ErrorCode::unsupported, model.name() + " is a masked model, which fills gaps and does not continue a text");
  }
  const std::int32_t end = end_token(model.tokenizer());
  std::vector<std::int32_t> ids = prompt_ids(model, prompt, end);
  const std::size_t n_given = ids.size(), most = model.position_limit();
  Rng rng(context.seed);
  while (ids.size() < n_given + options.n_tokens) {
    context.cancel.check();
    const std::span<const std::int32_t> seen = std::span(ids).last(std::min(ids.size(), most));
    const std::int32_t next = draw_token(model.scores(seen, seen.size(), context), options, static_cast<double>(rng.uniform()));
    if (next == end) break;
    ids.push_back(next);
    if (on_token) on_token(next);
  }
  return {ids.begin() + static_cast<std::ptrdiff_t>(n_given), ids.end()};
}

}  // namespace akin
