// Where the tokens of a stretch of a section begin, so that it can be cut at token counts without encoding it again and again.
// Tested by token_window_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/documents/token_counter.h"
#include "sections.h"

namespace akin::documents {

/// How good it is to part a text at a place.
enum class CutQuality { none, token, word, clause, sentence };

/// Of the place before `text[at]`, 0 < at < text.size(). `none`: inside a character.
CutQuality cut_quality(std::string_view text, std::size_t at) noexcept;

/// The tokens of at most a megabyte of a section's text.
class TokenWindow {
 public:
  /// Encodes from `begin` on. Words of more than 256 bytes, which a tokenizer may take as one token whatever their length, are counted in
  /// pieces: the count is then an upper bound.
  TokenWindow(const Section& section, std::size_t begin, const TokenCounter& counter);

  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t end() const noexcept { return end_; }
  /// True if the section ends here.
  [[nodiscard]] bool is_last() const noexcept { return end_ == section_->text.size(); }
  [[nodiscard]] std::size_t n_tokens() const noexcept { return starts_.size(); }
  /// Byte in the section's text at which token k begins; end() for k = n_tokens().
  [[nodiscard]] std::size_t byte_of(std::size_t k) const noexcept { return k < starts_.size() ? starts_[k] : end_; }
  /// The first token at or after a byte.
  [[nodiscard]] std::size_t token_at(std::size_t byte) const noexcept;
  /// First tokens of the blocks that begin in the window, ascending.
  [[nodiscard]] const std::vector<std::size_t>& block_starts() const noexcept { return block_starts_; }
  /// Of a cut in front of token k; `none` also where k begins no new character.
  [[nodiscard]] CutQuality quality(std::size_t k) const noexcept;

 private:
  void encode(const TokenCounter& counter);
  void add_start(std::size_t byte);

  const Section* section_;
  std::size_t begin_;
  std::size_t end_;
  std::vector<std::size_t> starts_;
  std::vector<std::size_t> block_starts_;
};

}  // namespace akin::documents
