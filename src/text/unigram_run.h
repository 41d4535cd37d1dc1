// One stretch of text on its way through UnigramFast: words of plain ASCII at once, all else by code points. Tested by unigram_run_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "charsmap_plan.h"
#include "metaspace.h"
#include "pipeline.h"
#include "unigram.h"
#include "word_cache.h"

namespace akin::text {

/// What decides the tokens of a stretch.
struct UnigramRules {
  enum class Class : std::uint8_t { plain, space, other };

  UnigramRules(const Charsmap* map, PrependScheme prepend, int watched_byte, const Unigram& unigram);
  /// Printable ASCII stays as it is and a space is a space: what UnigramRun relies on.
  [[nodiscard]] bool keeps_ascii() const;

  PrependScheme scheme;
  int watched;  ///< a byte that may begin an added token of the normalised text, −1: none
  const Unigram& model;
  CharsmapPlan plan;
  std::array<Class, 256> classes{};  ///< other: a control character or part of a longer one
};

/// A word of at most 16 bytes behind its mark, with up to n tokens. With 4 or 12 it does not straddle cache lines.
template <std::size_t n>
struct alignas(16 + 4 * n) KeptUnigramWord {
  std::uint64_t low = 0;  ///< the bytes, zero behind the end; a word that holds a zero is not kept, so 0 is free
  std::uint64_t high = 0;
  std::array<std::uint32_t, n> tokens{};  ///< id and, from bit 24 on, length in bytes, the mark counted; 0 behind the last

  [[nodiscard]] bool holds(std::uint64_t l, std::uint64_t h, std::size_t = 0) const noexcept { return low == l && high == h; }
  [[nodiscard]] bool is_of(std::uint64_t l, std::uint64_t h, std::size_t) const noexcept { return holds(l, h); }
  [[nodiscard]] bool is_free() const noexcept { return low == 0 && high == 0; }
};
using CachedUnigramWord = KeptUnigramWord<4>;
using LongUnigramWord = KeptUnigramWord<12>;

/// Room that is kept between stretches.
struct UnigramScratch {
  WordTable<CachedUnigramWord, 17> cache;     // eight megabytes, touched as words come: a lattice costs more than its way from there
  WordTable<LongUnigramWord, 13> long_words;  // a megabyte: words of more tokens, of which a lattice costs most
  std::string word;                           // the mark, then what came in since the last cut
  std::vector<TextSpan> origins;              // of each byte of `word`, if asked for
  std::string stretch;                        // characters that may be clusters together
  std::vector<TextSpan> stretch_origins;
  Unigram::Lattice lattice;
  std::vector<WordToken> tokens;
  std::vector<Segment> segments;
};

class UnigramRun {
 public:
  /// `text` holds no added token; its first byte is byte `offset` of the whole text.
  UnigramRun(const UnigramRules& rules, std::string_view text, std::size_t offset, TokenSink& sink, UnigramScratch& scratch);
  /// Gives its tokens out; or says false, with nothing given out, where only the pipeline can do it.
  bool run();

 private:
  [[nodiscard]] UnigramRules::Class class_at(std::size_t at) const { return rules_.classes[static_cast<unsigned char>(text_[at])]; }
  [[nodiscard]] bool next_is_ascii(std::size_t at) const {
    return at + 1 >= text_.size() || static_cast<unsigned char>(text_[at + 1]) < 0x80;
  }
  // A character that ends here is no part of a cluster with what follows, and neither is the space.
  [[nodiscard]] bool cut_at(std::size_t at) const {
    return at >= text_.size() || (class_at(at) == UnigramRules::Class::space && next_is_ascii(at));
  }

  // The tokens of a word of plain ASCII that begins at `at`, and its end; `at` itself if the word is of another kind.
  std::size_t ascii_word(std::size_t at);
  std::size_t long_ascii_word(std::size_t at);
  // Word and cache entry from the two halves of its key; `word` without its mark.
  void give_out_cached(std::uint64_t low, std::uint64_t high, std::string_view word, TextSpan mark, std::size_t begin);
  // The tokens of the word that was put together, whose place in the cache holds another.
  void tokenize_uncached(CachedUnigramWord& cached, std::uint64_t low, std::uint64_t high);
  template <std::size_t n>
  void keep(KeptUnigramWord<n>& kept, std::uint64_t low, std::uint64_t high) const;
  template <std::size_t n>
  void restore(const KeptUnigramWord<n>& kept);
  // Of bytes [from, to) of a marked word of ASCII that begins at byte `begin` of the text.
  [[nodiscard]] static TextSpan ascii_origin(std::size_t from, std::size_t to, TextSpan mark, std::size_t begin) noexcept;
  void give_out(const std::vector<WordToken>& tokens, TextSpan mark, std::size_t begin);
  // Tokens of `word`, which begins with a mark that counts only if `marked`; their bytes are those of the word with it.
  void tokenize(std::string_view word, bool marked);
  [[nodiscard]] bool holds_watched(std::size_t begin, std::size_t end) const;
  // Characters from `at` on, to a place where words of ASCII may go on; at least one is taken.
  std::size_t by_code_points(std::size_t at);
  // Characters from `at` on that may join each other, by the rule of the charsmap; ends between two characters that do not.
  std::size_t by_clusters(std::size_t at);
  // What stood at `old` becomes `with`: characters take the places of the old ones, more of them share the origin of the last.
  void replace(std::span<const TextSpan> old, std::string_view with);
  // A character of the normalised text that is not rare.
  void put(char32_t c, TextSpan from, bool inserted);
  void put_space(TextSpan from, bool inserted);
  TextSpan begin_ascii(std::size_t at);
  // Whether the word that begins now has a mark, and its origin: the last space before it, or, where one is put in front of the text,
  // the first character.
  TextSpan begin_mark(TextSpan first);
  // The tokens of the word that was put together.
  void flush();
  void tokenize_gathered();
  void clear();

  const UnigramRules& rules_;
  std::string_view text_;
  std::size_t offset_;
  TokenSink& sink_;
  UnigramScratch& scratch_;
  bool rare_ = false;
  bool space_before_ = false;
  TextSpan space_;
  bool mark_there_ = false;  // of the word that was begun last
  bool nothing_yet_ = true;
  bool last_was_inserted_ = false;
};

}  // namespace akin::text
