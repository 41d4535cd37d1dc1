#include "akin/train/distill.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/gemm.h"
#include "principal_axes.h"
#include "ridge.h"
#include "token_means.h"

namespace akin {
namespace {

using train::TokenMeans;

constexpr std::size_t kRowsAtOnce = 1024;
constexpr std::size_t kTextsAtOnce = 4096;  // through the model
constexpr std::size_t kAxesRows = 32768;    // texts that the axes are taken from: more change them little

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

// rows · axesᵀ.
Matrix<float> project(MatrixView<const float> rows, MatrixView<const float> axes, Context& context) {
  const kernels::PackedMatrix packed = kernels::PackedMatrix::pack(axes, {}, kernels::GemmType::f32);
  Matrix<float> out(rows.rows(), axes.rows());
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    kernels::GemmRows prepared;
    kernels::prepare_rows(rows.middle_rows(begin, end - begin), kernels::GemmType::f32, prepared);
    kernels::gemm(prepared, packed, kernels::Activation::none, out.view().middle_rows(begin, end - begin));
  });
  return out;
}

// Special tokens and places kept free ("[unused7]") are no words.
bool is_word_piece(const Tokenizer& tokenizer, std::int32_t id, const std::vector<bool>& special) {
  const std::string& piece = tokenizer.piece(id);
  return !piece.empty() && !special[static_cast<std::size_t>(id)] && !(piece.starts_with("[unused") && piece.ends_with("]"));
}

std::vector<bool> special_ids(const Tokenizer& tokenizer) {
  std::vector<bool> special(tokenizer.vocabulary_size());
  for (std::size_t id = 0; id < special.size(); ++id) {
    const std::vector<std::int32_t> one = {static_cast<std::int32_t>(id)};
    special[id] = !tokenizer.piece(one[0]).empty() && tokenizer.decode(one, true) != tokenizer.decode(one, false);
  }
  return special;
}

}  // namespace

struct Distiller::Impl {
  Impl(const Embedder& from, std::optional<Tokenizer> own, const DistillOptions& with)
      : teacher(from), wider(std::move(own)), options(with) {}
  [[nodiscard]] const Tokenizer& tokenizer() const { return wider ? *wider : teacher.tokenizer(); }

  // Every word piece between the model's special tokens, through the model.
  void embed_vocabulary(Context& context);
  // Weights by Zipf's law: the rank of a piece is its place in the vocabulary, as vocabularies are ordered by frequency.
  [[nodiscard]] std::vector<float> zipf_weights() const;
  [[nodiscard]] std::vector<float> weights(const std::vector<double>& probability) const;
  void weigh(MatrixView<float> rows, const std::vector<float>& by) const {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      for (float& x : rows.row(r)) x *= by[r];
    }
  }

  const Embedder& teacher;
  std::optional<Tokenizer> wider;
  DistillOptions options;
  std::vector<bool> is_word;    // by id
  Matrix<float> token_vectors;  // (n_tokens, the teacher's dimensions); zero for what is no word
  Matrix<float> vectors;
  TokenMeans means;
  std::vector<Matrix<float>> text_vectors;
  std::size_t n_texts = 0;
};

void Distiller::Impl::embed_vocabulary(Context& context) {
  const std::vector<bool> special = special_ids(tokenizer());
  const std::size_t n_pieces = teacher.tokenizer().vocabulary_size();
  const std::vector<std::int32_t> frame = teacher.tokenizer().encode("").ids;  // "[CLS] [SEP]"
  const std::size_t before = frame.empty() ? 0 : frame.size() - frame.size() / 2;
  std::vector<Encoding> encodings;
  std::vector<std::size_t> ids;
  is_word.assign(tokenizer().vocabulary_size(), false);
  for (std::size_t id = 0; id < is_word.size(); ++id) {
    if (!is_word_piece(tokenizer(), static_cast<std::int32_t>(id), special)) continue;
    is_word[id] = true;
    if (id >= n_pieces) {
      encodings.push_back(
          teacher.tokenizer().encode(tokenizer().piece(static_cast<std::int32_t>(id)), {.max_tokens = teacher.max_tokens()}));
    } else {
      Encoding encoding;
      encoding.ids = frame;
      encoding.ids.insert(encoding.ids.begin() + static_cast<std::ptrdiff_t>(before), static_cast<std::int32_t>(id));
      encoding.type_ids.assign(encoding.ids.size(), 0);
      encoding.n_tokens_seen = encoding.ids.size();
      encodings.push_back(std::move(encoding));
    }
    ids.push_back(id);
  }
  require(!ids.empty(), "the model's vocabulary has no word");
  context.progress.begin("embedding the vocabulary", ids.size(), "tokens");
  token_vectors = Matrix<float>(is_word.size(), teacher.dim());
  for (std::size_t begin = 0; begin < ids.size(); begin += kTextsAtOnce) {
    const std::size_t n = std::min(kTextsAtOnce, ids.size() - begin);
    // Not of unit length: a token that the model has little to say of stays a small part of a text's mean.
    const Matrix<float> made = teacher.embed_encodings(std::span(encodings).subspan(begin, n), VectorLength::pooled, context);
    for (std::size_t i = 0; i < n; ++i) std::ranges::copy(made.row(i), token_vectors.row(ids[begin + i]).begin());
    context.progress.advance(n);
  }
  context.progress.end();
}

std::vector<float> Distiller::Impl::weights(const std::vector<double>& probability) const {
  std::vector<float> out(probability.size(), 1);
  if (options.sif == 0) return out;
  for (std::size_t id = 0; id < out.size(); ++id) out[id] = static_cast<float>(options.sif / (options.sif + probability[id]));
  return out;
}

std::vector<float> Distiller::Impl::zipf_weights() const {
  std::vector<double> probability(is_word.size());
  double rank = 2, sum = 0;
  for (std::size_t id = 0; id < is_word.size(); ++id) {
    if (!is_word[id]) continue;
    probability[id] = 1 / rank++;
    sum += probability[id];
  }
  for (double& p : probability) p /= sum;
  return weights(probability);
}

Distiller::Distiller(const Embedder& teacher, const DistillOptions& options, Context& context)
    : Distiller(std::make_unique<Impl>(teacher, std::nullopt, options), context) {}

Distiller::Distiller(const Embedder& teacher, Tokenizer vocabulary, const DistillOptions& options, Context& context)
    : Distiller(std::make_unique<Impl>(teacher, std::move(vocabulary), options), context) {}

Distiller::Distiller(std::unique_ptr<Impl> impl, Context& context) : impl_(std::move(impl)) {
  const DistillOptions& options = impl_->options;
  const Embedder& teacher = impl_->teacher;
  const std::size_t n_pieces = teacher.tokenizer().vocabulary_size(), n_own = impl_->tokenizer().vocabulary_size();
  if (n_own < n_pieces)
    throw Error(ErrorCode::mismatch,
                "the vocabulary has " + std::to_string(n_own) + " pieces, the model's own " + std::to_string(n_pieces));
  require(options.sif >= 0 && options.sif < 1, "the coefficient of frequency weights must be at least 0 and below 1");
  require(options.ridge > 0, "the ridge must be above 0");
  require(options.dims <= teacher.dim(), "a static model has at most the dimensions of its teacher");
  if (options.dims == 0) impl_->options.dims = teacher.dim();
  impl_->embed_vocabulary(context);
  // Centred as Model2Vec does it: what all tokens share says nothing.
  Matrix<float> centred = impl_->token_vectors.clone();
  std::vector<double> mean(centred.cols());
  const auto n_words = static_cast<double>(std::count(impl_->is_word.begin(), impl_->is_word.end(), true));
  for (std::size_t id = 0; id < centred.rows(); ++id) {
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += static_cast<double>(centred(id, c)) / n_words;
  }
  for (std::size_t id = 0; id < centred.rows(); ++id) {
    if (!impl_->is_word[id]) continue;
    for (std::size_t c = 0; c < mean.size(); ++c) centred(id, c) -= static_cast<float>(mean[c]);
  }
  impl_->vectors = project(centred.view(), train::principal_axes(centred.view(), impl_->options.dims, context).view(), context);
  impl_->weigh(impl_->vectors.view(), impl_->zipf_weights());
}
Distiller::Distiller(Distiller&&) noexcept = default;
Distiller& Distiller::operator=(Distiller&&) noexcept = default;
Distiller::~Distiller() = default;

void Distiller::add(std::span<const std::string> texts, Context& context) {
  const Tokenizer& tokenizer = impl_->tokenizer();
  const EncodeOptions encode{.special_tokens = false, .max_tokens = impl_->teacher.max_tokens(), .offsets = false};
  for (std::size_t begin = 0; begin < texts.size(); begin += kTextsAtOnce) {
    const std::size_t n = std::min(kTextsAtOnce, texts.size() - begin);
    std::vector<std::string_view> views;
    for (std::size_t i = begin; i < begin + n; ++i) views.emplace_back(texts[i]);
    impl_->text_vectors.push_back(impl_->teacher.embed(views, TextRole::plain, context).vectors);
    std::vector<Encoding> encodings(n);
    context.parallel_for(n, 64, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) encodings[i] = tokenizer.encode(views[i], encode);
    });
    for (const Encoding& encoding : encodings) impl_->means.add(encoding.ids);
    impl_->n_texts += n;
  }
}

DistillFit Distiller::fit(Context& context) {
  require(impl_->n_texts > 0, "there are no texts to fit the vectors to");
  const std::size_t dims = impl_->options.dims;
  Matrix<float> all(impl_->n_texts, impl_->teacher.dim());
  std::size_t row = 0;
  for (Matrix<float>& part : impl_->text_vectors) {
    for (std::size_t r = 0; r < part.rows(); ++r, ++row) {
      const double size = std::sqrt(dot(part.row(r), part.row(r)));
      for (std::size_t c = 0; c < part.cols(); ++c) all(row, c) = size > 0 ? part(r, c) / static_cast<float>(size) : 0;
    }
    part = Matrix<float>();
  }
  impl_->text_vectors.clear();
  impl_->means.finish(impl_->is_word.size());

  const Matrix<float> axes = train::principal_axes(all.view().middle_rows(0, std::min(all.rows(), kAxesRows)), dims, context);
  Matrix<float> targets = project(all.view(), axes.view(), context);
  all = Matrix<float>();
  Matrix<float> start = project(impl_->token_vectors.view(), axes.view(), context);
  std::vector<double> probability;
  for (const std::uint64_t count : impl_->means.counts())
    probability.push_back(static_cast<double>(count) / static_cast<double>(impl_->means.n_seen()));
  impl_->weigh(start.view(), impl_->weights(probability));

  // The first stage at the size that fits the texts best.
  Matrix<float> made(targets.rows(), dims);
  impl_->means.multiply(start.view(), made.view(), context);
  double product = 0, square = 0;
  for (std::size_t r = 0; r < made.rows(); ++r) {
    product += dot(made.row(r), targets.row(r));
    square += dot(made.row(r), made.row(r));
  }
  impl_->weigh(start.view(), std::vector<float>(start.rows(), square > 0 ? static_cast<float>(product / square) : 1));

  const Matrix<float> wanted = targets.clone();
  DistillFit fit{.n_texts = impl_->n_texts, .n_tokens = impl_->means.n_seen()};
  fit.n_rounds = train::fit_ridge(
      impl_->means, targets.view(), start.view(),
      {.ridge = impl_->options.ridge, .tolerance = impl_->options.tolerance, .max_rounds = impl_->options.max_rounds}, context);
  impl_->means.multiply(start.view(), made.view(), context);
  for (std::size_t r = 0; r < made.rows(); ++r) {
    const double size = std::sqrt(dot(made.row(r), made.row(r)) * dot(wanted.row(r), wanted.row(r)));
    fit.cosine += size > 0 ? dot(made.row(r), wanted.row(r)) / size / static_cast<double>(made.rows()) : 0;
  }
  impl_->vectors = std::move(start);
  return fit;
}

const Matrix<float>& Distiller::vectors() const noexcept { return impl_->vectors; }

}  // namespace akin
