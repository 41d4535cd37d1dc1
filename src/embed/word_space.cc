#include "akin/embed/word_space.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/matrix.h"
#include "akin/embed/nearest_rows.h"
#include "akin/embed/token_table.h"
#include "akin/formats/word_vectors.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/row_sum.h"
#include "akin/kernels/target.h"
#include "akin/kernels/top_k.h"
#include "akin/space/normalize.h"
#include "akin/text/words.h"
#include "static_folder.h"
#include "static_table.h"

namespace akin {

struct WordSpace::Rows {
  virtual ~Rows() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::size_t dim() const = 0;
  [[nodiscard]] virtual std::string word(std::size_t i) const = 0;
  virtual void read(std::size_t i, std::span<float> out) const = 0;
  [[nodiscard]] virtual std::optional<AskedWord> find(std::string_view word) const = 0;
};

namespace {

// Floats that are read before they are compared: 16 MB, a few milliseconds of work for each thread.
constexpr std::size_t kSlabFloats = std::size_t{1} << 22;
constexpr std::size_t kGrain = 256;  // rows

// What gensim adds to the divisor of 3CosMul.
constexpr double kCosMulEpsilon = 1e-6;

class WordRows final : public WordSpace::Rows {
 public:
  explicit WordRows(std::unique_ptr<WordVectors> words) : words_(std::move(words)) {}
  [[nodiscard]] std::size_t size() const override { return words_->size(); }
  [[nodiscard]] std::size_t dim() const override { return words_->dim(); }
  [[nodiscard]] std::string word(std::size_t i) const override { return std::string(words_->word(i)); }
  void read(std::size_t i, std::span<float> out) const override { words_->read(i, out); }

  [[nodiscard]] std::optional<AskedWord> find(std::string_view word) const override {
    const std::int32_t id = look_up_word(word, [this](std::string_view form) {
      const auto place = words_->find(form);
      return place ? static_cast<std::int32_t>(*place) : -1;
    });
    AskedWord asked{std::string(word), std::nullopt, std::vector<float>(dim())};
    if (id >= 0) {
      asked.place = static_cast<std::size_t>(id);
      asked.word = words_->word(*asked.place);
      words_->read(*asked.place, asked.vector);
      return asked;
    }
    if (!words_->compose(word, asked.vector)) return std::nullopt;
    return asked;
  }

 private:
  std::unique_ptr<WordVectors> words_;
};

/// A piece that stands for what the vocabulary cannot spell; asked for by its own name it is a token as any other.
bool is_unknown(std::string_view piece, std::string_view word) {
  return piece != word && (piece == "[UNK]" || piece == "<unk>" || piece == "<|unk|>");
}

/// The one token that a word is; nothing if it is several, or none that the vocabulary knows.
std::optional<std::int32_t> token_of(const Tokenizer& tokenizer, std::string_view word, std::size_t n_rows) {
  try {
    const std::int32_t id = token_id_from(tokenizer, word, n_rows);
    if (static_cast<std::size_t>(id) < n_rows && !is_unknown(tokenizer.piece(id), word)) return id;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
  }
  return std::nullopt;
}

std::optional<AskedWord> find_token(const WordSpace::Rows& rows, const Tokenizer& tokenizer, std::string_view word) {
  const std::optional<std::int32_t> id = token_of(tokenizer, word, rows.size());
  if (!id) return std::nullopt;
  AskedWord asked{tokenizer.piece(*id), static_cast<std::size_t>(*id), std::vector<float>(rows.dim())};
  rows.read(*asked.place, asked.vector);
  return asked;
}

class StaticRows final : public WordSpace::Rows {
 public:
  explicit StaticRows(StaticFiles model) : files_(std::move(model.files)), rows_(model.table) {}
  [[nodiscard]] std::size_t size() const override { return files_.tokenizer.vocabulary_size(); }
  [[nodiscard]] std::size_t dim() const override { return rows_.dim(); }
  [[nodiscard]] std::string word(std::size_t i) const override { return files_.tokenizer.piece(static_cast<std::int32_t>(i)); }
  void read(std::size_t i, std::span<float> out) const override {
    const std::byte* row = rows_.row(static_cast<std::int32_t>(i));
    kernels::sum_rows(rows_.type(), std::span(&row, 1), {}, out);
  }
  [[nodiscard]] std::optional<AskedWord> find(std::string_view word) const override { return find_token(*this, files_.tokenizer, word); }

 private:
  ModelFiles files_;
  TokenRows rows_;
};

class TransformerRows final : public WordSpace::Rows {
 public:
  explicit TransformerRows(TokenTable table) : table_(std::move(table)) {}
  [[nodiscard]] std::size_t size() const override { return std::min(table_.n_rows(), table_.tokenizer().vocabulary_size()); }
  [[nodiscard]] std::size_t dim() const override { return table_.dim(); }
  [[nodiscard]] std::string word(std::size_t i) const override { return table_.tokenizer().piece(static_cast<std::int32_t>(i)); }
  void read(std::size_t i, std::span<float> out) const override { table_.read(i, out); }
  [[nodiscard]] std::optional<AskedWord> find(std::string_view word) const override { return find_token(*this, table_.tokenizer(), word); }

 private:
  TokenTable table_;
};

/// Calls take(first, rows) with all rows in turn, read on all threads.
template <class Take>
void for_each_slab(const WordSpace::Rows& rows, Context& context, Take&& take) {
  const std::size_t most = std::max<std::size_t>(1, kSlabFloats / rows.dim());
  Matrix<float> slab = Matrix<float>::uninitialized(std::min(most, rows.size()), rows.dim());
  for (std::size_t first = 0; first < rows.size(); first += most) {
    const std::size_t n = std::min(most, rows.size() - first);
    context.parallel_for(n, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) rows.read(first + r, slab.row(r));
    });
    take(first, std::as_const(slab).view().middle_rows(0, n));
  }
}

std::vector<WordHit> hits_of(const WordSpace::Rows& rows, std::vector<kernels::Scored> found, std::size_t k,
                             std::span<const std::size_t> excluded) {
  std::sort(found.begin(), found.end());
  std::vector<WordHit> hits;
  for (const kernels::Scored& one : found) {
    const auto place = static_cast<std::size_t>(one.id);
    if (hits.size() == k) break;
    if (std::ranges::find(excluded, place) == excluded.end()) hits.push_back({place, rows.word(place), one.distance});
  }
  return hits;
}

std::vector<float> unit(std::span<const float> vector) {
  std::vector<float> out(vector.begin(), vector.end());
  normalize(out);
  return out;
}

std::vector<std::size_t> places_of(std::span<const AskedWord> positive, std::span<const AskedWord> negative) {
  std::vector<std::size_t> places;
  for (const auto& side : {positive, negative})
    for (const AskedWord& asked : side)
      if (asked.place) places.push_back(*asked.place);
  return places;
}

/// Scores of 3CosMul for one row.
class CosMul {
 public:
  CosMul(std::span<const AskedWord> positive, std::span<const AskedWord> negative) {
    for (const AskedWord& asked : positive) positive_.push_back(unit(asked.vector));
    for (const AskedWord& asked : negative) negative_.push_back(unit(asked.vector));
  }
  [[nodiscard]] float score(std::span<const float> row) const {
    const auto length = static_cast<double>(norm_of(row));
    const auto product = [&](const std::vector<std::vector<float>>& queries) {
      double all = 1;
      for (const auto& query : queries) {
        const double cosine = length > 0 ? static_cast<double>(kernels::dot(query, row)) / length : 0;
        all *= (1 + cosine) / 2;
      }
      return all;
    };
    return static_cast<float>(product(positive_) / (product(negative_) + kCosMulEpsilon));
  }

 private:
  std::vector<std::vector<float>> positive_, negative_;
};

std::vector<WordHit> nearest_by_cos_mul(const WordSpace::Rows& rows, const CosMul& rule, std::size_t k,
                                        std::span<const std::size_t> excluded, Context& context) {
  kernels::TopK best(std::min(k, rows.size()) + excluded.size());
  std::vector<float> scores;
  for_each_slab(rows, context, [&](std::size_t first, MatrixView<const float> slab) {
    scores.resize(slab.rows());
    context.parallel_for(slab.rows(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) scores[r] = -rule.score(slab.row(r));
    });
    best.push(scores, first);
  });
  std::vector<WordHit> hits = hits_of(rows, best.take(), k, excluded);
  for (WordHit& hit : hits) hit.similarity = -hit.similarity;
  return hits;
}

}  // namespace

WordSpace::WordSpace(std::unique_ptr<const Rows> rows) : rows_(std::move(rows)) {}
WordSpace::WordSpace(WordSpace&&) noexcept = default;
WordSpace& WordSpace::operator=(WordSpace&&) noexcept = default;
WordSpace::~WordSpace() = default;

WordSpace WordSpace::open(const std::filesystem::path& model, Context& context) {
  kernels::use_target_from_environment();
  if (is_word_vector_file(model)) return WordSpace(std::make_unique<WordRows>(open_word_vectors(model, context)));
  if (is_static_folder(model)) return WordSpace(std::make_unique<StaticRows>(read_static_folder(model)));
  return WordSpace(std::make_unique<TransformerRows>(TokenTable::open(model)));
}

std::size_t WordSpace::size() const noexcept { return rows_->size(); }
std::size_t WordSpace::dim() const noexcept { return rows_->dim(); }
void WordSpace::read(std::size_t i, std::span<float> out) const { rows_->read(i, out); }

std::string WordSpace::word(std::size_t i) const {
  require(i < size(), "a word of the space is wanted, its place is beyond the end");
  return rows_->word(i);
}
std::optional<AskedWord> WordSpace::find(std::string_view word) const { return rows_->find(word); }

std::vector<WordHit> WordSpace::nearest(std::span<const float> vector, std::size_t k, std::span<const std::size_t> excluded,
                                        Context& context) const {
  require(k > 0, "nearest words: k must be above 0");
  if (vector.size() != dim())
    throw Error(ErrorCode::mismatch, "a vector of " + std::to_string(vector.size()) + " numbers is compared with words of " +
                                         std::to_string(dim()) + ": are they from different models?");
  const MatrixView<const float> query(vector.data(), 1, vector.size());
  const NearestOptions options{.k = std::min(k, size()) + excluded.size()};
  std::vector<kernels::Scored> found;
  for_each_slab(*rows_, context, [&](std::size_t first, MatrixView<const float> slab) {
    const auto near = nearest_rows(as_table(slab), query, options, context);
    for (const NearRow& row : near.front()) found.push_back({row.distance, first + row.row});
    std::sort(found.begin(), found.end());
    if (found.size() > options.k) found.resize(options.k);
  });
  std::vector<WordHit> hits = hits_of(*rows_, std::move(found), k, excluded);
  for (WordHit& hit : hits) hit.similarity = similarity_of(Metric::cosine, hit.similarity);
  return hits;
}

std::vector<WordHit> WordSpace::analogy(std::span<const AskedWord> positive, std::span<const AskedWord> negative, AnalogyRule rule,
                                        std::size_t k, Context& context) const {
  require(k > 0, "analogy: k must be above 0");
  require(!positive.empty(), "analogy: a word that counts in favour is wanted");
  const std::vector<std::size_t> excluded = places_of(positive, negative);
  if (rule == AnalogyRule::cos_mul) return nearest_by_cos_mul(*rows_, CosMul(positive, negative), k, excluded, context);
  std::vector<float> sum(dim());
  const auto add = [&](std::span<const AskedWord> side, float sign) {
    for (const AskedWord& asked : side) {
      const std::vector<float> direction = unit(asked.vector);
      for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += sign * direction[c];
    }
  };
  add(positive, 1);
  add(negative, -1);
  return nearest(sum, k, excluded, context);
}

}  // namespace akin
