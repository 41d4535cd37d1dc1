#include "akin/embed/verify.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>

#include "akin/base/rng.h"
#include "differing_rows.h"

namespace akin {
namespace {

// Texts of all lengths up to the model's limit and past it, for models without a reference.
std::vector<std::string> made_up_texts(std::size_t max_tokens) {
  constexpr const char* kWords[] = {"water", "runs",  "down", "the", "old",  "stone", "stairs", "while", "a",     "quiet", "bell",
                                    "rings", "three", "days", "in",  "rain", "and",   "paper",  "boats", "drift", "past",  "us"};
  const std::size_t longest = std::min<std::size_t>(max_tokens == 0 ? 512 : max_tokens, 512) + 16;
  std::vector<std::string> texts;
  Rng rng(42);
  for (std::size_t i = 0; i < 70; ++i) {
    const std::size_t n_words = i < 40 ? i : static_cast<std::size_t>(rng.below(longest));
    std::string text;
    for (std::size_t w = 0; w < n_words; ++w) text += (w == 0 ? "" : " ") + std::string(kWords[rng.below(std::size(kWords))]);
    texts.push_back(std::move(text));
  }
  return texts;
}

// What is compared: the texts in some order, cut into batches of one size, on one number of threads.
struct Pass {
  const char* name;
  std::size_t batch;
  bool shuffled;
};
constexpr Pass kPasses[] = {{"batches of 1", 1, false}, {"batches of 7", 7, false}, {"batches of 64", 64, false}, {"shuffled", 1000, true}};

/// Vectors of the items of these numbers.
using Embed = std::function<Matrix<float>(std::span<const std::size_t> items, Context& context)>;

Matrix<float> embed_in_batches(const Embed& embed, std::size_t n_items, std::size_t dim, const Pass& pass, Context& context) {
  std::vector<std::size_t> order(n_items);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(7);
  if (pass.shuffled)
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  Matrix<float> out(n_items, dim);
  for (std::size_t begin = 0; begin < order.size(); begin += pass.batch) {
    const std::span<const std::size_t> batch = std::span(order).subspan(begin, std::min(pass.batch, order.size() - begin));
    const Matrix<float> vectors = embed(batch, context);
    for (std::size_t i = 0; i < batch.size(); ++i) std::ranges::copy(vectors.row(i), out.row(batch[i]).begin());
  }
  return out;
}

// The nearness that weights and precision of a kind reach: f32 equals the reference to rounding; for the others the bounds are those of
// the quality table (docs/quality.md) with room for other models.
double least_cosine(const ModelInfo& info) {
  const double by_precision = info.precision == Precision::int8 ? 0.985 : info.precision == Precision::bf16 ? 0.9990 : 1.0;
  const bool eight_bits = info.weight_type == "Q8_0";
  const bool sixteen_bits = info.weight_type == "F16" || info.weight_type == "BF16";
  return std::min(by_precision, eight_bits ? 0.9985 : sixteen_bits ? 0.9999 : 1.0);
}

/// Images of other shapes and colours each, as the model sees them.
std::vector<FittedImage> made_up_images(const Embedder& embedder) {
  constexpr std::size_t kImages = 20;
  std::vector<FittedImage> images;
  Rng rng(42);
  for (std::size_t i = 0; i < kImages; ++i) {
    Image image{Matrix<std::uint8_t>(20 + rng.below(200), 3 * (20 + rng.below(200)))};
    for (std::uint8_t* x = image.rows.data(); x != image.rows.data() + image.rows.size(); ++x)
      *x = static_cast<std::uint8_t>(rng.below(256));
    images.push_back(embedder.fit_image(image));
  }
  return images;
}

/// Every pass on one thread and on several; gives the vectors of the first, with which the others are compared.
Matrix<float> prove_invariance(const Embed& embed, std::size_t n_items, std::size_t dim, const std::string& of, VerifyReport& report,
                               Context& context) {
  Context alone(1), threaded(std::max(2, context.pool.n_threads()));
  Matrix<float> first;
  for (Context* threads : {&alone, &threaded}) {
    for (const Pass& pass : kPasses) {
      context.cancel.check();
      Matrix<float> vectors = embed_in_batches(embed, n_items, dim, pass, *threads);
      context.progress.advance(n_items);
      const int n = threads->pool.n_threads();
      if (first.empty()) {
        first = std::move(vectors);
        continue;
      }
      report.invariance.push_back(
          {of + pass.name + (n == 1 ? ", 1 thread" : ", " + std::to_string(n) + " threads"), rows_that_differ(first, vectors)});
    }
  }
  return first;
}

/// What the model is given for a text: by embed(), or by embed_tokens() for references of tokens.
std::vector<std::int32_t> ids_of(const Embedder& embedder, const std::string& text, bool of_tokens) {
  if (!of_tokens) {
    try {
      return embedder.encode(text, TextRole::plain).ids;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::unsupported) throw;
    }
  }
  EncodeOptions cut;
  cut.max_tokens = embedder.max_tokens();
  return embedder.tokenizer().encode(text, cut).ids;
}

void compare_ids(const Embedder& embedder, const Reference& reference, VerifyReport& report) {
  for (std::size_t i = 0; i < reference.texts.size(); ++i) {
    const std::vector<std::int32_t> ids = ids_of(embedder, reference.texts[i], !reference.states.empty());
    if (ids == reference.ids[i]) {
      ++report.n_ids_equal;
    } else if (report.first_difference.empty()) {
      const auto [a, b] = std::mismatch(ids.begin(), ids.end(), reference.ids[i].begin(), reference.ids[i].end());
      const auto shown = [](auto it, auto end) { return it == end ? std::string("the end") : std::to_string(*it); };
      report.first_difference = "text " + std::to_string(i + 1) + ", token " + std::to_string(a - ids.begin()) + ": " +
                                shown(a, ids.end()) + ", wanted " + shown(b, reference.ids[i].end());
    }
  }
}

/// Differences of rows, gathered over all of them.
class Nearness {
 public:
  explicit Nearness(VerifyReport& report) : report_(report) { report_.cosine_least = 1; }

  void add(MatrixView<const float> got, MatrixView<const float> want) {
    for (std::size_t r = 0; r < got.rows(); ++r) add(got.row(r), want.row(r));
  }

  void finish(const ModelInfo& info) {
    if (n_rows_ > 0) report_.cosine_mean = cosines_ / static_cast<double>(n_rows_);
    const double bound = least_cosine(info);
    // What two correct f32 programs differ by at most. A unit vector: 1e-5 (measured: 3e-7 between batch sizes of one). Numbers above 1
    // come out of sums that are larger still: torch's own f32 run is off by 1e-5 of them (T5 with gated GELU, against f64), so three times
    // that.
    report_.allowed_difference = bound == 1.0 ? std::max(1e-5, 3e-5 * (largest_ > 1 ? largest_ : 0)) : 0;
    report_.allowed_cosine = bound == 1.0 ? 1 - 1e-6 : bound;
  }

 private:
  void add(std::span<const float> got, std::span<const float> want) {
    double dot = 0, norm_a = 0, norm_b = 0;
    for (std::size_t c = 0; c < got.size(); ++c) {
      const double a = got[c], b = want[c];
      dot += a * b, norm_a += a * a, norm_b += b * b;
      largest_ = std::max(largest_, std::abs(b));
      report_.max_abs_difference = std::max(report_.max_abs_difference, std::isfinite(a) ? std::abs(a - b) : HUGE_VAL);
    }
    const double lengths = std::sqrt(norm_a) * std::sqrt(norm_b);
    const double cosine = lengths > 0 ? dot / lengths : (norm_a == norm_b ? 1 : 0);
    cosines_ += cosine;
    report_.cosine_least = std::min(report_.cosine_least, cosine);
    ++n_rows_;
  }

  VerifyReport& report_;
  double largest_ = 0, cosines_ = 0;
  std::size_t n_rows_ = 0;
};

void compare_states(const Embedder& embedder, const Reference& reference, Nearness& nearness, Context& context) {
  for (std::size_t i = 0; i < reference.texts.size(); ++i) {
    const TokenVectors tokens = embedder.embed_tokens(reference.texts[i], context);
    const Matrix<float>& want = reference.states[i];
    if (tokens.hidden.cols() != want.cols()) {
      throw Error(ErrorCode::mismatch, "the reference states have " + std::to_string(want.cols()) + " dimensions, the model's " +
                                           std::to_string(tokens.hidden.cols()));
    }
    if (tokens.hidden.rows() == want.rows()) nearness.add(tokens.hidden.view(), want.view());  // else its ids differ
  }
}

}  // namespace

bool VerifyReport::vectors_near() const noexcept {
  return cosine_least >= allowed_cosine && (allowed_difference == 0 || max_abs_difference <= allowed_difference);
}
bool VerifyReport::invariant() const noexcept {
  return std::all_of(invariance.begin(), invariance.end(), [](const InvarianceCheck& c) { return c.n_different == 0; });
}
bool VerifyReport::passed() const noexcept { return invariant() && (!has_reference || (ids_equal() && vectors_near())); }

VerifyReport verify(const Embedder& embedder, const Reference* reference, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const bool of_tokens = reference != nullptr && !reference->states.empty();
  if (reference != nullptr && !of_tokens && reference->vectors.cols() != embedder.dim())
    throw Error(ErrorCode::mismatch, "the reference vectors have " + std::to_string(reference->vectors.cols()) +
                                         " dimensions, the model's " + std::to_string(embedder.dim()));
  VerifyReport report;
  std::vector<std::string> texts;
  if (embedder.info().takes_texts) texts = reference != nullptr ? reference->texts : made_up_texts(embedder.max_tokens());
  if (!embedder.info().takes_texts && reference != nullptr) {
    throw Error(ErrorCode::mismatch, embedder.info().name + ": the reference has vectors of texts, the model takes images only");
  }
  const std::vector<FittedImage> images = embedder.info().takes_images ? made_up_images(embedder) : std::vector<FittedImage>();
  report.n_texts = texts.size();
  report.n_images = images.size();
  context.progress.begin("verifying", 2 * std::size(kPasses) * (texts.size() + images.size()), "texts");
  const auto embed_texts = [&](std::span<const std::size_t> items, Context& threads) {
    std::vector<std::string_view> batch;
    for (const std::size_t i : items) batch.emplace_back(texts[i]);
    return std::move(embedder.embed(std::span<const std::string_view>(batch), TextRole::plain, threads).vectors);
  };
  const auto embed_images = [&](std::span<const std::size_t> items, Context& threads) {
    std::vector<FittedImage> batch;
    for (const std::size_t i : items) batch.push_back({Image{images[i].pixels.rows.clone()}});
    return embedder.embed_images(batch, threads);
  };
  Matrix<float> first;
  if (!texts.empty()) first = prove_invariance(embed_texts, texts.size(), embedder.dim(), "", report, context);
  if (!images.empty()) prove_invariance(embed_images, images.size(), embedder.dim(), "images, ", report, context);
  context.progress.end();
  if (reference != nullptr) {
    report.has_reference = true;
    compare_ids(embedder, *reference, report);
    Nearness nearness(report);
    of_tokens ? compare_states(embedder, *reference, nearness, context) : nearness.add(first.view(), reference->vectors.view());
    nearness.finish(embedder.info());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace akin
