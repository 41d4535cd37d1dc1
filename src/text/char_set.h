// A set of code points as a regular expression writes it: characters, ranges, categories, nested sets, the negation of all that.
// Tested by char_set_test.cc.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "unicode.h"

namespace akin::text {

class CharSet {
 public:
  void add(char32_t c) { add_range(c, c); }
  void add_range(char32_t first, char32_t last) { ranges_.push_back({first, last}); }
  /// bit i: Category i.
  void add_categories(std::uint32_t mask) { categories_ |= mask; }
  /// word: \w alone; word_in_brackets: \w in a bracket, which lacks six signs of Latin-1 (as ½) in Oniguruma.
  enum class Kind : std::uint8_t { space, word, word_in_brackets };
  void add_kind(Kind kind, bool negated) { kinds_.push_back({kind, negated}); }
  void add_set(CharSet set) { sets_.push_back(std::move(set)); }
  void negate() { negated_ = !negated_; }
  /// Letters stand for both of their cases.
  void fold_case() { folded_ = true; }
  /// Call when all is added: makes holds() fast for ASCII.
  void finish();

  [[nodiscard]] bool holds(char32_t c) const noexcept { return c < 128 ? ascii_[c] : holds_slowly(c); }

 private:
  struct Range {
    char32_t first = 0;
    char32_t last = 0;
  };
  struct KindItem {
    Kind kind = Kind::space;
    bool negated = false;
  };
  [[nodiscard]] bool holds_slowly(char32_t c) const noexcept;
  [[nodiscard]] bool holds_exactly(char32_t c) const noexcept;

  std::vector<Range> ranges_;
  std::vector<KindItem> kinds_;
  std::vector<CharSet> sets_;
  std::uint32_t categories_ = 0;
  bool negated_ = false;
  bool folded_ = false;
  std::bitset<128> ascii_;
};

}  // namespace akin::text
