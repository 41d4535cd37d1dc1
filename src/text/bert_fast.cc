#include "bert_fast.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "akin/base/utf8.h"

namespace akin::text {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
constexpr std::uint64_t kHighs = 0x8080808080808080ULL;

struct Letters {
  std::uint64_t alnum;  // the high bit of each byte that is an ASCII letter or digit
  std::uint64_t upper;  // and of each that is an upper-case letter
};

// Eight bytes at once; the sums cannot carry, as each byte is first cut to 7 bits and non-ASCII ones are masked out at the end.
Letters classify(std::uint64_t bytes) noexcept {
  const std::uint64_t ascii = ~bytes & kHighs;
  const std::uint64_t x = bytes & ~kHighs;
  const auto at_least = [](std::uint64_t v, std::uint64_t c) { return v + kOnes * (0x80 - c); };
  const std::uint64_t folded = x | (kOnes * 0x20);
  const std::uint64_t letter = at_least(folded, 'a') & ~at_least(folded, 'z' + 1) & ascii;
  const std::uint64_t digit = at_least(x, '0') & ~at_least(x, '9' + 1) & ascii;
  return {letter | digit, letter & ~(x << 2)};  // bit 0x20 moved to 0x80: clear in upper-case letters
}

unsigned leading_run(std::uint64_t alnum) noexcept { return static_cast<unsigned>(std::countr_zero(~alnum & kHighs)) / 8; }

TextSpan span_of(std::size_t begin, std::size_t end) noexcept {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

// A stretch without ASCII white space or punctuation, code point by code point: gathers a word and gives it out at each boundary.
class BertFast::Run {
 public:
  Run(const WordPiece& model, TokenSink& sink, Scratch& scratch) : model_(model), sink_(sink), scratch_(scratch) { clear(); }

  void add(char32_t c, TextSpan from) {
    if (n_chars_ == 0) begin_ = from.begin;
    end_ = from.end;
    // A word that is too long is unknown whatever follows: no more of it is kept.
    if (++n_chars_ > model_.options().max_chars_per_word) return;
    append_utf8(scratch_.word, c);
    if (sink_.wants_offsets()) scratch_.origin.resize(scratch_.word.size(), from);
  }

  void flush() {
    if (n_chars_ == 0) return;
    if (n_chars_ > model_.options().max_chars_per_word) {
      sink_.add(model_.unknown_id(), {begin_, end_});
    } else {
      scratch_.tokens.clear();
      model_.tokenize(scratch_.word, scratch_.tokens);
      for (const WordToken& token : scratch_.tokens) sink_.add(token.id, origin(token));
    }
    clear();
  }

 private:
  [[nodiscard]] TextSpan origin(const WordToken& token) const {
    if (!sink_.wants_offsets()) return {};
    return {scratch_.origin[token.begin].begin, scratch_.origin[token.end - 1].end};
  }
  void clear() {
    scratch_.word.clear();
    scratch_.origin.clear();
    n_chars_ = 0;
  }

  const WordPiece& model_;
  TokenSink& sink_;
  Scratch& scratch_;
  std::size_t n_chars_ = 0;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

BertFast::BertFast(const BertNormalizerOptions& options, const WordPiece& model, const AddedTokens& added, const Pipeline& pipeline)
    : options_(options), model_(model), added_(added), pipeline_(pipeline), plan_(options), case_bit_(options.lowercase ? 0x20 : 0) {
  classes_.fill(Class::other);
  std::vector<WordToken> tokens;
  for (unsigned c = 0; c < 128; ++c) {
    const CodePointPlan::Kind kind = plan_.at(c).kind;
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (kind == CodePointPlan::Kind::space) classes_[c] = Class::space;
    if (kind == CodePointPlan::Kind::word && alnum) classes_[c] = Class::word;
    if (kind != CodePointPlan::Kind::alone) continue;
    classes_[c] = Class::alone;
    tokens.clear();
    const char byte = static_cast<char>(c);
    model_.tokenize({&byte, 1}, tokens);
    alone_ids_[c] = tokens.front().id;
  }
}

std::unique_ptr<const BertFast> BertFast::make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline) {
  const auto* normalizer = dynamic_cast<const BertNormalizer*>(parts.normalizer.get());
  const auto* pre_tokenizer = dynamic_cast<const BertPreTokenizer*>(parts.pre_tokenizer.get());
  const auto* model = dynamic_cast<const WordPiece*>(parts.model.get());
  if (normalizer == nullptr || pre_tokenizer == nullptr || model == nullptr || !added.normalized().empty()) return nullptr;
  return std::unique_ptr<const BertFast>(new BertFast(normalizer->options(), *model, added, pipeline));
}

void BertFast::tokenize(std::string_view text, TokenSink& sink) const {
  ScratchPool<Scratch>::Lease lease(pool_);
  Scratch& scratch = lease.get();
  for_each_stretch(added_.literal(), text, 0, scratch.segments, sink,
                   [&](std::string_view stretch, std::size_t begin) { tokenize_segment(stretch, begin, sink, scratch); });
  if (scratch.segments.capacity() > 4096) scratch.segments = {};
}

void BertFast::tokenize_segment(std::string_view segment, std::size_t offset, TokenSink& sink, Scratch& scratch) const {
  for (std::size_t at = 0; at < segment.size();) {
    const auto byte = static_cast<unsigned char>(segment[at]);
    switch (classes_[byte]) {
      case Class::word:
        at = ascii_word(segment, at, offset, sink, scratch);
        break;
      case Class::space:
        ++at;
        break;
      case Class::alone:
        sink.add(alone_ids_[byte], span_of(offset + at, offset + at + 1));
        ++at;
        break;
      case Class::other:
        at = run(segment, at, offset, sink, scratch);
        break;
    }
  }
}

std::size_t BertFast::ascii_word(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink, Scratch& scratch) const {
  std::uint64_t low = load8(text, begin);
  const Letters letters = classify(low);
  unsigned length = leading_run(letters.alnum);
  low |= (letters.upper >> 2) & (kOnes * case_bit_);
  low = first_bytes(low, length);
  std::uint64_t high = 0;
  if (length == 8) {
    high = load8(text, begin + 8);
    const Letters more = classify(high);
    const unsigned rest = leading_run(more.alnum);
    high |= (more.upper >> 2) & (kOnes * case_bit_);
    high = first_bytes(high, rest);
    length += rest;
  }
  const std::size_t end = begin + length;
  if (end < text.size()) {
    const Class next = classes_[static_cast<unsigned char>(text[end])];
    if (next == Class::word) return long_ascii_word(text, begin, offset, sink, scratch);
    if (next == Class::other) return run(text, begin, offset, sink, scratch);
  }
  CachedWord& cached = scratch.cache.look_up(low, high, length);
  if (cached.holds(low, high, length)) {
    std::size_t at = offset + begin;
    for (unsigned i = 0; i < cached.n; ++i) {
      const std::size_t next = i + 1U == cached.n ? offset + end : at + cached.lengths[i];
      sink.add(cached.ids[i], span_of(at, next));
      at = next;
    }
    return end;
  }
  char bytes[16];
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<char>(low >> (8 * i) & 0xFF);
  for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<char>(high >> (8 * i) & 0xFF);
  cached = {.low = low, .high = high};
  emit_uncached({bytes, length}, offset + begin, &cached, sink, scratch);
  return end;
}

void BertFast::emit_uncached(std::string_view word, std::size_t begin, CachedWord* cached, TokenSink& sink, Scratch& scratch) const {
  scratch.tokens.clear();
  model_.tokenize(word, scratch.tokens);
  for (const WordToken& token : scratch.tokens) sink.add(token.id, span_of(begin + token.begin, begin + token.end));
  if (cached != nullptr) cached->keep(word.size(), scratch.tokens, [](const WordToken& token) { return token.end - token.begin; });
}

std::size_t BertFast::long_ascii_word(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink,
                                      Scratch& scratch) const {
  std::size_t end = begin;
  while (end < text.size() && classes_[static_cast<unsigned char>(text[end])] == Class::word) ++end;
  if (end < text.size() && classes_[static_cast<unsigned char>(text[end])] == Class::other) return run(text, begin, offset, sink, scratch);
  if (end - begin > model_.options().max_chars_per_word) {
    sink.add(model_.unknown_id(), span_of(offset + begin, offset + end));
    return end;
  }
  scratch.word.assign(text.substr(begin, end - begin));
  if (options_.lowercase) {
    for (char& c : scratch.word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  emit_uncached(scratch.word, offset + begin, nullptr, sink, scratch);
  return end;
}

std::size_t BertFast::run(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink, Scratch& scratch) const {
  using Kind = CodePointPlan::Kind;
  const TokenSink::Mark mark = sink.mark();
  Run run(model_, sink, scratch);
  std::size_t at = begin;
  while (at < text.size()) {
    const Class kind = classes_[static_cast<unsigned char>(text[at])];
    if (kind == Class::space || kind == Class::alone) break;
    const DecodedChar c = decode_utf8(text, at);
    if (!c.valid) ++sink.n_invalid;
    const TextSpan from = span_of(offset + at, offset + at + c.length);
    const CodePointPlan::Entry entry = plan_.at(c.code_point);
    if (entry.kind == Kind::ordered) {
      // Rare enough to do the whole stretch again: marks are ordered only between ASCII characters, so it can be cut there.
      sink.rewind(mark);
      const auto is_end = [&](char byte) {
        const Class next = classes_[static_cast<unsigned char>(byte)];
        return next == Class::space || next == Class::alone;
      };
      const auto end =
          static_cast<std::size_t>(std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_end) - text.begin());
      pipeline_.tokenize_segment(text.substr(begin, end - begin), offset + begin, sink);
      return end;
    }
    if (entry.kind == Kind::space || entry.kind == Kind::alone) run.flush();
    if (entry.kind == Kind::word || entry.kind == Kind::alone) run.add(entry.to, from);
    if (entry.kind == Kind::several) {
      for (std::uint32_t i = 0; i < entry.several->n; ++i) run.add(entry.several->at[i], from);
    }
    if (entry.kind == Kind::alone) run.flush();
    at += c.length;
  }
  run.flush();
  return at;
}

}  // namespace akin::text
