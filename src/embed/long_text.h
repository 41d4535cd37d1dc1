// A text of any length as tokens, and the windows of it that a model can read: what pooling over pieces and late chunking (Günther et al.,
// 2024) share. Tested by long_text_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"

namespace akin {

/// Tokens of a whole text, special ones counted: [begin, end).
struct TokenSpan {
  std::size_t begin = 0, end = 0;
};

/// Tokens of the text proper that go through the model together, with the special tokens and the prompt around them.
struct TokenWindow {
  std::size_t begin = 0, end = 0;
  std::size_t n_overlap = 0;  ///< the first so many were in the window before
};

class WholeText {
 public:
  /// `prompted` is the prompt (`n_prompt` bytes) and the text, of which `n_cut` bytes were left out before. Nothing is cut here.
  WholeText(const Tokenizer& tokenizer, std::string_view prompted, std::size_t n_prompt, std::size_t n_cut, bool lowercase);

  /// Special tokens, prompt and text.
  [[nodiscard]] std::size_t n_tokens() const noexcept { return encoding_.ids.size(); }
  /// Windows of at most `max_tokens` tokens, all counted, which overlap by `overlap`; one if everything fits. A window ends before a word
  /// where one begins in its last quarter. Throws Error{invalid_argument} if the prompt leaves no room.
  [[nodiscard]] std::vector<TokenWindow> cut(std::size_t max_tokens, std::size_t overlap) const;
  /// What the model is given for a window.
  [[nodiscard]] Encoding encoding(const TokenWindow& window) const;
  /// Puts the states of a window's tokens, but for those that the window before gave, where they belong among those of the whole text.
  void copy_states(const TokenWindow& window, MatrixView<const float> hidden, MatrixView<float> states) const;
  /// The tokens of each stretch of the text's bytes: those that begin in it. What stands before the text's first token goes with that one,
  /// what stands behind the last with the last. Throws Error{invalid_argument} for a stretch without tokens or outside the text.
  [[nodiscard]] std::vector<TokenSpan> tokens_of(std::span<const TextSpan> spans) const;
  [[nodiscard]] TextReport report(std::size_t n_windows) const noexcept;

 private:
  [[nodiscard]] std::size_t n_text() const noexcept { return n_tokens() - n_before_ - n_after_; }
  [[nodiscard]] bool begins_word(std::size_t token) const noexcept;

  Encoding encoding_;           // the text's tokens have offsets in the text as given
  std::string text_;            // as the tokenizer saw it
  std::vector<TextSpan> seen_;  // offsets in `text_`
  std::size_t n_before_ = 0;    // special tokens and prompt
  std::size_t n_after_ = 0;
  std::size_t size_ = 0;  // of the text as given, without what was cut behind it
};

/// The mean of the pieces' vectors, each weighted by its tokens, scaled to unit length if `unit`; of one piece its vector as it is.
void mean_of_pieces(MatrixView<const float> vectors, std::span<const Encoding> pieces, bool unit, std::span<float> out);

}  // namespace akin
