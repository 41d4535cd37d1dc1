// A text under normalisation that remembers where each of its bytes came from. The rules by which new characters take over the origin
// of old ones are those of the reference's NormalizedString, so that offsets come out equal. Tested by normalized_text_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/utf8.h"
#include "akin/text/tokenizer.h"
#include "unicode.h"

namespace akin::text {

class NormalizedText {
 public:
  /// The text as it is; malformed UTF-8 becomes U+FFFD, each with the origin of its malformed bytes. Origins count from `offset`.
  explicit NormalizedText(std::string_view text, std::size_t offset = 0);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::size_t n_invalid() const noexcept { return n_invalid_; }
  /// Where bytes [begin, end) of text() came from; begin < end.
  [[nodiscard]] TextSpan origin(std::size_t begin, std::size_t end) const noexcept { return {origin_[begin].begin, origin_[end - 1].end}; }
  /// Bytes [begin, end), cut at character boundaries.
  [[nodiscard]] NormalizedText slice(std::size_t begin, std::size_t end) const;

  /// One character of a rewritten text. It takes the place of the next old character (inserted = false), or stands after the character
  /// before it and shares its origin (inserted = true). It may take the place of `swallowed` more old characters after that.
  struct Change {
    char32_t code_point = 0;
    bool inserted = false;
    std::uint32_t swallowed = 0;
  };
  /// Rewrites the whole text: old characters are replaced in order, at most once each; those that no change takes the place of are gone.
  void rewrite(const std::vector<Change>& changes);

  template <class Keep>
  void filter(Keep&& keep) {
    std::size_t out = 0;
    for (std::size_t at = 0; at < text_.size();) {
      const DecodedChar c = decode_utf8(text_, at);
      if (keep(c.code_point)) {
        for (std::size_t i = 0; i < c.length; ++i, ++out) {
          text_[out] = text_[at + i];
          origin_[out] = origin_[at + i];
        }
      }
      at += c.length;
    }
    text_.resize(out);
    origin_.resize(out);
  }

  /// Each character becomes what `map` (char32_t → CodePoints, at least one) says; the later ones share the origin of the first.
  template <class Map>
  void map(Map&& map) {
    std::vector<Change> changes;
    changes.reserve(text_.size());
    for (std::size_t at = 0; at < text_.size();) {
      const DecodedChar c = decode_utf8(text_, at);
      const CodePoints to = map(c.code_point);
      for (std::uint32_t i = 0; i < to.n; ++i) changes.push_back({to.at[i], i > 0});
      at += c.length;
    }
    rewrite(changes);
  }

  void decompose(Decomposition kind);
  void compose(Decomposition kind);
  /// Every occurrence of `pattern` becomes `content`, which takes the origin of the pattern's last character.
  void replace(std::string_view pattern, std::string_view content);
  /// The same for stretches [begin, end) in order, cut at character boundaries.
  void replace(const std::vector<std::pair<std::size_t, std::size_t>>& stretches, std::string_view content);
  /// Puts `content` in front, with the origin of the first character; an empty text stays empty.
  void prepend(std::string_view content);
  /// Takes white space off the ends.
  void strip(bool left, bool right);
  void append(const NormalizedText& other);

 private:
  NormalizedText() = default;

  std::string text_;
  std::vector<TextSpan> origin_;  // one for each byte of text_
  std::size_t n_invalid_ = 0;
};

}  // namespace akin::text
