// Words and their vectors, in the formats of word2vec (text and binary), GloVe and fastText (.vec and .bin, subwords included), plain or
// packed with gzip. Vectors stay where the mapped file has them, where it has them as numbers. The rules that are checked:
// docs/formats/word-vectors.md. Tested by word_vectors_test.cc, word_vectors_text_test.cc, word2vec_binary_test.cc and fasttext_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/atomic_file.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// Immutable; any number of threads may read.
class WordVectors {
 public:
  virtual ~WordVectors() = default;

  [[nodiscard]] virtual const std::filesystem::path& path() const noexcept = 0;
  /// "word2vec text", "word2vec binary", "GloVe text", "fastText".
  [[nodiscard]] virtual std::string_view format() const noexcept = 0;
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  [[nodiscard]] virtual std::size_t dim() const noexcept = 0;
  /// In the order of the file, which is by frequency where the trainer wrote it. Bytes as they are: not always UTF-8. i < size().
  [[nodiscard]] virtual std::string_view word(std::size_t i) const noexcept = 0;
  /// The place of a word; nothing if it is not in the table.
  [[nodiscard]] virtual std::optional<std::size_t> find(std::string_view word) const noexcept = 0;
  /// The vector of word i < size(); out.size() == dim().
  virtual void read(std::size_t i, std::span<float> out) const noexcept = 0;
  /// dim() floats as they lie in memory, at any address; null where a vector must be made first (fastText's subwords).
  [[nodiscard]] virtual const std::byte* stored(std::size_t i) const noexcept = 0;
  /// The vector of a word that is not in the table, made of its subwords. False, and zeros, where there are none.
  virtual bool compose(std::string_view word, std::span<float> out) const noexcept = 0;
  /// How often each word was seen in training; empty where the file does not say.
  [[nodiscard]] virtual std::span<const std::int64_t> counts() const noexcept = 0;
  /// Lines that repeat a word; only the first of them counts, as in gensim.
  [[nodiscard]] virtual std::size_t n_duplicates() const noexcept = 0;
  /// All that decides vectors, as it lies in memory: what a fingerprint is made of.
  [[nodiscard]] virtual std::span<const std::byte> bytes() const noexcept = 0;
};

/// Opens a file of any of the formats; its bytes tell which. Text is parsed on all threads. Throws Error{not_found}, Error{io},
/// Error{corrupt}, Error{unsupported} naming file and line or byte, Error{limit} for a packed file that grows beyond 64 times its size.
std::unique_ptr<WordVectors> open_word_vectors(const std::filesystem::path& path, Context& context);

/// The same for bytes in memory, which must outlive the result. `name` stands for the file in messages.
std::unique_ptr<WordVectors> view_word_vectors(std::span<const std::byte> bytes, const std::filesystem::path& name, Context& context);

/// True if the ending is one of such a file (.vec, .txt, .bin, each maybe with .gz) or the first bytes are those of one.
bool is_word_vector_file(const std::filesystem::path& path);

enum class WordVectorFormat {
  word2vec_text,  ///< a line "n dim", then "word x x … x" a line: also fastText's .vec
  word2vec_binary,
  glove_text,  ///< without the first line
};

/// Floats are written with the fewest digits that read back to the same float.
class WordVectorWriter {
 public:
  WordVectorWriter(const std::filesystem::path& path, WordVectorFormat format, std::size_t n_words, std::size_t dim);
  /// Throws Error{invalid_argument} for a word that is empty or holds white space of ASCII (no reader could find its end), a vector of
  /// another length, or more than n_words.
  void append(std::string_view word, std::span<const float> vector);
  /// Puts the file in its place. Throws Error{invalid_argument} unless there were n_words. Without it nothing is left behind.
  void commit();

 private:
  AtomicFile file_;
  WordVectorFormat format_;
  std::size_t n_words_, dim_, n_written_ = 0;
  std::string line_;
};

}  // namespace akin
