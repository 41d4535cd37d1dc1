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
#include "fasttext_matrix.h"
#include "word_table.h"

namespace akin {
namespace {

// Longer n-grams than any word; a file that asks for more would only cost time.
constexpr std::int32_t kMostMaxn = 64, kMostWordNgrams = 64;

constexpr std::uint32_t kHashStart = 2166136261U;
constexpr std::uint32_t hash_on(std::uint32_t h, char c) noexcept {
  return (h ^ static_cast<std::uint32_t>(static_cast<std::int8_t>(c))) * 16777619U;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Calls visit(hash) for each n-gram of `word` with "<" and ">" around it, in fastText's order. The marks alone are none.
template <class Visit>
void for_each_ngram(std::string_view word, std::int32_t minn, std::int32_t maxn, Visit&& visit) {
  if (word == kFastTextEnd) return;
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
    read_input(cursor);
    if (args_.model == kSupervised) read_output(cursor);
  }

  [[nodiscard]] std::string_view format() const noexcept override { return "fastText"; }
  [[nodiscard]] const FastTextArgs& args() const noexcept override { return args_; }
  [[nodiscard]] std::span<const std::string_view> labels() const noexcept override { return labels_; }
  [[nodiscard]] bool quantized() const noexcept override { return input_.quantized(); }
  [[nodiscard]] const std::byte* stored(std::size_t) const noexcept override { return nullptr; }
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept override { return counts_; }

  [[nodiscard]] std::span<const std::int64_t> label_counts() const noexcept override { return label_counts_; }
  void add_input(std::size_t row, std::span<float> out) const noexcept override { input_.add_row(row, out); }
  void add_output(std::size_t row, std::span<float> out) const noexcept override { output_.add_row(row, out); }
  void read_line(std::string_view text, std::string_view label_prefix, FastTextLine& out) const override;

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
    const char* wrong = a.dim <= 0                   ? "the vectors' dimension"
                        : a.model < 1 || a.model > 3 ? "the kind of model"
                        : a.bucket < 0               ? "the number of buckets"
                        : a.model == kSupervised && (a.word_ngrams > kMostWordNgrams || (a.word_ngrams > 1 && a.bucket == 0))
                            ? "the number of words in an n-gram"
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
      label_index_.emplace(rest.substr(0, end), static_cast<std::int32_t>(labels_.size()));
      labels_.push_back(rest.substr(0, end));
      label_counts_.push_back(count);
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

  void read_input(Cursor& cursor) {
    const bool quantized = with_magic_ && cursor.number<std::uint8_t>("whether the matrix is quantised") != 0;
    if (!quantized && pruned_) cursor.fail("a pruned dictionary with a matrix that is not quantised");
    input_.read(cursor, dim_, quantized, "the input matrix");
    const std::size_t n_rows = input_.n_rows();
    const bool with_buckets = (args_.maxn > 0 || (args_.model == kSupervised && args_.word_ngrams > 1)) && !pruned_;
    const std::size_t wanted = size() + (with_buckets ? static_cast<std::size_t>(args_.bucket) : 0);
    if (n_rows < wanted)
      cursor.fail("the input matrix has " + std::to_string(n_rows) + " rows, " + std::to_string(size()) + " words" +
                  (with_buckets ? " and " + std::to_string(args_.bucket) + " buckets" : std::string()) + " are wanted");
    for (const auto& [bucket, row] : kept_buckets_)
      if (row < 0 || static_cast<std::size_t>(row) >= n_rows - size())
        cursor.fail("the pruning table leads to row " + std::to_string(row) + " of " + std::to_string(n_rows - size()));
  }

  void read_output(Cursor& cursor) {
    const bool quantized = with_magic_ && cursor.number<std::uint8_t>("whether the output matrix is quantised") != 0;
    output_.read(cursor, dim_, quantized && input_.quantized(), "the output matrix");
    if (output_.n_rows() != labels_.size())
      cursor.fail("the output matrix has " + std::to_string(output_.n_rows()) + " rows, the dictionary " + std::to_string(labels_.size()) +
                  " labels");
  }

  /// Calls visit(row) with the row of a bucket, if it has one.
  template <class Visit>
  void visit_bucket(std::uint32_t bucket, Visit&& visit) const {
    if (!pruned_) {
      visit(size() + bucket);
    } else if (const auto kept = kept_buckets_.find(static_cast<std::int32_t>(bucket)); kept != kept_buckets_.end()) {
      visit(size() + static_cast<std::size_t>(kept->second));
    }
  }

  /// Calls visit(row) with the rows that make up a word, in fastText's order; nothing is kept, however long the word.
  template <class Visit>
  void for_each_row(std::string_view word, std::optional<std::size_t> own, Visit&& visit) const {
    if (own) visit(*own);
    if (args_.maxn == 0 || args_.bucket == 0) return;
    for_each_ngram(word, args_.minn, args_.maxn,
                   [&](std::uint32_t hash) { visit_bucket(hash % static_cast<std::uint32_t>(args_.bucket), visit); });
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
  std::vector<std::int64_t> label_counts_;
  std::unordered_map<std::string_view, std::int32_t> label_index_;
  std::unordered_map<std::int32_t, std::int32_t> kept_buckets_;
  FastTextMatrix input_, output_;
};

void FastTextFile::read_line(std::string_view text, std::string_view label_prefix, FastTextLine& out) const {
  out.rows.clear();
  out.labels.clear();
  std::vector<std::uint32_t> hashes;
  const auto add_row = [&](std::size_t row) { out.rows.push_back(static_cast<std::int32_t>(row)); };
  for_each_fasttext_word(text, [&](std::string_view word) {
    const auto own = find(word);
    if (const auto label = own ? label_index_.end() : label_index_.find(word); label != label_index_.end()) {
      out.labels.push_back(label->second);
      return;
    }
    if (!own && !label_prefix.empty() && word.starts_with(label_prefix)) return;
    for_each_row(word, own, add_row);
    hashes.push_back(fasttext_hash(word));
  });
  if (args_.word_ngrams < 2 || args_.bucket == 0) return;
  fasttext_word_ngrams(hashes, args_.word_ngrams, args_.bucket, [&](std::uint32_t bucket) { visit_bucket(bucket, add_row); });
}

}  // namespace

std::unique_ptr<FastTextModel> view_fasttext(std::span<const std::byte> bytes, const std::filesystem::path& name) {
  return std::make_unique<FastTextFile>(bytes, name);
}

bool is_fasttext_classifier(std::span<const std::byte> head) noexcept {
  if (head.size() < kFastTextHead || !has_fasttext_magic(head)) return false;
  constexpr std::size_t kModelAt = 8 + 7 * sizeof(std::int32_t);
  std::int32_t model = 0;
  std::memcpy(&model, head.data() + kModelAt, sizeof model);
  return model == kSupervised;
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
