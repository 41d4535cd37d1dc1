// A section's text is encoded once; cuts are chosen by token counts: at the last block that fits, else at the last sentence, clause, word.
// Tokens next to a cut may come out otherwise when a chunk is encoded alone, so each chunk is counted again and, should it pass the limit,
// cut shorter: the limit holds for every tokenizer.
#include "akin/documents/chunker.h"

#include <algorithm>
#include <optional>
#include <span>

#include "akin/base/error.h"
#include "reading.h"
#include "sections.h"
#include "token_window.h"

namespace akin {
namespace {

using namespace documents;

constexpr std::string_view kPathGap = " > ";

/// What stands in front of a chunk's text for the model.
struct Prefix {
  std::string text;  ///< with the line end that parts it from the chunk; empty without headings
  std::size_t n_tokens = 0;
};

/// A heading that is too long by itself, cut to half of the budget at a word.
Prefix cut_heading(const std::string& heading, const TokenCounter& counter, std::size_t budget) {
  const std::vector<TextSpan> spans = counter.spans(heading);
  for (std::size_t keep = std::min(budget / 2, spans.size()); keep > 0; --keep) {
    const std::size_t end = keep < spans.size() ? spans[keep].begin : heading.size();
    if (end == 0 || (end < heading.size() && cut_quality(heading, end) == CutQuality::none)) continue;
    const std::string text = std::string(trimmed(std::string_view(heading).substr(0, end))) + "\n";
    const std::size_t n_tokens = counter.count(text);
    if (n_tokens <= budget / 2) return {text, n_tokens};
  }
  return {};
}

/// The path of headings, shortened from the outside to half of the budget at most.
Prefix prefix_of(std::span<const std::string> headings, const TokenCounter& counter, std::size_t budget) {
  Prefix prefix;
  for (std::size_t i = headings.size(); i > 0; --i) {
    const std::string wider = headings[i - 1] + (prefix.text.empty() ? "\n" : std::string(kPathGap) + prefix.text);
    const std::size_t n_tokens = counter.count(wider);
    if (n_tokens > budget / 2) break;
    prefix = {wider, n_tokens};
  }
  if (!prefix.text.empty() || headings.empty()) return prefix;
  return cut_heading(headings.back(), counter, budget);
}

/// How many of the innermost headings the text begins with; of a text that ends within them, those too that it does not reach.
std::size_t n_leading_headings(std::string_view text, std::span<const std::string> headings) {
  for (std::size_t n = headings.size(); n > 0; --n) {
    std::string_view rest = text;
    std::size_t found = 0;
    for (const std::string& heading : headings.last(n)) {
      while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
      const bool whole = rest.starts_with(heading) && (rest.size() == heading.size() || is_space(rest[heading.size()]));
      if (!whole && !heading.starts_with(rest)) break;
      rest.remove_prefix(std::min(rest.size(), heading.size()));
      ++found;
    }
    if (found == n) return n;
  }
  return 0;
}

class SectionChunker {
 public:
  SectionChunker(const Section& section, const TokenCounter& counter, const ChunkOptions& options, std::vector<Chunk>& chunks)
      : section_(section),
        counter_(counter),
        options_(options),
        chunks_(chunks),
        budget_(options.max_tokens - counter.n_special_tokens()),
        window_(section, 0, counter) {}

  void run() {
    if (options_.with_headings) prefix_ = prefix_of(std::span(section_.headings).first(section_.n_outer), counter_, budget_);
    bool first = true;
    while (begin_ < section_.text.size()) {
      const std::size_t end = emit();
      begin_ = end;
      token_ = window_.token_at(end);
      if (std::exchange(first, false) && options_.with_headings && begin_ < section_.text.size())
        prefix_ = prefix_of(section_.headings, counter_, budget_);
    }
  }

 private:
  /// Adds the chunk that begins at begin_; returns where it ends.
  std::size_t emit() {
    const std::size_t full = budget_ - std::min(budget_, prefix_.n_tokens);
    std::size_t room = full;
    while (room > 0) {
      refill(room);
      const std::size_t end = choose_end(room);
      const std::size_t end_byte = window_.byte_of(end);
      if (const auto start = overlap_start(end, room); start && add(*start, end_byte) == 0) return end_byte;
      const std::size_t excess = add(begin_, end_byte);
      if (excess == 0) return end_byte;
      room -= std::min(room, excess);
    }
    throw Error(ErrorCode::limit,
                "a chunk of at most " + std::to_string(options_.max_tokens) + " tokens cannot hold the next character of the text");
  }

  /// Makes the window reach further than a chunk can, where the section does.
  void refill(std::size_t room) {
    if (window_.is_last() || window_.n_tokens() - token_ > room) return;
    const std::size_t back = token_ > options_.overlap_tokens ? window_.byte_of(token_ - options_.overlap_tokens) : window_.begin();
    const std::size_t from = std::min(begin_, back);
    if (from == window_.begin()) return;
    window_ = TokenWindow(section_, from, counter_);
    token_ = window_.token_at(begin_);
  }

  /// The token in front of which a chunk of at most `room` tokens from token_ on is best cut.
  [[nodiscard]] std::size_t choose_end(std::size_t room) const {
    const std::size_t n = window_.n_tokens();
    if (n - token_ <= room) return n;
    const auto& blocks = window_.block_starts();
    const std::size_t after_headings = std::max(token_, section_.body > 0 ? window_.token_at(section_.body) : 0);
    const auto next = std::upper_bound(blocks.begin(), blocks.end(), token_ + room);
    if (next != blocks.begin() && *std::prev(next) > after_headings) {
      const std::size_t block = *std::prev(next);
      const std::size_t n_block = (next == blocks.end() ? n : *next) - block;
      if (n_block <= room || 2 * (block - token_) >= room) return block;
    }
    // Inside a block: leave room for the words repeated from the chunk before.
    const std::size_t repeated = begin_ > 0 ? std::min(options_.overlap_tokens, room / 2) : 0;
    return choose_inside(token_ + room - repeated, after_headings);
  }

  [[nodiscard]] std::size_t choose_inside(std::size_t limit, std::size_t after_headings) const {
    const std::size_t half = token_ + (limit - token_) / 2;
    const std::size_t low = after_headings < limit ? std::max(half, after_headings) : half;
    std::size_t best = limit;
    CutQuality quality = CutQuality::none;
    for (std::size_t k = limit; k > low; --k) {
      if (const CutQuality q = window_.quality(k); q > quality) {
        quality = q;
        best = k;
        if (q == CutQuality::sentence) return best;
      }
    }
    for (std::size_t k = low; quality < CutQuality::word && k > token_; --k)
      if (const CutQuality q = window_.quality(k); q > quality) {
        quality = q;
        best = k;
      }
    // A character of more tokens than there is room for: the count that follows will tell.
    while (quality == CutQuality::none && best < window_.n_tokens() && window_.quality(best) == CutQuality::none) ++best;
    return best;
  }

  /// Where the text repeated from the chunk before begins, if there is any.
  [[nodiscard]] std::optional<std::size_t> overlap_start(std::size_t end, std::size_t room) const {
    if (begin_ == 0 || end <= token_) return std::nullopt;
    const std::size_t n = std::min(options_.overlap_tokens, room - std::min(room, end - token_));
    const std::size_t body = section_.body > 0 ? window_.token_at(section_.body) : 0;
    std::optional<std::size_t> word;
    for (std::size_t k = std::max(token_ - std::min(token_, n), body); k < token_; ++k) {
      const CutQuality quality = window_.quality(k);
      if (quality == CutQuality::sentence) return window_.byte_of(k);
      if (quality >= CutQuality::word && !word) word = window_.byte_of(k);
    }
    return word;
  }

  /// Adds the chunk [begin, end) and returns 0, or returns by how many tokens it would pass the limit.
  std::size_t add(std::size_t begin, std::size_t end) {
    std::string_view text = std::string_view(section_.text).substr(begin, end - begin);
    const std::size_t n_trimmed = text.size();
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    const std::size_t first = begin + n_trimmed - text.size();
    text = trimmed(text);
    if (text.empty()) return 0;
    Chunk chunk;
    chunk.embedded_text = prefix_.text;
    chunk.embedded_text += text;
    chunk.n_tokens = counter_.count(chunk.embedded_text) + counter_.n_special_tokens();
    if (chunk.n_tokens > options_.max_tokens) return chunk.n_tokens - options_.max_tokens;
    chunk.text = text;
    chunk.headings = section_.headings;
    place(chunk, first);
    chunks_.push_back(std::move(chunk));
    return 0;
  }

  void place(Chunk& chunk, std::size_t byte) const {
    const auto part =
        std::upper_bound(section_.parts.begin(), section_.parts.end(), byte, [](std::size_t at, const Part& p) { return at < p.end; });
    if (part == section_.parts.end()) return;
    chunk.page = part->block->page;
    chunk.line = line_at(*part->block, byte - std::min(byte, part->begin));
  }

  const Section& section_;
  const TokenCounter& counter_;
  const ChunkOptions& options_;
  std::vector<Chunk>& chunks_;
  std::size_t budget_;
  TokenWindow window_;
  Prefix prefix_;
  std::size_t begin_ = 0;  ///< byte of the section's text
  std::size_t token_ = 0;  ///< the window's first token at or after begin_
};

}  // namespace

std::vector<Chunk> chunk_document(const Document& document, const TokenCounter& counter, const ChunkOptions& options) {
  require(options.max_tokens > counter.n_special_tokens(), "ChunkOptions::max_tokens must be more than the tokenizer's special tokens");
  require(2 * options.overlap_tokens < options.max_tokens, "ChunkOptions::overlap_tokens must be less than half of max_tokens");
  std::vector<Chunk> chunks;
  for (const Section& section : sections_of(document)) SectionChunker(section, counter, options, chunks).run();
  return chunks;
}

std::string embedded_text_of(std::string_view text, std::span<const std::string> headings, const TokenCounter& counter,
                             const ChunkOptions& options) {
  require(options.max_tokens > counter.n_special_tokens(), "ChunkOptions::max_tokens must be more than the tokenizer's special tokens");
  if (!options.with_headings) return std::string(text);
  const std::size_t n_outer = headings.size() - n_leading_headings(text, headings);
  return prefix_of(headings.first(n_outer), counter, options.max_tokens - counter.n_special_tokens()).text + std::string(text);
}

}  // namespace akin
