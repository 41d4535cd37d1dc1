#include "word_backend.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "akin/kernels/row_sum.h"
#include "akin/model/spec.h"
#include "akin/text/lowercase.h"
#include "akin/text/words.h"
#include "sentence_steps.h"

namespace akin {
namespace {

constexpr std::size_t kGrain = 32;      // texts of one piece of parallel work
constexpr double kSifA = 1e-3;          // the paper's value, which it finds good from 1e-4 to 1e-2
constexpr double kTextLength = 10;      // words of a random text
constexpr std::size_t kSample = 10000;  // words: they are nine tenths of a text

std::vector<float> sif_weights(std::span<const double> frequencies) {
  std::vector<float> weights;
  weights.reserve(frequencies.size());
  for (const double p : frequencies) weights.push_back(static_cast<float>(kSifA / (kSifA + p)));
  return weights;
}

/// Whether a word has an upper-case letter of ASCII: then a word's case says something in this table.
bool knows_upper_case(const WordVectors& words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (std::ranges::any_of(words.word(i), [](char c) { return c >= 'A' && c <= 'Z'; })) return true;
  return false;
}

class WordBackend final : public EmbedderBackend {
 public:
  WordBackend(std::unique_ptr<const WordVectors> words, const EmbedderOptions& options);

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override;
  [[nodiscard]] const std::string& prompt(TextRole) const override { return prompt_; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;
  [[nodiscard]] TokenVectors embed_tokens(std::string_view text, Context& context) const override;

 private:
  struct Scratch {
    std::string prompted;
    std::vector<std::size_t> places;  // of words that lie in the table; kMade for those in `made`
    std::vector<float> made;          // vectors that had to be made, one behind the other
    std::vector<const std::byte*> rows;
    std::vector<float> weights;
  };
  static constexpr std::size_t kMade = ~std::size_t{0};

  [[nodiscard]] std::int32_t find(std::string_view word) const noexcept {
    const auto place = words_->find(word);
    return place ? static_cast<std::int32_t>(*place) : -1;
  }
  /// Adds the vector of one word of a text to `scratch`; false if there is none.
  bool take(std::string_view word, Scratch& scratch) const;
  void mean_of(Scratch& scratch, std::span<float> out) const;
  TextReport embed_text(std::string_view text, Scratch& scratch, std::span<float> out) const;

  std::unique_ptr<const WordVectors> words_;
  EmbedderOptions options_;
  FindWord find_;
  bool upper_case_ = false;
  std::vector<float> weights_;  // of each word; empty for ones
  std::vector<float> common_;   // what is taken away; empty for nothing
  SentenceSteps steps_;
  ModelInfo info_;
  std::string prompt_;
  mutable std::once_flag tokenizer_asked_;
  mutable std::unique_ptr<const Tokenizer> tokenizer_;
};

ModelInfo describe(const WordVectors& words, const EmbedderOptions& options) {
  ModelInfo info;
  info.name = words.path().filename().string();
  info.family = words.format();
  info.dim_model = words.dim();
  info.vocabulary_size = words.size();
  info.n_parameters = words.size() * words.dim();
  info.dim = options.dims == 0 ? words.dim() : options.dims;
  info.max_tokens = options.max_tokens == 0 ? kNoPositionLimit : options.max_tokens;
  info.pooling = name_of(options.word_pooling);
  info.word_pooling = options.word_pooling;
  info.normalized = options.normalize;
  info.similarity = "cosine";
  info.weight_type = "F32";
  return info;
}

WordBackend::WordBackend(std::unique_ptr<const WordVectors> words, const EmbedderOptions& options)
    : words_(std::move(words)),
      options_(options),
      find_([this](std::string_view word) { return find(word); }),
      upper_case_(knows_upper_case(*words_)),
      steps_({}, options.dims, options.normalize),
      info_(describe(*words_, options)),
      prompt_(options.prompt.value_or("")) {
  const std::string& name = info_.name;
  if (words_->size() == 0) throw Error(ErrorCode::corrupt, name + ": holds no words");
  if (options.dims > words_->dim())
    throw Error(ErrorCode::invalid_argument, name + ": " + std::to_string(options.dims) + " dimensions are asked for, the vectors have " +
                                                 std::to_string(words_->dim()));
  if (options.precision != Precision::f32)
    throw Error(ErrorCode::invalid_argument,
                name + ": word vectors are read in f32 alone, " + std::string(name_of(options.precision)) + " is asked for");
  if (options.word_pooling == WordPooling::mean) return;
  const std::vector<double> frequencies = word_frequencies(*words_);
  weights_ = sif_weights(frequencies);
  if (options.word_pooling == WordPooling::sif_common) common_ = common_direction(*words_, frequencies, weights_);
}

std::string WordBackend::fingerprint() const {
  Sha256 hash;
  hash.field("akin word vectors 1").field(words_->format()).field(std::to_string(words_->bytes().size()));
  hash.update(words_->bytes());
  hash.field(name_of(options_.word_pooling));
  hash.field(prompt_);
  for (const std::size_t number : {info_.max_tokens, info_.dim, static_cast<std::size_t>(options_.normalize)})
    hash.field(std::to_string(number));
  return hash.hex();
}

const Tokenizer* WordBackend::tokenizer() const noexcept {
  std::call_once(tokenizer_asked_, [this] {
    std::vector<std::string_view> pieces;
    pieces.reserve(words_->size());
    for (std::size_t i = 0; i < words_->size(); ++i) pieces.push_back(words_->word(i));
    tokenizer_ = std::make_unique<const Tokenizer>(make_word_tokenizer(pieces));
  });
  return tokenizer_.get();
}

bool WordBackend::take(std::string_view word, Scratch& scratch) const {
  if (const std::int32_t id = look_up_word(word, find_); id >= 0) {
    const auto place = static_cast<std::size_t>(id);
    if (!weights_.empty()) scratch.weights.push_back(weights_[place]);
    if (words_->stored(place) != nullptr) {
      scratch.places.push_back(place);
      return true;
    }
    scratch.made.resize(scratch.made.size() + words_->dim());
    words_->read(place, std::span(scratch.made).last(words_->dim()));
    scratch.places.push_back(kMade);
    return true;
  }
  const std::string_view bare = without_punctuation(word);
  if (bare.empty()) return false;
  scratch.made.resize(scratch.made.size() + words_->dim());
  const std::span<float> out = std::span(scratch.made).last(words_->dim());
  if (!words_->compose(upper_case_ ? std::string(bare) : lowercase(bare), out)) {
    scratch.made.resize(scratch.made.size() - words_->dim());
    return false;
  }
  if (!weights_.empty()) scratch.weights.push_back(1);  // a word that training never saw is as rare as can be
  scratch.places.push_back(kMade);
  return true;
}

void WordBackend::mean_of(Scratch& scratch, std::span<float> out) const {
  const auto* made = reinterpret_cast<const std::byte*>(scratch.made.data());
  for (const std::size_t place : scratch.places) {
    scratch.rows.push_back(place == kMade ? made : words_->stored(place));
    if (place == kMade) made += words_->dim() * sizeof(float);
  }
  kernels::sum_rows(kernels::RowType::f32, scratch.rows, scratch.weights, out);
  const auto n = static_cast<float>(std::max<std::size_t>(scratch.rows.size(), 1));
  for (float& x : out) x /= n;
  if (common_.empty()) return;
  double along = 0;
  for (std::size_t c = 0; c < out.size(); ++c) along += static_cast<double>(out[c]) * static_cast<double>(common_[c]);
  for (std::size_t c = 0; c < out.size(); ++c) out[c] -= static_cast<float>(along * static_cast<double>(common_[c]));
}

TextReport WordBackend::embed_text(std::string_view text, Scratch& scratch, std::span<float> out) const {
  if (!prompt_.empty()) text = scratch.prompted.assign(prompt_).append(text);
  std::size_t n_invalid = 0;
  std::string valid;
  if (!is_valid_utf8(text)) text = valid = replace_invalid_utf8(text, n_invalid);
  scratch.places.clear();
  scratch.made.clear();
  scratch.rows.clear();
  scratch.weights.clear();
  TextReport report;
  const std::vector<TextSpan> spans = split_words(text);
  const std::size_t n_read = std::min(spans.size(), info_.max_tokens);
  for (std::size_t i = 0; i < n_read; ++i)
    static_cast<void>(take(text.substr(spans[i].begin, spans[i].end - spans[i].begin), scratch));  // without a vector: it is dropped
  mean_of(scratch, out);
  report.n_tokens = static_cast<std::uint32_t>(scratch.places.size());
  report.n_tokens_dropped = static_cast<std::uint32_t>(spans.size() - scratch.places.size());
  report.n_invalid = static_cast<std::uint32_t>(n_invalid);
  return report;
}

EmbedResult WordBackend::embed(std::span<const std::string_view> texts, TextRole, Context& context) const {
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  context.parallel_for(texts.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    Scratch scratch;
    Matrix<float> pooled = Matrix<float>::uninitialized(end - begin, words_->dim());
    for (std::size_t i = begin; i < end; ++i) result.reports[i] = embed_text(texts[i], scratch, pooled.row(i - begin));
    const Matrix<float> vectors = steps_.forward(std::move(pooled));
    for (std::size_t i = begin; i < end; ++i) std::ranges::copy(vectors.row(i - begin), result.vectors.row(i).begin());
  });
  return result;
}

TokenVectors WordBackend::embed_tokens(std::string_view text, Context&) const {
  std::size_t n_invalid = 0;
  const std::string read = prompt_ + std::string(text);
  static_cast<void>(replace_invalid_utf8(read, n_invalid));
  const std::vector<TextSpan> spans = split_words(read);
  TokenVectors result;
  Encoding& encoding = result.encoding;
  Scratch scratch;
  std::vector<float> rows;
  for (std::size_t i = 0; i < std::min(spans.size(), info_.max_tokens); ++i) {
    scratch = {};
    const std::string_view word = std::string_view(read).substr(spans[i].begin, spans[i].end - spans[i].begin);
    if (!take(word, scratch)) continue;
    const std::int32_t id = look_up_word(word, find_);
    encoding.ids.push_back(id < 0 ? static_cast<std::int32_t>(words_->size()) : id);
    encoding.offsets.push_back(spans[i]);
    rows.resize(rows.size() + words_->dim());
    const std::span<float> out = std::span(rows).last(words_->dim());
    scratch.places[0] == kMade ? static_cast<void>(std::ranges::copy(scratch.made, out.begin())) : words_->read(scratch.places[0], out);
  }
  encoding.type_ids.resize(encoding.ids.size());
  encoding.special.resize(encoding.ids.size());
  encoding.n_tokens_seen = spans.size();
  encoding.n_tokens_dropped = spans.size() - encoding.ids.size();
  encoding.n_invalid = n_invalid;
  result.hidden = Matrix<float>::uninitialized(encoding.ids.size(), words_->dim());
  std::ranges::copy(rows, result.hidden.data());
  return result;
}

}  // namespace

std::vector<double> word_frequencies(const WordVectors& words) {
  const std::span<const std::int64_t> counts = words.counts();
  std::vector<double> frequencies(words.size());
  double sum = 0;
  for (std::size_t i = 0; i < frequencies.size(); ++i)
    sum += frequencies[i] = counts.empty() ? 1 / static_cast<double>(i + 1) : static_cast<double>(counts[i]);
  for (double& p : frequencies) p = sum > 0 ? p / sum : 0;
  return frequencies;
}

/// The largest eigenvector of m mᵀ + (1 / L) Σ p w² v vᵀ with m = Σ p w v: the second moment of texts of L independent words, but for a
/// term that shrinks with L. By power iteration from m.
std::vector<float> common_direction(const WordVectors& words, std::span<const double> frequencies, std::span<const float> weights) {
  constexpr int kRounds = 50;
  const std::size_t n = std::min(words.size(), kSample), dim = words.dim();
  Matrix<float> rows = Matrix<float>::uninitialized(n, dim);
  std::vector<double> mean(dim), direction, next(dim);
  for (std::size_t i = 0; i < n; ++i) {
    words.read(i, rows.row(i));
    const double factor = frequencies[i] * static_cast<double>(weights[i]);
    for (std::size_t c = 0; c < dim; ++c) mean[c] += factor * static_cast<double>(rows(i, c));
  }
  const auto unit = [](std::vector<double>& v) {
    double squared = 0;
    for (const double x : v) squared += x * x;
    for (double& x : v) x = squared > 0 ? x / std::sqrt(squared) : 0;
  };
  const auto dot = [dim](const auto& row, const std::vector<double>& v) {
    double sum = 0;
    for (std::size_t c = 0; c < dim; ++c) sum += static_cast<double>(row[c]) * v[c];
    return sum;
  };
  direction = mean;
  unit(direction);
  for (int round = 0; round < kRounds; ++round) {
    const double along = dot(mean, direction);
    for (std::size_t c = 0; c < dim; ++c) next[c] = along * mean[c];
    for (std::size_t i = 0; i < n; ++i) {
      const auto w = static_cast<double>(weights[i]);
      const double share = frequencies[i] * w * w / kTextLength * dot(rows.row(i), direction);
      for (std::size_t c = 0; c < dim; ++c) next[c] += share * static_cast<double>(rows(i, c));
    }
    std::swap(direction, next);
    unit(direction);
  }
  return {direction.begin(), direction.end()};
}

std::unique_ptr<EmbedderBackend> make_word_backend(std::unique_ptr<const WordVectors> words, const EmbedderOptions& options) {
  return std::make_unique<WordBackend>(std::move(words), options);
}

}  // namespace akin
