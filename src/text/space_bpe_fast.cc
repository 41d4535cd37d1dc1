#include "space_bpe_fast.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "akin/base/utf8.h"
#include "metaspace.h"
#include "word_block.h"

namespace akin::text {
namespace {

constexpr std::string_view kMark = "\xE2\x96\x81";  // U+2581

std::string described(const auto& part) { return part ? part->describe() : std::string(); }

// What the normaliser and the pre-tokeniser together do, if all of it is marks for spaces and a prefix.
std::optional<SpaceBpeFast::Prefix> prefix_of(const PipelineParts& parts) {
  using Prefix = SpaceBpeFast::Prefix;
  const std::string replace = R"(Replace String " " ")" + std::string(kMark) + "\"";
  const std::string normalizer = described(parts.normalizer);
  if (const auto* metaspace = dynamic_cast<const Metaspace*>(parts.pre_tokenizer.get())) {
    const MetaspaceOptions& options = metaspace->options();
    if (!normalizer.empty() || options.split || options.replacement != kMetaspace || options.prepend == PrependScheme::first) return {};
    return options.prepend == PrependScheme::never ? Prefix::never : Prefix::unless_there;
  }
  // Gemma's file also cuts behind spaces, of which there are none left.
  const std::string pre_tokenizer = described(parts.pre_tokenizer);
  if (!pre_tokenizer.empty() && pre_tokenizer != R"(Split 2 0 String " ")") return {};
  if (normalizer == replace) return Prefix::never;
  if (normalizer == R"(Sequence(Prepend ")" + std::string(kMark) + "\";" + replace + ";)") return Prefix::always;
  return {};
}

// The length of the mark or space at `at`, 0 if there is none.
std::size_t mark_at(std::string_view text, std::size_t at) noexcept {
  if (text[at] == ' ') return 1;
  return text[at] == kMark[0] && text.substr(at).starts_with(kMark) ? kMark.size() : 0;
}

}  // namespace

std::unique_ptr<const SpaceBpeFast> SpaceBpeFast::make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline) {
  const auto* model = dynamic_cast<const Bpe*>(parts.model.get());
  if (model == nullptr || !added.normalized().empty()) return nullptr;
  const std::optional<Prefix> prefix = prefix_of(parts);
  if (!prefix || !model->may_cut_before(kMark)) return nullptr;
  return std::unique_ptr<const SpaceBpeFast>(new SpaceBpeFast(*model, *prefix, added, pipeline));
}

void SpaceBpeFast::tokenize(std::string_view text, TokenSink& sink) const {
  if (sink.wants_offsets()) return pipeline_.tokenize(text, sink);
  ScratchPool<Scratch>::Lease lease(pool_);
  Scratch& scratch = lease.get();
  for_each_stretch(added_.literal(), text, 0, scratch.segments, sink, [&](std::string_view stretch, std::size_t begin) {
    is_valid_utf8(stretch) ? tokenize_segment(stretch, sink, scratch) : pipeline_.tokenize_segment(stretch, begin, sink);
  });
  if (scratch.segments.capacity() > 4096) scratch.segments = {};
  if (scratch.normalized.capacity() > 4096) {
    scratch.first = {};
    scratch.normalized = {};
    scratch.tokens = {};
    scratch.symbols = {};
    scratch.ranks = {};
  }
}

SpaceBpeFast::SpaceBpeFast(const Bpe& model, Prefix prefix, const AddedTokens& added, const Pipeline& pipeline)
    : model_(model), prefix_(prefix), cuts_(model, kMark), added_(added), pipeline_(pipeline) {
  for (unsigned c = 0; c < ascii_ids_.size(); ++c) {
    const char character = static_cast<char>(c);
    ascii_ids_[c] = c == ' ' ? model.id_of(kMark) : model.id_of({&character, 1});
  }
  ascii_ranks_.reserve(ascii_ids_.size() * ascii_ids_.size());
  for (const std::int32_t left : ascii_ids_) {
    for (const std::int32_t right : ascii_ids_) ascii_ranks_.push_back(left < 0 || right < 0 ? Bpe::kNoRank : model.rank_of(left, right));
  }
}

void SpaceBpeFast::tokenize_segment(std::string_view segment, TokenSink& sink, Scratch& scratch) const {
  const bool prefixed = prefix_ == Prefix::always || (prefix_ == Prefix::unless_there && mark_at(segment, 0) == 0);
  WordBlock block(segment, scratch.cache, sink, [&](const TextWord& word) { add_word(segment, word, sink, scratch); });
  std::size_t begin = 0;
  const auto cut = [&](std::size_t end) {
    begin == 0 && prefixed ? add_first_word(segment.substr(0, end), sink, scratch) : block.cut(begin, end);
    begin = end;
  };
  CutStarts starts(segment, kMark, cuts_);
  for (std::size_t at = 0; at < segment.size(); at += 64) {
    for (std::uint64_t mask = starts.next(); mask != 0; mask &= mask - 1) cut(at + static_cast<std::size_t>(std::countr_zero(mask)));
    if (block.is_full()) block.give_out();
  }
  cut(segment.size());
  block.give_out();
}

// With its prefix the first word is what it would be behind a space.
void SpaceBpeFast::add_first_word(std::string_view word, TokenSink& sink, Scratch& scratch) const {
  scratch.first = ' ';
  scratch.first += word;
  add_word(scratch.first, word_of(scratch.first, 0, scratch.first.size()), sink, scratch);
}

void SpaceBpeFast::add_word(std::string_view segment, const TextWord& word, TokenSink& sink, Scratch& scratch) const {
  const std::size_t length = word.length();
  CachedWord* const cached = length > WordCache::kMaxLength ? nullptr : &scratch.cache.look_up(word.low, word.high, length);
  if (cached != nullptr && cached->is_of(word.low, word.high, length)) {
    std::int32_t ids[CachedWord::kMaxPacked];
    const std::int32_t* const id = cached->holds(word.low, word.high, length) ? cached->ids : ids;
    if (id == ids) cached->unpack(ids);
    for (unsigned i = 0; i < cached->n; ++i) sink.add(id[i], {});
    return;
  }
  merge_word(segment.substr(word.begin, length), scratch);
  for (const Bpe::Symbol& symbol : scratch.symbols) sink.add(symbol.id, {});
  if (cached == nullptr) return;
  *cached = {.low = word.low, .high = word.high};
  cached->keep(length, scratch.symbols);
}

// Leaves the tokens of a word in scratch.symbols, their lengths without meaning.
void SpaceBpeFast::merge_word(std::string_view word, Scratch& scratch) const {
  if (start_ascii(word, scratch)) return model_.merge(scratch.symbols, scratch.ranks);
  scratch.normalized.clear();
  for (const char c : word) c == ' ' ? scratch.normalized += kMark : scratch.normalized += c;
  scratch.tokens.clear();
  model_.tokenize(scratch.normalized, scratch.tokens);
  scratch.symbols.clear();
  for (const WordToken& token : scratch.tokens) scratch.symbols.push_back({token.id, 1});
}

// The symbols of a word whose characters are all ASCII and pieces, with the ranks of their pairs.
bool SpaceBpeFast::start_ascii(std::string_view word, Scratch& scratch) const {
  scratch.symbols.resize(word.size());
  scratch.ranks.resize(word.size());
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<unsigned char>(word[i]);
    if (byte >= ascii_ids_.size() || ascii_ids_[byte] < 0) return false;
    scratch.symbols[i] = {ascii_ids_[byte], 1};
    if (i > 0) scratch.ranks[i - 1] = ascii_ranks_[std::size_t{static_cast<unsigned char>(word[i - 1])} << 7 | byte];
  }
  return true;
}

}  // namespace akin::text
