#include "bpe_fast.h"

#include <algorithm>

#include "akin/base/utf8.h"
#include "byte_level.h"
#include "word_block.h"
#include "word_starts.h"

namespace akin::text {
namespace {

TextSpan span_of(std::size_t begin, std::size_t end) noexcept {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

bool is_inside_character(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// What the pre-tokeniser does, if it is one of those that words are scanned for; descriptions are equal for equal behaviour.
const WordRules* rules_of(const PreTokenizer* pre_tokenizer) {
  if (pre_tokenizer == nullptr) return nullptr;
  const std::string described = pre_tokenizer->describe();
  if (described == ByteLevelPreTokenizer({.add_prefix_space = false, .use_regex = true}).describe()) return &kGpt2Words;
  const std::string bytes = ByteLevelPreTokenizer({.add_prefix_space = false, .use_regex = false}).describe();
  for (const KnownWordPattern& known : known_word_patterns()) {
    if (described == "Sequence(Split 1 0 Regex " + Json(known.regex).dump() + ";" + bytes + ";)") return &known.rules;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<const BpeFast> BpeFast::make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline) {
  const auto* model = dynamic_cast<const Bpe*>(parts.model.get());
  const WordRules* rules = rules_of(parts.pre_tokenizer.get());
  const std::string normalizer = parts.normalizer ? parts.normalizer->describe() : "";
  if (model == nullptr || rules == nullptr || (!normalizer.empty() && normalizer != "NFC")) return nullptr;
  if (!model->options().continuing_prefix.empty() || !model->options().word_suffix.empty()) return nullptr;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (model->id_of(byte_character(static_cast<unsigned char>(byte))) < 0) return nullptr;
  }
  return std::unique_ptr<const BpeFast>(new BpeFast(*model, *rules, !normalizer.empty(), added, pipeline));
}

BpeFast::BpeFast(const Bpe& model, const WordRules& rules, bool composes, const AddedTokens& added, const Pipeline& pipeline)
    : model_(model), rules_(rules), composes_(composes), added_(added), pipeline_(pipeline), whole_words_(model) {
  for (unsigned byte = 0; byte < 256; ++byte) byte_ids_[byte] = model.id_of(byte_character(static_cast<unsigned char>(byte)));
  byte_ranks_.reserve(std::size_t{1} << 16);
  for (const std::int32_t left : byte_ids_) {
    for (const std::int32_t right : byte_ids_) byte_ranks_.push_back(model.rank_of(left, right));
  }
}

void BpeFast::tokenize(std::string_view text, TokenSink& sink) const {
  ScratchPool<Scratch>::Lease lease(pool_);
  Scratch& scratch = lease.get();
  for_each_stretch(added_.literal(), text, 0, scratch.segments, sink, [&](std::string_view stretch, std::size_t begin) {
    tokenize_segment({stretch, begin}, sink, scratch);
  });
  if (scratch.segments.capacity() > 4096) scratch.segments = {};
  if (scratch.symbols.capacity() > 4096) {
    scratch.symbols = {};
    scratch.ranks = {};
  }
}

void BpeFast::tokenize_segment(const Place& segment, TokenSink& sink, Scratch& scratch) const {
  // Without a normaliser all that can be wrong is seen on the way.
  const bool finds_out = rules_ == kGpt2Words && !composes_;
  const TokenSink::Mark mark = sink.mark();
  if ((finds_out || is_plain(segment.text)) && tokenize_plain(segment, sink, scratch)) return;
  sink.rewind(mark);
  pipeline_.tokenize_segment(segment.text, segment.offset, sink);
}

bool BpeFast::tokenize_plain(const Place& segment, TokenSink& sink, Scratch& scratch) const {
  if (added_.normalized().empty()) return tokenize_words(segment, sink, scratch);
  bool valid = true;
  for_each_stretch(added_.normalized(), segment.text, segment.offset, scratch.parts, sink,
                   [&](std::string_view stretch, std::size_t begin) {
                     valid = valid && tokenize_words({stretch, begin}, sink, scratch);
                   });
  return valid;
}

// Is the text UTF-8 and left as it is by the normaliser? The quick check of Unicode's annex 15, 9.
bool BpeFast::is_plain(std::string_view text) const {
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  std::uint8_t last_class = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (((load8(text, at) | load8(text, at + 8) | load8(text, at + 16) | load8(text, at + 24)) & kHighs) == 0) {
      at += 32;
      last_class = 0;
      continue;
    }
    if ((load8(text, at) & kHighs) == 0) {
      at += 8;
      last_class = 0;
      continue;
    }
    const DecodedChar c = decode_utf8(text, at);
    if (!c.valid) return false;
    at += c.length;
    if (!composes_) continue;
    const CodePointClasses::Entry entry = classes_.at(c.code_point);
    if (!entry.composed || (entry.combining_class != 0 && entry.combining_class < last_class)) return false;
    last_class = entry.combining_class;
  }
  return true;
}

bool BpeFast::tokenize_words(const Place& segment, TokenSink& sink, Scratch& scratch) const {
  if (rules_ == kLlama3Words) return scan_words<kLlama3Words>(segment, sink, scratch);
  if (rules_ == kQwen2Words) return scan_words<kQwen2Words>(segment, sink, scratch);
  return scan_words<kGpt2Words>(segment, sink, scratch);
}

// False, with anything given out, if it finds that the text is not UTF-8.
template <WordRules rules>
bool BpeFast::scan_words(const Place& segment, TokenSink& sink, Scratch& scratch) const {
  const std::string_view text = segment.text;
  WordBlock block(text, scratch.cache, sink, [&](const TextWord& word) { add_word(segment, word, sink, scratch); });
  std::size_t begin = 0;
  bool valid = true;
  if constexpr (rules == kGpt2Words) {
    WordStarts starts(text, classes_);
    for (std::size_t at = 0; at < text.size() && starts.is_valid(); at += 64) {
      for (std::uint64_t mask = starts.next() & ~static_cast<std::uint64_t>(at == 0); mask != 0; mask &= mask - 1) {
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(mask));
        block.cut(begin, end);
        begin = end;
      }
      if (block.is_full()) block.give_out();
    }
    valid = starts.is_valid();
  } else {
    const WordScanner<rules> scanner(text, classes_);
    for (std::size_t end = scanner.next(0); end < text.size(); end = scanner.next(end)) {
      block.cut(begin, end);
      begin = end;
      if (block.is_full()) block.give_out();
    }
  }
  block.cut(begin, text.size());
  block.give_out();
  return valid;
}

inline void BpeFast::add_token(const Place& segment, std::int32_t id, std::size_t begin, std::size_t end, TokenSink& sink) {
  if (!sink.wants_offsets()) return sink.add(id, {});
  // A part of a character has the place of the whole.
  while (is_inside_character(segment.text, begin)) --begin;
  while (is_inside_character(segment.text, end)) ++end;
  sink.add(id, span_of(segment.offset + begin, segment.offset + end));
}

inline void BpeFast::add_word(const Place& segment, const TextWord& word, TokenSink& sink, Scratch& scratch) const {
  const std::size_t length = word.length();
  if (length > WordCache::kMaxLength) {
    merge_word(segment.text.substr(word.begin, length), scratch);
    return add_symbols(segment, word.begin, sink, scratch);
  }
  CachedWord& cached = scratch.cache.look_up(word.low, word.high, length);
  if (cached.holds_packed(word.low, word.high, length)) return add_packed_word(segment, word, cached, sink);
  if (!cached.holds(word.low, word.high, length)) return add_uncached_word(segment, word, cached, sink, scratch);
  std::size_t at = word.begin;
  for (unsigned i = 0; i < cached.n; ++i) {
    const std::size_t next = i + 1U == cached.n ? word.end : at + cached.lengths[i];
    add_token(segment, cached.ids[i], at, next, sink);
    at = next;
  }
}

void BpeFast::add_packed_word(const Place& segment, const TextWord& word, const CachedWord& cached, TokenSink& sink) const {
  std::int32_t ids[CachedWord::kMaxPacked];
  cached.unpack(ids);
  std::size_t at = word.begin;
  for (unsigned i = 0; i < cached.n; ++i) {
    const std::size_t next = sink.wants_offsets() ? at + count_code_points(model_.piece(ids[i])) : at;  // a character a byte
    add_token(segment, ids[i], at, next, sink);
    at = next;
  }
}

// The id of a word that is a piece, −1 if it is none.
std::int32_t BpeFast::whole_piece(std::string_view word, Scratch& scratch) const {
  scratch.characters.clear();
  for (const char c : word) scratch.characters += byte_character(static_cast<unsigned char>(c));
  return model_.id_of(scratch.characters);
}

// Leaves the tokens of a word in scratch.symbols.
void BpeFast::merge_word(std::string_view word, Scratch& scratch) const {
  std::vector<Bpe::Symbol>& symbols = scratch.symbols;
  symbols.resize(word.size());
  if (const std::int32_t whole = model_.options().ignore_merges ? whole_piece(word, scratch) : -1; whole >= 0) {
    symbols = {{whole, static_cast<std::uint32_t>(word.size())}};
    return;
  }
  scratch.ranks.resize(word.size());
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<unsigned char>(word[i]);
    symbols[i] = {byte_ids_[byte], 1};
    if (i > 0) scratch.ranks[i - 1] = byte_ranks_[(std::size_t{static_cast<unsigned char>(word[i - 1])} << 8) | byte];
  }
  model_.merge(symbols, scratch.ranks);
}

void BpeFast::add_symbols(const Place& segment, std::size_t begin, TokenSink& sink, const Scratch& scratch) {
  for (const Bpe::Symbol& symbol : scratch.symbols) {
    add_token(segment, symbol.id, begin, begin + symbol.length, sink);
    begin += symbol.length;
  }
}

void BpeFast::add_uncached_word(const Place& segment, const TextWord& place, CachedWord& cached, TokenSink& sink, Scratch& scratch) const {
  using State = WholeWords::State;
  cached = {.low = place.low, .high = place.high};
  const std::string_view word = segment.text.substr(place.begin, place.end - place.begin);
  const WholeWords::Word* piece = whole_words_.find(place.low, place.high, word.size());
  State state = piece == nullptr ? State::parts : piece->state.load(std::memory_order_relaxed);
  if (state != State::whole) {
    merge_word(word, scratch);
    if (state == State::unknown) {
      state = scratch.symbols.size() == 1 ? State::whole : State::parts;
      piece->state.store(state, std::memory_order_relaxed);
    }
  } else {
    scratch.symbols.resize(1);
    scratch.symbols[0] = {piece->id, static_cast<std::uint32_t>(word.size())};
  }
  add_symbols(segment, place.begin, sink, scratch);
  if (scratch.symbols.size() > std::size(cached.ids)) return cached.keep(word.size(), scratch.symbols);
  cached.keep(word.size(), scratch.symbols, [](const Bpe::Symbol& symbol) { return symbol.length; });
}

}  // namespace akin::text
