#include "akin/formats/fasttext.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

#include "akin/base/error.h"
#include "cursor.h"
#include "fasttext_layout.h"
#include "word_table.h"

namespace akin {
namespace {

constexpr std::string_view kEndOfSentence = "</s>";

// Longer n-grams than any word; a file that asks for more would only cost time.
constexpr std::int32_t kMostMaxn = 64;

constexpr std::uint32_t kHashStart = 2166136261U;
constexpr std::uint32_t hash_on(std::uint32_t h, char c) noexcept {
  return (h ^ static_cast<std::uint32_t>(static_cast<std::int8_t>(c))) * 16777619U;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Calls visit(hash) for each n-gram of `word` with "<" and ">" around it, in fastText's order. The marks alone are none.
template <class Visit>
void for_each_ngram(std::string_view word, std::int32_t minn, std::int32_t maxn, Visit&& visit) {
  if (word == kEndOfSentence) return;
  const std::string marked = "<" + std::string(word) + ">";
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (continues_character(marked[i])) continue;
    std::uint32_t hash = kHashStart;
    std::size_t j = i;
    for (std::int32_t n = 1; j < marked.size() && n <= maxn; ++n) {
      do {
        hash = hash_on(hash, marked[j++]);
      } while (j < marked.size() && continues_character(marked[j]));
      const bool mark_alone = n == 1 && (i == 0 || j == marked.size());
      if (n >= minn && !mark_alone) visit(hash);
    }
  }
}

/// The matrix of words and buckets as it lies in the file.
class InputMatrix {
 public:
  [[nodiscard]] std::size_t n_rows() const noexcept { return n_rows_; }
  [[nodiscard]] bool quantized() const noexcept { return !codes_.empty(); }

  void read_dense(Cursor& cursor, std::size_t dim) {
    read_shape(cursor, dim);
    rows_ = cursor.take(n_rows_ * dim * sizeof(float), "the input matrix");
  }

  void read_quantized(Cursor& cursor, std::size_t dim) {
    const bool with_norms = read_flag(cursor, "whether norms are quantised");
    read_shape(cursor, dim);
    const auto n_codes = cursor.number<std::int32_t>("the number of codes");
    if (n_codes < 0) cursor.fail("the number of codes is " + std::to_string(n_codes));
    codes_ = cursor.take(static_cast<std::uint64_t>(n_codes), "the codes");
    vectors_.read(cursor, dim);
    if (static_cast<std::uint64_t>(n_codes) != n_rows_ * vectors_.n_parts)
      cursor.fail(std::to_string(n_codes) + " codes, " + std::to_string(n_rows_) + " rows of " + std::to_string(vectors_.n_parts) +
                  " are wanted");
    if (!with_norms) return;
    norm_codes_ = cursor.take(n_rows_, "the codes of norms");
    norms_.read(cursor, 1);
  }

  /// out += row r.
  void add_row(std::size_t r, std::span<float> out) const noexcept {
    if (quantized()) return add_quantized(r, out);
    const std::byte* row = rows_.data() + r * out.size() * sizeof(float);
    for (std::size_t c = 0; c < out.size(); ++c) {
      float x = 0;
      std::memcpy(&x, row + c * sizeof x, sizeof x);
      out[c] += x;
    }
  }

 private:
  /// 256 centroids for each of the parts that a vector is cut into.
  struct Centroids {
    static constexpr std::size_t kEach = 256;
    std::size_t n_parts = 0, part = 0, last_part = 0;
    std::span<const std::byte> numbers;

    void read(Cursor& cursor, std::size_t dim) {
      std::int32_t sizes[4];
      for (std::int32_t& size : sizes) size = cursor.number<std::int32_t>("a size of the quantiser");
      if (std::any_of(std::begin(sizes), std::end(sizes), [](std::int32_t size) { return size <= 0; }))
        cursor.fail("a size of the quantiser is not positive");
      n_parts = static_cast<std::size_t>(sizes[1]);
      part = static_cast<std::size_t>(sizes[2]);
      last_part = static_cast<std::size_t>(sizes[3]);
      if (static_cast<std::size_t>(sizes[0]) != dim || last_part > part || (n_parts - 1) * part + last_part != dim)
        cursor.fail("a quantiser of " + std::to_string(sizes[0]) + " numbers in " + std::to_string(n_parts) + " parts of " +
                    std::to_string(part) + ", the last of " + std::to_string(last_part) + ", does not fit vectors of " +
                    std::to_string(dim));
      numbers = cursor.take(std::uint64_t{dim} * kEach * sizeof(float), "the centroids");
    }
    [[nodiscard]] float at(std::size_t p, std::size_t code, std::size_t c) const noexcept {
      const std::size_t length = p + 1 == n_parts ? last_part : part;
      float x = 0;
      std::memcpy(&x, numbers.data() + (p * kEach * part + code * length + c) * sizeof x, sizeof x);
      return x;
    }
  };

  void read_shape(Cursor& cursor, std::size_t dim) {
    const auto rows = cursor.number<std::int64_t>("the input matrix's rows");
    const auto cols = cursor.number<std::int64_t>("the input matrix's columns");
    if (rows < 0 || cols < 0 || static_cast<std::uint64_t>(cols) != dim)
      cursor.fail("the input matrix has shape (" + std::to_string(rows) + ", " + std::to_string(cols) + "), vectors have " +
                  std::to_string(dim) + " dimensions");
    // A row takes a byte at least, dense or not: a size that cannot be is refused before anything is multiplied.
    if (static_cast<std::uint64_t>(rows) > cursor.remaining())
      cursor.fail("the input matrix has " + std::to_string(rows) + " rows, which cannot fit in the " + std::to_string(cursor.remaining()) +
                  " bytes that are left in the file");
    n_rows_ = static_cast<std::size_t>(rows);
  }

  static bool read_flag(Cursor& cursor, const char* what) { return cursor.number<std::uint8_t>(what) != 0; }

  void add_quantized(std::size_t r, std::span<float> out) const noexcept {
    const float norm = norm_codes_.empty() ? 1 : norms_.at(0, std::to_integer<std::size_t>(norm_codes_[r]), 0);
    for (std::size_t p = 0; p < vectors_.n_parts; ++p) {
      const auto code = std::to_integer<std::size_t>(codes_[r * vectors_.n_parts + p]);
      const std::size_t length = p + 1 == vectors_.n_parts ? vectors_.last_part : vectors_.part;
      for (std::size_t c = 0; c < length; ++c) out[p * vectors_.part + c] += norm * vectors_.at(p, code, c);
    }
  }

  std::size_t n_rows_ = 0;
  std::span<const std::byte> rows_, codes_, norm_codes_;
  Centroids vectors_, norms_;
};

class FastTextFile final : public WordTable<FastTextModel> {
 public:
  FastTextFile(std::span<const std::byte> bytes, const std::filesystem::path& name) : WordTable(name, bytes) {
    Cursor cursor(bytes_, path_);
    with_magic_ = has_fasttext_magic(bytes_);
    std::int32_t version = 0;
    if (with_magic_) {
      cursor.number<std::int32_t>("the magic number");
      version = cursor.number<std::int32_t>("the version");
      if (version > kFastTextVersion)
        throw Error(ErrorCode::unsupported, path_.string() + ": fastText version " + std::to_string(version) + "; akin reads up to " +
                                                std::to_string(kFastTextVersion));
    }
    args_ = read_args(cursor);
    // What fastText itself does with files of that version: their supervised models knew no n-grams.
    if (version == 11 && args_.model == kSupervised) args_.maxn = 0;
    dim_ = static_cast<std::size_t>(args_.dim);
    read_dictionary(cursor);
    read_matrix(cursor);
  }

  [[nodiscard]] std::string_view format() const noexcept override { return "fastText"; }
  [[nodiscard]] const FastTextArgs& args() const noexcept override { return args_; }
  [[nodiscard]] std::span<const std::string_view> labels() const noexcept override { return labels_; }
  [[nodiscard]] bool quantized() const noexcept override { return input_.quantized(); }
  [[nodiscard]] const std::byte* stored(std::size_t) const noexcept override { return nullptr; }
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept override { return counts_; }

  void read(std::size_t i, std::span<float> out) const noexcept override { mean_of(word(i), i, out); }
  bool compose(std::string_view word, std::span<float> out) const noexcept override { return mean_of(word, std::nullopt, out); }
  [[nodiscard]] std::vector<std::int32_t> subwords(std::string_view word) const override {
    std::vector<std::int32_t> rows;
    for_each_row(word, find(word), [&](std::size_t row) { rows.push_back(static_cast<std::int32_t>(row)); });
    return rows;
  }

 private:
  static FastTextArgs read_args(Cursor& cursor) {
    FastTextArgs a;
    for (std::int32_t* field : fasttext_fields(a)) *field = cursor.number<std::int32_t>("an argument");
    a.t = cursor.number<double>("an argument");
    const char* wrong = a.dim <= 0                                                                        ? "the vectors' dimension"
                        : a.model < 1 || a.model > 3                                                      ? "the kind of model"
                        : a.bucket < 0                                                                    ? "the number of buckets"
                        : a.minn < 0 || a.maxn < 0 || a.maxn > kMostMaxn || (a.maxn > 0 && a.bucket == 0) ? "the length of n-grams"
                                                                                                          : nullptr;
    if (wrong != nullptr)
      cursor.fail(std::string(wrong) + " makes no sense (dim " + std::to_string(a.dim) + ", model " + std::to_string(a.model) +
                  ", bucket " + std::to_string(a.bucket) + ", minn " + std::to_string(a.minn) + ", maxn " + std::to_string(a.maxn) +
                  "): no fastText model?");
    return a;
  }

  void read_dictionary(Cursor& cursor) {
    const auto size = cursor.number<std::int32_t>("the dictionary's size");
    const auto n_words = cursor.number<std::int32_t>("the number of words");
    const auto n_labels = cursor.number<std::int32_t>("the number of labels");
    cursor.number<std::int64_t>("the number of tokens");
    const std::int64_t n_pruned = with_magic_ ? cursor.number<std::int64_t>("the size of the pruning table") : -1;
    if (n_words < 0 || n_labels < 0 || std::int64_t{n_words} + n_labels != size)
      cursor.fail("the dictionary has " + std::to_string(size) + " entries, but " + std::to_string(n_words) + " words and " +
                  std::to_string(n_labels) + " labels");
    constexpr std::size_t kLeastEntry = 1 + sizeof(std::int64_t) + 1;
    if (static_cast<std::uint64_t>(size) > cursor.remaining() / kLeastEntry)
      cursor.fail("the dictionary has " + std::to_string(size) + " entries, which cannot fit in the rest of the file");
    std::vector<std::string_view> words;
    for (std::int32_t i = 0; i < size; ++i) read_entry(cursor, i < n_words, words);
    index_ = WordIndex(std::move(words));
    n_duplicates_ = index_.duplicates().size();
    read_pruning(cursor, n_pruned);
  }

  void read_entry(Cursor& cursor, bool is_word, std::vector<std::string_view>& words) {
    const std::string_view rest = as_text(bytes_.subspan(cursor.position()));
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) cursor.fail("a word's end is missing");
    cursor.take(end + 1, "a word");
    const auto count = cursor.number<std::int64_t>("a word's count");
    const auto kind = cursor.number<std::int8_t>("a word's kind");
    if (kind != (is_word ? 0 : 1) || count < 0)
      cursor.fail("entry '" + printable(rest.substr(0, end)) + "' of the dictionary is of kind " + std::to_string(kind) + " and count " +
                  std::to_string(count) + "; words come first, then labels");
    if (is_word) {
      words.push_back(rest.substr(0, end));
      counts_.push_back(count);
    } else {
      labels_.push_back(rest.substr(0, end));
    }
  }

  void read_pruning(Cursor& cursor, std::int64_t n) {
    pruned_ = n >= 0;
    if (n > 0 && static_cast<std::uint64_t>(n) > cursor.remaining() / 8)
      cursor.fail("the pruning table has " + std::to_string(n) + " entries, which cannot fit in the rest of the file");
    for (std::int64_t i = 0; i < n; ++i) {
      const auto bucket = cursor.number<std::int32_t>("a bucket of the pruning table");
      kept_buckets_[bucket] = cursor.number<std::int32_t>("a row of the pruning table");
    }
  }

  void read_matrix(Cursor& cursor) {
    if (with_magic_ && cursor.number<std::uint8_t>("whether the matrix is quantised") != 0) {
      input_.read_quantized(cursor, dim_);
    } else {
      if (pruned_) cursor.fail("a pruned dictionary with a matrix that is not quantised");
      input_.read_dense(cursor, dim_);
    }
    const std::size_t n_rows = input_.n_rows();
    const bool with_buckets = args_.maxn > 0 && !pruned_;
    const std::size_t wanted = size() + (with_buckets ? static_cast<std::size_t>(args_.bucket) : 0);
    if (n_rows < wanted)
      cursor.fail("the input matrix has " + std::to_string(n_rows) + " rows, " + std::to_string(size()) + " words" +
                  (with_buckets ? " and " + std::to_string(args_.bucket) + " buckets" : std::string()) + " are wanted");
    for (const auto& [bucket, row] : kept_buckets_)
      if (row < 0 || static_cast<std::size_t>(row) >= n_rows - size())
        cursor.fail("the pruning table leads to row " + std::to_string(row) + " of " + std::to_string(n_rows - size()));
  }

  /// Calls visit(row) with the rows that make up a word, in fastText's order; nothing is kept, however long the word.
  template <class Visit>
  void for_each_row(std::string_view word, std::optional<std::size_t> own, Visit&& visit) const {
    if (own) visit(*own);
    if (args_.maxn == 0 || args_.bucket == 0) return;
    for_each_ngram(word, args_.minn, args_.maxn, [&](std::uint32_t hash) {
      const std::uint32_t bucket = hash % static_cast<std::uint32_t>(args_.bucket);
      if (!pruned_) {
        visit(size() + bucket);
      } else if (const auto kept = kept_buckets_.find(static_cast<std::int32_t>(bucket)); kept != kept_buckets_.end()) {
        visit(size() + static_cast<std::size_t>(kept->second));
      }
    });
  }

  bool mean_of(std::string_view word, std::optional<std::size_t> own, std::span<float> out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0F);
    std::size_t n = 0;
    for_each_row(word, own, [&](std::size_t row) {
      input_.add_row(row, out);
      ++n;
    });
    const float factor = 1.0F / static_cast<float>(std::max<std::size_t>(n, 1));
    for (float& x : out) x *= factor;
    return n > 0;
  }

  FastTextArgs args_;
  bool with_magic_ = false;
  bool pruned_ = false;
  std::vector<std::int64_t> counts_;
  std::vector<std::string_view> labels_;
  std::unordered_map<std::int32_t, std::int32_t> kept_buckets_;
  InputMatrix input_;
};

}  // namespace

std::unique_ptr<FastTextModel> view_fasttext(std::span<const std::byte> bytes, const std::filesystem::path& name) {
  return std::make_unique<FastTextFile>(bytes, name);
}

std::uint32_t fasttext_hash(std::string_view ngram) noexcept {
  std::uint32_t h = kHashStart;
  for (const char c : ngram) h = hash_on(h, c);
  return h;
}

void fasttext_ngrams(std::string_view word, std::int32_t minn, std::int32_t maxn, std::int32_t bucket, std::vector<std::int32_t>& out) {
  for_each_ngram(word, minn, maxn,
                 [&](std::uint32_t hash) { out.push_back(static_cast<std::int32_t>(hash % static_cast<std::uint32_t>(bucket))); });
}

}  // namespace akin
