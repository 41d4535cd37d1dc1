// Where what a reader sees as one character ends: extended grapheme clusters (Unicode Standard Annex 29), with the classes that the
// reference uses (grapheme_data.inc). Tested by grapheme_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace akin::text {

enum class GraphemeClass : std::uint8_t {
  other,
  carriage_return,
  newline,
  control,
  extend,          ///< marks and the like
  spacing_extend,  ///< an extend that a conjunct does not reach across
  linker,          ///< an extend that ties two consonants together
  joiner,          ///< U+200D
  spacing,         ///< spacing marks
  prepend,
  l,
  v,
  t,
  lv,
  lvt,        ///< Hangul
  picture,    ///< emoji
  consonant,  ///< of a script with conjuncts
};

GraphemeClass grapheme_class(char32_t c) noexcept;

/// True if a cluster always ends between two neighbours whose classes are both like this, whatever else stands around.
[[nodiscard]] constexpr bool stands_alone(GraphemeClass c) noexcept {
  return c == GraphemeClass::other || c == GraphemeClass::lv || c == GraphemeClass::lvt || c == GraphemeClass::picture ||
         c == GraphemeClass::consonant;
}

/// Goes along a text cluster by cluster.
class Graphemes {
 public:
  /// `text` is valid UTF-8.
  explicit Graphemes(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const noexcept { return at_ == text_.size(); }
  /// The next cluster.
  std::string_view next() noexcept;

 private:
  void pass(GraphemeClass c) noexcept;
  [[nodiscard]] bool ends_before(GraphemeClass next) const noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  GraphemeClass last_ = GraphemeClass::control;
  bool picture_ = false;         // a picture and extends after it end here
  bool joined_picture_ = false;  // and then a joiner
  int conjunct_ = 0;             // 1: a consonant and extends end here, 2: a linker among them
};

}  // namespace akin::text
