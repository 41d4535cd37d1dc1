#include "space_bpe_fast.h"

#include <optional>

#include "akin/base/utf8.h"
#include "metaspace.h"

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

// Where the word that begins at `at` ends: marks, then what is none.
std::size_t word_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size()) {
    const std::size_t length = mark_at(text, at);
    if (length == 0) break;
    at += length;
  }
  while (at < text.size() && mark_at(text, at) == 0) ++at;
  return at;
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
  scratch.segments.clear();
  added_.literal().split(text, scratch.segments);
  for (const Segment& segment : scratch.segments) {
    const std::string_view part = text.substr(segment.begin, segment.end - segment.begin);
    if (segment.token != nullptr) {
      sink.add(segment.token->id, {});
    } else if (is_valid_utf8(part)) {
      tokenize_segment(part, sink, scratch);
    } else {
      pipeline_.tokenize_segment(part, segment.begin, sink);
    }
  }
  if (scratch.segments.capacity() > 4096) scratch.segments = {};
  if (scratch.normalized.capacity() > 4096) {
    scratch.first = {};
    scratch.normalized = {};
    scratch.tokens = {};
  }
}

void SpaceBpeFast::tokenize_segment(std::string_view segment, TokenSink& sink, Scratch& scratch) const {
  std::size_t at = 0;
  if (prefix_ == Prefix::always || (prefix_ == Prefix::unless_there && mark_at(segment, 0) == 0)) {
    // With its prefix the first word is what it would be behind a space.
    at = word_end(segment, 0);
    scratch.first = ' ';
    scratch.first += segment.substr(0, at);
    add_word(scratch.first, sink, scratch);
  }
  while (at < segment.size()) {
    const std::size_t end = word_end(segment, at);
    add_word(segment.substr(at, end - at), sink, scratch);
    at = end;
  }
}

void SpaceBpeFast::add_word(std::string_view word, TokenSink& sink, Scratch& scratch) const {
  const auto length = static_cast<unsigned>(word.size());
  CachedWord* cached = nullptr;
  if (word.size() <= WordCache::kMaxLength) {
    const std::uint64_t low = load8(word, 0);
    const std::uint64_t high = load8(word, 8);
    cached = &scratch.cache.place_of(low, high);
    if (cached->holds(low, high, length)) {
      for (unsigned i = 0; i < cached->n; ++i) sink.add(cached->ids[i], {});
      return;
    }
    *cached = {.low = low, .high = high};
  }
  scratch.normalized.clear();
  for (const char c : word) c == ' ' ? scratch.normalized += kMark : scratch.normalized += c;
  scratch.tokens.clear();
  model_.tokenize(scratch.normalized, scratch.tokens);
  for (const WordToken& token : scratch.tokens) sink.add(token.id, {});
  if (cached != nullptr) cached->keep(length, scratch.tokens, [](const WordToken&) { return 0; });
}

}  // namespace akin::text
