// word2vec's binary format: a line "n dim", then word, space, dim float32 (little-endian), and maybe the end of a line, n times.
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "cursor.h"
#include "word_table.h"

namespace akin {
namespace {

class Word2VecBinary final : public WordTable<WordVectors> {
 public:
  Word2VecBinary(std::span<const std::byte> bytes, const std::filesystem::path& name) : WordTable(name, bytes) {
    const auto header = read_word_vector_header(bytes);
    Cursor cursor(bytes, path_);
    if (!header) cursor.fail("the first line is not 'words dimensions'");
    cursor.take(header->n_bytes, "the first line");
    if (header->dim == 0) cursor.fail("the first line says that vectors have 0 dimensions");
    dim_ = header->dim;
    if (header->n_words > cursor.remaining() / 2 || dim_ > cursor.remaining() / sizeof(float) ||
        header->n_words > cursor.remaining() / (dim_ * sizeof(float) + 1)) {
      cursor.fail("the first line says " + std::to_string(header->n_words) + " words of " + std::to_string(dim_) +
                  " numbers, which cannot fit in the " + std::to_string(cursor.remaining()) + " bytes that follow");
    }
    read_words(cursor, header->n_words);
  }

  [[nodiscard]] std::string_view format() const noexcept override { return "word2vec binary"; }
  void read(std::size_t i, std::span<float> out) const noexcept override { std::memcpy(out.data(), rows_[i], dim_ * sizeof(float)); }
  [[nodiscard]] const std::byte* stored(std::size_t i) const noexcept override { return rows_[i]; }
  bool compose(std::string_view, std::span<float> out) const noexcept override {
    std::fill(out.begin(), out.end(), 0.0F);
    return false;
  }
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept override { return {}; }

 private:
  void read_words(Cursor& cursor, std::size_t n_words) {
    std::vector<std::string_view> words;
    words.reserve(n_words);
    rows_.reserve(n_words);
    for (std::size_t i = 0; i < n_words; ++i) {
      words.push_back(read_word(cursor));
      rows_.push_back(cursor.take(dim_ * sizeof(float), "a vector").data());
      check_finite(cursor, rows_.back(), words.back());
    }
    while (cursor.remaining() > 0)
      if (cursor.take(1, "the end")[0] != std::byte{'\n'})
        cursor.fail("the file goes on after the " + std::to_string(n_words) + " words that its first line says");
    drop_duplicates(std::move(words));
  }

  std::string_view read_word(Cursor& cursor) const {
    const std::string_view rest = as_text(bytes_.subspan(cursor.position()));
    const std::size_t begin = rest.find_first_not_of('\n');  // some writers end a vector with a line end, some do not
    const std::size_t end = begin == std::string_view::npos ? begin : rest.find(' ', begin);
    if (end == std::string_view::npos) cursor.fail("a word and a space are wanted, the file ends");
    if (end == begin) cursor.fail("a word is wanted, a space is found");
    cursor.take(end + 1, "a word");
    return rest.substr(begin, end - begin);
  }

  void check_finite(const Cursor& cursor, const std::byte* row, std::string_view word) const {
    for (std::size_t c = 0; c < dim_; ++c) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, row + c * sizeof bits, sizeof bits);
      if ((bits & 0x7F800000U) == 0x7F800000U)
        cursor.fail("number " + std::to_string(c + 1) + " of the word '" + printable(word) + "' is not finite");
    }
  }

  /// As gensim does: all but the first.
  void drop_duplicates(std::vector<std::string_view> words) {
    index_ = WordIndex(words);
    n_duplicates_ = index_.duplicates().size();
    if (n_duplicates_ == 0) return;
    std::size_t kept = 0, next = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (next < n_duplicates_ && index_.duplicates()[next] == i) {
        ++next;
        continue;
      }
      words[kept] = words[i];
      rows_[kept++] = rows_[i];
    }
    words.resize(kept);
    rows_.resize(kept);
    index_ = WordIndex(std::move(words));
  }

  std::vector<const std::byte*> rows_;
};

}  // namespace

std::unique_ptr<WordVectors> view_word2vec_binary(std::span<const std::byte> bytes, const std::filesystem::path& name) {
  return std::make_unique<Word2VecBinary>(bytes, name);
}

}  // namespace akin
