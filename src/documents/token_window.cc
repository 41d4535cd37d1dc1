#include "token_window.h"

#include <algorithm>
#include <array>

#include "reading.h"

namespace akin::documents {
namespace {

constexpr std::size_t kWindow = std::size_t{1} << 20;
constexpr std::size_t kLongWord = 256;
constexpr std::size_t kPiece = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

template <std::size_t n>
bool ends_with_any(std::string_view text, const std::array<std::string_view, n>& ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}

constexpr std::array<std::string_view, 10> kClosing = {"\"", "'", ")", "]", "”", "’", "»", "」", "』", "_"};
constexpr std::array<std::string_view, 4> kSentenceEnds = {".", "!", "?", "…"};
// These end sentences and clauses without white space after them.
constexpr std::array<std::string_view, 5> kWideSentenceEnds = {"。", "！", "？", "｡", "।"};
constexpr std::array<std::string_view, 4> kClauseEnds = {",", ";", ":", "—"};
constexpr std::array<std::string_view, 3> kWideClauseEnds = {"，", "、", "；"};

std::string_view without_closing(std::string_view text) {
  // Two are enough: a quote and a bracket.
  for (int i = 0; i < 2; ++i)
    for (const std::string_view end : kClosing)
      if (text.ends_with(end)) {
        text.remove_suffix(end.size());
        break;
      }
  return text;
}

}  // namespace

CutQuality cut_quality(std::string_view text, std::size_t at) noexcept {
  if (is_continuation(text[at])) return CutQuality::none;
  // A few characters tell; what lies further back is not looked at, so that white space costs no more than linear time.
  constexpr std::size_t kBack = 24;
  const std::size_t from = at > kBack ? at - kBack : 0;
  std::string_view before = text.substr(from, at - from);
  const bool spaced = is_space(before.back());
  if (!spaced) {
    if (ends_with_any(before, kWideSentenceEnds)) return CutQuality::sentence;
    return ends_with_any(before, kWideClauseEnds) ? CutQuality::clause : CutQuality::token;
  }
  while (!before.empty() && is_space(before.back())) {
    if (before.back() == '\n') return CutQuality::sentence;
    before.remove_suffix(1);
  }
  if (ends_with_any(without_closing(before), kSentenceEnds)) return CutQuality::sentence;
  return ends_with_any(before, kClauseEnds) ? CutQuality::clause : CutQuality::word;
}

TokenWindow::TokenWindow(const Section& section, std::size_t begin, const TokenCounter& counter)
    : section_(&section), begin_(begin), end_(std::min(section.text.size(), begin + kWindow)) {
  if (!is_last()) {
    std::size_t end = end_;
    while (end > begin_ + kWindow - 4096 && !is_space(section.text[end - 1])) --end;
    if (is_space(section.text[end - 1])) end_ = end;
    while (is_continuation(section.text[end_])) --end_;
  }
  encode(counter);
  auto part =
      std::lower_bound(section.parts.begin(), section.parts.end(), begin_, [](const Part& p, std::size_t at) { return p.begin < at; });
  for (; part != section.parts.end() && part->begin < end_; ++part) {
    const std::size_t token = token_at(part->begin);
    if (block_starts_.empty() || token > block_starts_.back()) block_starts_.push_back(token);
  }
}

void TokenWindow::add_start(std::size_t byte) { starts_.push_back(starts_.empty() ? byte : std::max(byte, starts_.back())); }

void TokenWindow::encode(const TokenCounter& counter) {
  const std::string_view text = std::string_view(section_->text).substr(begin_, end_ - begin_);
  const std::vector<TextSpan> spans = counter.spans(text);
  starts_.reserve(spans.size());
  for (const TextSpan& span : spans) {
    if (span.end - span.begin <= kLongWord) {
      add_start(begin_ + span.begin);
      continue;
    }
    for (std::size_t at = span.begin; at < span.end;) {
      std::size_t stop = std::min<std::size_t>(at + kPiece, span.end);
      while (stop < span.end && is_continuation(text[stop])) ++stop;
      for (const TextSpan& inner : counter.spans(text.substr(at, stop - at))) add_start(begin_ + at + inner.begin);
      at = stop;
    }
  }
}

std::size_t TokenWindow::token_at(std::size_t byte) const noexcept {
  return static_cast<std::size_t>(std::lower_bound(starts_.begin(), starts_.end(), byte) - starts_.begin());
}

CutQuality TokenWindow::quality(std::size_t k) const noexcept {
  const std::size_t byte = byte_of(k);
  if (byte == 0 || byte >= section_->text.size()) return CutQuality::none;
  if (k > 0 && byte_of(k - 1) == byte) return CutQuality::none;
  return cut_quality(section_->text, byte);
}

}  // namespace akin::documents
