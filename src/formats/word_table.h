// The part that the kinds of WordVectors share: path, words, index. Private. Tested through each kind.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "akin/base/context.h"
#include "akin/formats/word_vectors.h"
#include "word_index.h"

namespace akin {

template <class Base>
class WordTable : public Base {
 public:
  WordTable(std::filesystem::path path, std::span<const std::byte> bytes) : path_(std::move(path)), bytes_(bytes) {}

  [[nodiscard]] const std::filesystem::path& path() const noexcept final { return path_; }
  [[nodiscard]] std::size_t size() const noexcept final { return index_.size(); }
  [[nodiscard]] std::size_t dim() const noexcept final { return dim_; }
  [[nodiscard]] std::string_view word(std::size_t i) const noexcept final { return index_.word(i); }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view word) const noexcept final { return index_.find(word); }
  [[nodiscard]] std::size_t n_duplicates() const noexcept final { return n_duplicates_; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept final { return bytes_; }

 protected:
  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
  std::size_t dim_ = 0;
  std::size_t n_duplicates_ = 0;
  WordIndex index_;
};

/// The first line of a word2vec file: "n dim".
struct WordVectorHeader {
  std::size_t n_words = 0, dim = 0;
  std::size_t n_bytes = 0;  ///< of the line, its end included
};
/// Nothing if the bytes do not begin with two whole numbers and the end of a line.
std::optional<WordVectorHeader> read_word_vector_header(std::span<const std::byte> bytes);

std::unique_ptr<WordVectors> view_word2vec_binary(std::span<const std::byte> bytes, const std::filesystem::path& name);
std::unique_ptr<WordVectors> view_word_vector_text(std::span<const std::byte> bytes, const std::filesystem::path& name, Context& context);

}  // namespace akin
