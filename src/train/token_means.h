// Which tokens each text has, as a sparse matrix: row = text, column = token, number = how often over the square root of the text's length.
// By that root, not by the length, long and short texts pull alike on a token whose vectors point all ways, as real ones do.
// Tested by token_means_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::train {

class TokenMeans {
 public:
  /// Appends a text. Ids are below the `n_tokens` of the calls below.
  void add(std::span<const std::int32_t> ids);
  [[nodiscard]] std::size_t n_texts() const noexcept { return begins_.size() - 1; }
  [[nodiscard]] std::size_t n_entries() const noexcept { return entries_.size(); }
  [[nodiscard]] std::uint64_t n_seen() const noexcept { return n_seen_; }

  /// Prepares the calls below. `n_tokens` is the number of columns.
  void finish(std::size_t n_tokens);
  /// How often each token was seen, (n_tokens).
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  /// Σ over texts of the number squared, (n_tokens).
  [[nodiscard]] std::vector<float> column_squares() const;
  /// out (n_texts, d) = M · vectors (n_tokens, d).
  void multiply(MatrixView<const float> vectors, MatrixView<float> out, Context& context) const;
  /// out (n_tokens, d) = Mᵀ · rows (n_texts, d).
  void multiply_transposed(MatrixView<const float> rows, MatrixView<float> out, Context& context) const;

 private:
  struct Entry {
    std::uint32_t index = 0;  // of the token, or of the text
    float weight = 0;
  };
  static void multiply(std::span<const std::size_t> begins, std::span<const Entry> entries, MatrixView<const float> in,
                       MatrixView<float> out, Context& context);

  std::vector<std::size_t> begins_ = {0};  // by text, in entries_
  std::vector<Entry> entries_;
  std::vector<std::size_t> token_begins_;  // by token, in by_token_
  std::vector<Entry> by_token_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t n_seen_ = 0;
};

}  // namespace akin::train
