#include "unigram_run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "akin/base/utf8.h"
#include "grapheme.h"
#include "word_cache.h"

namespace akin::text {
namespace {

constexpr std::string_view kMark = "\xE2\x96\x81";
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kWholeClusterBytes = 6;  // as in charsmap.cc

constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
constexpr std::uint64_t kHighs = 0x8080808080808080ULL;

// How many of the eight bytes, from the first on, are printable ASCII other than a space.
unsigned leading_printable(std::uint64_t bytes) noexcept {
  const std::uint64_t x = bytes & ~kHighs;
  const std::uint64_t at_least_21 = x + kOnes * (0x80 - 0x21);
  const std::uint64_t at_least_7f = x + kOnes * (0x80 - 0x7F);
  const std::uint64_t printable = at_least_21 & ~at_least_7f & ~bytes & kHighs;
  return static_cast<unsigned>(std::countr_zero(~printable & kHighs)) / 8;
}

TextSpan span_of(std::size_t begin, std::size_t end) noexcept {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::int32_t id_of(std::uint32_t token) noexcept { return static_cast<std::int32_t>(token & 0xFFFFFF); }
std::uint32_t length_of(std::uint32_t token) noexcept { return token >> 24; }
static_assert(PieceTrie::kMaxPieces < (1 << 24));

}  // namespace

UnigramRules::UnigramRules(const Charsmap* map, PrependScheme prepend, int watched_byte, const Unigram& unigram)
    : scheme(prepend), watched(watched_byte), model(unigram), plan(map, watched_byte) {
  classes.fill(Class::other);
  for (unsigned c = 0; c < 0x80; ++c) {
    const CharsmapPlan::Entry entry = plan.at(c);
    if (c > 0x20 && c < 0x7F) classes[c] = Class::plain;
    const bool is_blank = c == 0x20 ? entry.kind == CharsmapPlan::Kind::same : entry.kind == CharsmapPlan::Kind::mapped && entry.to == " ";
    if (is_blank) classes[c] = Class::space;
  }
}

bool UnigramRules::keeps_ascii() const {
  for (char c = 0x20; c < 0x7F; ++c) {
    if (plan.map() != nullptr && plan.map()->find(std::string_view(&c, 1))) return false;
  }
  return true;
}

UnigramRun::UnigramRun(const UnigramRules& rules, std::string_view text, std::size_t offset, TokenSink& sink, UnigramScratch& scratch)
    : rules_(rules), text_(text), offset_(offset), sink_(sink), scratch_(scratch) {
  clear();
}

bool UnigramRun::run() {
  const TokenSink::Mark mark = sink_.mark();
  std::size_t at = 0;
  while (at < text_.size() && !rare_) {
    const UnigramRules::Class kind = class_at(at);
    if (kind == UnigramRules::Class::space && next_is_ascii(at)) {
      put_space(span_of(offset_ + at, offset_ + at + 1), false);
      ++at;
    } else {
      const std::size_t end = kind == UnigramRules::Class::plain ? ascii_word(at) : at;
      at = end > at ? end : by_code_points(at);
    }
  }
  if (!rare_) flush();
  if (rare_) sink_.rewind(mark);
  return !rare_;
}

std::size_t UnigramRun::ascii_word(std::size_t at) {
  std::uint64_t low = load8(text_, at);
  unsigned length = leading_printable(low);
  std::uint64_t high = 0;
  low = first_bytes(low, length);
  if (length == 8) {
    high = load8(text_, at + 8);
    const unsigned more = leading_printable(high);
    high = first_bytes(high, more);
    length += more;
  }
  if (length == kKeyBytes && at + length < text_.size()) return long_ascii_word(at);
  if (!cut_at(at + length) || holds_watched(at, at + length)) return at;
  const TextSpan mark = begin_ascii(at);
  const std::size_t begin = offset_ + at;
  if (mark_there_) {
    give_out_cached(low, high, text_.substr(at, length), mark, begin);
  } else {
    scratch_.word.append(text_, at, length);
    tokenize(scratch_.word, false);
    give_out(scratch_.tokens, mark, begin);
  }
  clear();
  return at + length;
}

std::size_t UnigramRun::long_ascii_word(std::size_t at) {
  std::size_t end = at;
  while (end < text_.size() && class_at(end) == UnigramRules::Class::plain) ++end;
  if (!cut_at(end) || holds_watched(at, end)) return at;
  const TextSpan mark = begin_ascii(at);
  scratch_.word.append(text_, at, end - at);
  tokenize(scratch_.word, mark_there_);
  give_out(scratch_.tokens, mark, offset_ + at);
  clear();
  return end;
}

void UnigramRun::give_out_cached(std::uint64_t low, std::uint64_t high, std::string_view word, TextSpan mark, std::size_t begin) {
  CachedUnigramWord& cached = scratch_.cache.look_up(low, high, word.size());
  if (!cached.holds(low, high)) {
    scratch_.word.append(word);
    tokenize_uncached(cached, low, high);
    give_out(scratch_.tokens, mark, begin);
    return;
  }
  std::uint32_t from = 0;
  for (const std::uint32_t token : cached.tokens) {
    if (token == 0) break;
    const std::uint32_t to = from + length_of(token);
    sink_.add(id_of(token), ascii_origin(from, to, mark, begin));
    from = to;
  }
}

void UnigramRun::tokenize_uncached(CachedUnigramWord& cached, std::uint64_t low, std::uint64_t high) {
  LongUnigramWord& kept = scratch_.long_words.look_up(low, high, 0);
  if (kept.holds(low, high)) return restore(kept);
  tokenize(scratch_.word, true);
  scratch_.tokens.size() > cached.tokens.size() ? keep(kept, low, high) : keep(cached, low, high);
}

template <std::size_t n>
void UnigramRun::keep(KeptUnigramWord<n>& kept, std::uint64_t low, std::uint64_t high) const {
  if (scratch_.tokens.size() > n) return;
  KeptUnigramWord<n> made = {.low = low, .high = high};
  std::uint32_t end = 0;
  std::size_t i = 0;
  for (const WordToken& token : scratch_.tokens) {
    if (token.begin != end) return;  // the bytes of one character: they do not stand behind each other
    made.tokens[i++] = static_cast<std::uint32_t>(token.id) | (token.end - token.begin) << 24;
    end = token.end;
  }
  kept = made;
}

template <std::size_t n>
void UnigramRun::restore(const KeptUnigramWord<n>& kept) {
  scratch_.tokens.clear();
  std::uint32_t begin = 0;
  for (const std::uint32_t token : kept.tokens) {
    if (token == 0) break;
    const std::uint32_t end = begin + length_of(token);
    scratch_.tokens.push_back({id_of(token), begin, end});
    begin = end;
  }
}

TextSpan UnigramRun::ascii_origin(std::size_t from, std::size_t to, TextSpan mark, std::size_t begin) noexcept {
  const std::size_t n = kMark.size();
  return {from < n ? mark.begin : static_cast<std::uint32_t>(begin + from - n),
          to <= n ? mark.end : static_cast<std::uint32_t>(begin + to - n)};
}

void UnigramRun::give_out(const std::vector<WordToken>& tokens, TextSpan mark, std::size_t begin) {
  for (const WordToken& token : tokens)
    sink_.add(token.id, sink_.wants_offsets() ? ascii_origin(token.begin, token.end, mark, begin) : TextSpan{});
}

void UnigramRun::tokenize(std::string_view word, bool marked) {
  scratch_.tokens.clear();
  if (marked) return rules_.model.tokenize(word, scratch_.lattice, scratch_.tokens);
  rules_.model.tokenize(word.substr(kMark.size()), scratch_.lattice, scratch_.tokens);
  for (WordToken& token : scratch_.tokens) {
    token.begin += static_cast<std::uint32_t>(kMark.size());
    token.end += static_cast<std::uint32_t>(kMark.size());
  }
}

bool UnigramRun::holds_watched(std::size_t begin, std::size_t end) const {
  return rules_.watched >= 0 && std::memchr(text_.data() + begin, rules_.watched, end - begin) != nullptr;
}

std::size_t UnigramRun::by_code_points(std::size_t at) {
  using Kind = CharsmapPlan::Kind;
  const std::size_t first = at;
  while (at < text_.size() && !rare_) {
    if (at > first && cut_at(at)) break;
    const DecodedChar c = decode_utf8(text_, at);
    const std::size_t next = at + c.length;
    const CharsmapPlan::Entry entry = rules_.plan.at(c.code_point);
    const bool next_joins = next < text_.size() && rules_.plan.at(decode_utf8(text_, next).code_point).kind == Kind::cluster;
    if (entry.kind == Kind::cluster || next_joins) {
      at = by_clusters(at);
      continue;
    }
    if (!c.valid) ++sink_.n_invalid;
    const TextSpan from = span_of(offset_ + at, offset_ + next);
    if (entry.kind == Kind::rare) rare_ = true;
    if (entry.kind == Kind::same) put(c.code_point, from, false);
    if (entry.kind == Kind::mapped) replace({&from, 1}, entry.to);
    at = next;
  }
  return at;
}

std::size_t UnigramRun::by_clusters(std::size_t at) {
  using Kind = CharsmapPlan::Kind;
  scratch_.stretch.clear();
  scratch_.stretch_origins.clear();
  for (bool joins = true; at < text_.size();) {
    const DecodedChar c = decode_utf8(text_, at);
    const bool joined = std::exchange(joins, rules_.plan.at(c.code_point).kind == Kind::cluster);
    if (!joined && !joins) break;
    if (!c.valid) ++sink_.n_invalid;
    append_utf8(scratch_.stretch, c.code_point);
    scratch_.stretch_origins.push_back(span_of(offset_ + at, offset_ + at + c.length));
    at += c.length;
  }
  const Charsmap& map = *rules_.plan.map();
  std::span<const TextSpan> origins = scratch_.stretch_origins;
  const auto check = [&](std::string_view with) {
    for (std::size_t i = 0; i < with.size();) {
      const DecodedChar c = decode_utf8(with, i);
      rare_ = rare_ || rules_.plan.is_rare(c.code_point);
      i += c.length;
    }
  };
  const auto take = [&](std::size_t n) { return std::exchange(origins, origins.subspan(n)).first(n); };
  for (Graphemes clusters(scratch_.stretch); !clusters.done();) {
    const std::string_view cluster = clusters.next();
    const auto whole = cluster.size() < kWholeClusterBytes ? map.find(cluster) : std::nullopt;
    if (whole) {
      check(*whole);
      replace(take(count_code_points(cluster)), *whole);
      continue;
    }
    for (std::size_t i = 0; i < cluster.size();) {
      const DecodedChar c = decode_utf8(cluster, i);
      const auto to = map.find(cluster.substr(i, c.length));
      check(to ? *to : cluster.substr(i, c.length));
      to ? replace(take(1), *to) : put(c.code_point, take(1).front(), false);
      i += c.length;
    }
  }
  return at;
}

void UnigramRun::replace(std::span<const TextSpan> old, std::string_view with) {
  if (with.empty() && (last_was_inserted_ || nothing_yet_)) rare_ = true;  // changes the origins of others
  std::size_t n = 0;
  for (std::size_t at = 0; at < with.size(); ++n) {
    const DecodedChar c = decode_utf8(with, at);
    put(c.code_point, old[std::min(n, old.size() - 1)], n >= old.size());
    at += c.length;
  }
  if (with.empty()) last_was_inserted_ = false;
  // Fewer than there were: the rest is taken out behind the last one.
}

void UnigramRun::put(char32_t c, TextSpan from, bool inserted) {
  if (c == U' ') return put_space(from, inserted);
  nothing_yet_ = false;
  last_was_inserted_ = inserted;
  if (scratch_.word.size() == kMark.size()) {
    const TextSpan mark = begin_mark(from);
    if (sink_.wants_offsets()) scratch_.origins.assign(kMark.size(), mark);
  }
  append_utf8(scratch_.word, c);
  if (sink_.wants_offsets()) scratch_.origins.resize(scratch_.word.size(), from);
}

void UnigramRun::put_space(TextSpan from, bool inserted) {
  flush();
  nothing_yet_ = false;
  last_was_inserted_ = inserted;
  space_before_ = true;
  space_ = from;
}

TextSpan UnigramRun::begin_ascii(std::size_t at) {
  nothing_yet_ = false;
  last_was_inserted_ = false;
  return begin_mark(span_of(offset_ + at, offset_ + at + 1));
}

TextSpan UnigramRun::begin_mark(TextSpan first) {
  if (space_before_) {
    mark_there_ = true;
    return space_;
  }
  mark_there_ = rules_.scheme == PrependScheme::always || (rules_.scheme == PrependScheme::first && first.begin == 0);
  return first;
}

void UnigramRun::flush() {
  if (scratch_.word.size() == kMark.size()) return;
  tokenize_gathered();
  for (const WordToken& token : scratch_.tokens) {
    sink_.add(token.id,
              sink_.wants_offsets() ? TextSpan{scratch_.origins[token.begin].begin, scratch_.origins[token.end - 1].end} : TextSpan{});
  }
  clear();
}

void UnigramRun::tokenize_gathered() {
  const std::string_view word = std::string_view(scratch_.word).substr(kMark.size());
  const bool has_key = mark_there_ && word.size() <= kKeyBytes && word.find('\0') == std::string_view::npos;
  if (!has_key) return tokenize(scratch_.word, mark_there_);
  const std::uint64_t low = load8(word, 0);
  const std::uint64_t high = load8(word, 8);
  CachedUnigramWord& cached = scratch_.cache.look_up(low, high, word.size());
  cached.holds(low, high) ? restore(cached) : tokenize_uncached(cached, low, high);
}

void UnigramRun::clear() {
  scratch_.word.assign(kMark);
  space_before_ = false;
}

}  // namespace akin::text
