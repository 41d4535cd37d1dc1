// A model's token embeddings, opened alone: the first thing that a language model does is to look rows of this table up. Opening reads the
// configuration and the header of the weights; a row is read where it lies in the mapped file, so a table of 128,256 rows of 8,192
// numbers opens in about a millisecond and costs the memory of the rows that are asked for. The transformer is not read. The tokenizer is
// loaded when it is first asked for. Tested by token_table_test.cc.
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

#include "akin/base/context.h"
#include "akin/embed/nearest_rows.h"
#include "akin/formats/tensor.h"
#include "akin/text/tokenizer.h"

namespace akin {

class TokenTable {
 public:
  /// A Hugging Face or sentence-transformers folder, a static model's included, or a GGUF file. Throws Error naming file, tensor or key,
  /// what was wanted and found, Error{unsupported} for a static model whose tokens share rows or weigh them.
  static TokenTable open(const std::filesystem::path& model);
  TokenTable(TokenTable&&) noexcept;
  TokenTable& operator=(TokenTable&&) noexcept;
  ~TokenTable();

  [[nodiscard]] const std::string& model_name() const noexcept;
  [[nodiscard]] const std::string& family() const noexcept;
  [[nodiscard]] std::size_t n_rows() const noexcept;
  [[nodiscard]] std::size_t dim() const noexcept;
  /// The table as it lies in the file, (n_rows, dim).
  [[nodiscard]] const TensorView& rows() const noexcept;
  /// True if the model's output multiplies with this same table, false if with one of its own; nothing for a model that scores no tokens.
  [[nodiscard]] std::optional<bool> is_tied() const noexcept;
  /// Tokens that the model reads of a text, special ones counted.
  [[nodiscard]] std::size_t max_tokens() const;
  /// Any number of threads may ask. Throws as Tokenizer::from_folder().
  [[nodiscard]] const Tokenizer& tokenizer() const;

  /// out (dim) = row `id`, as stored: before a factor or norm that the model may apply. Throws Error{invalid_argument} for an id outside.
  void read(std::size_t id, std::span<float> out) const;
  [[nodiscard]] std::vector<float> row(std::size_t id) const;
  /// The rows nearest to `vector`: see nearest_rows(). Reads the whole table once and gives its memory back.
  [[nodiscard]] std::vector<NearRow> nearest(std::span<const float> vector, const NearestOptions& options, Context& context) const;

 private:
  struct Impl;
  explicit TokenTable(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The id that a person means by a word: the number itself ("2054"); else the one token that the word is, with a space before it or
/// without, or a piece written as the vocabulary has it ("##ing", "Ġthe"). Throws Error{invalid_argument} for an id outside the vocabulary
/// and for a word that is several tokens, naming its pieces.
std::int32_t token_id_from(const Tokenizer& tokenizer, std::string_view word, std::size_t n_rows);

}  // namespace akin
