#include "long_text.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "akin/kernels/norm.h"
#include "akin/text/lowercase.h"

namespace akin {
namespace {

/// `text` in lower case; origin[b] is the byte of `text` that byte b of the result comes from, origin.back() its size.
std::string lowercase_with_origin(std::string_view text, std::vector<std::uint32_t>& origin) {
  std::string lowered;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = decode_utf8(text, at).length;
    lowered += lowercase(text.substr(at, length));
    origin.resize(lowered.size(), static_cast<std::uint32_t>(at));
    at += length;
  }
  origin.push_back(static_cast<std::uint32_t>(text.size()));
  return lowered;
}

std::uint32_t from_origin(const std::vector<std::uint32_t>& origin, std::uint32_t byte) { return origin.empty() ? byte : origin[byte]; }

}  // namespace

WholeText::WholeText(const Tokenizer& tokenizer, std::string_view prompted, std::size_t n_prompt, std::size_t n_cut, bool lower) {
  std::vector<std::uint32_t> origin;
  text_ = lower ? lowercase_with_origin(prompted, origin) : std::string(prompted);
  encoding_ = tokenizer.encode(text_, {.offsets = true});
  seen_ = encoding_.offsets;
  n_prompt = std::min(n_prompt, prompted.size());
  size_ = prompted.size() - n_prompt + n_cut;
  const std::size_t n = n_tokens();
  while (n_before_ < n && encoding_.special[n_before_] != 0) ++n_before_;
  while (n_after_ < n - n_before_ && encoding_.special[n - 1 - n_after_] != 0) ++n_after_;
  // A token that the prompt's last space begins is of the text.
  while (n_prompt > 0 && n_text() > 0 && from_origin(origin, seen_[n_before_].end) <= n_prompt) ++n_before_;
  for (std::size_t t = n_before_; t < n - n_after_; ++t) {
    TextSpan& offset = encoding_.offsets[t];
    for (std::uint32_t* byte : {&offset.begin, &offset.end})
      *byte = static_cast<std::uint32_t>(std::max<std::size_t>(from_origin(origin, *byte), n_prompt) - n_prompt + n_cut);
  }
}

bool WholeText::begins_word(std::size_t token) const noexcept {
  const auto is_space = [&](std::size_t byte) { return static_cast<unsigned char>(text_[byte]) <= ' '; };
  const std::size_t at = seen_[n_before_ + token].begin;
  return at == 0 || at >= text_.size() || is_space(at) || is_space(at - 1);
}

std::vector<TokenWindow> WholeText::cut(std::size_t max_tokens, std::size_t overlap) const {
  const std::size_t n = n_text();
  if (n_tokens() <= max_tokens) return {{0, n, 0}};
  if (n_before_ + n_after_ >= max_tokens) {
    throw Error(ErrorCode::invalid_argument, "the prompt and the special tokens are " + std::to_string(n_before_ + n_after_) +
                                                 " tokens: the limit of " + std::to_string(max_tokens) + " leaves no room for the text");
  }
  const std::size_t room = max_tokens - n_before_ - n_after_;
  overlap = std::min(overlap, room / 2);
  std::vector<TokenWindow> windows;
  for (std::size_t begin = 0;;) {
    std::size_t end = std::min(begin + room, n);
    if (end < n) {
      std::size_t word = end;
      while (word > end - room / 4 && !begins_word(word)) --word;
      if (begins_word(word)) end = word;
    }
    windows.push_back({begin, end, windows.empty() ? 0 : overlap});
    if (end == n) return windows;
    begin = end - overlap;
  }
}

Encoding WholeText::encoding(const TokenWindow& window) const {
  Encoding part;
  const auto add = [&](std::size_t begin, std::size_t end) {
    const auto slice = [&](const std::vector<std::int32_t>& from, std::vector<std::int32_t>& to) {
      to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end));
    };
    slice(encoding_.ids, part.ids);
    slice(encoding_.type_ids, part.type_ids);
  };
  add(0, n_before_);
  add(n_before_ + window.begin, n_before_ + window.end);
  add(n_tokens() - n_after_, n_tokens());
  part.n_tokens_seen = part.ids.size();
  return part;
}

void WholeText::copy_states(const TokenWindow& window, MatrixView<const float> hidden, MatrixView<float> states) const {
  const auto copy = [&](std::size_t from, std::size_t to, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) std::ranges::copy(hidden.row(from + i), states.row(to + i).begin());
  };
  if (window.begin == 0) copy(0, 0, n_before_);
  const std::size_t first = window.begin + window.n_overlap;
  copy(n_before_ + window.n_overlap, n_before_ + first, window.end - first);
  if (window.end == n_text()) copy(hidden.rows() - n_after_, n_tokens() - n_after_, n_after_);
}

std::vector<TokenSpan> WholeText::tokens_of(std::span<const TextSpan> spans) const {
  const std::span<const TextSpan> offsets = std::span(encoding_.offsets).subspan(n_before_, n_text());
  std::vector<TokenSpan> list;
  for (const TextSpan& span : spans) {
    const auto first_at = [&](std::uint32_t byte) {
      return static_cast<std::size_t>(std::ranges::lower_bound(offsets, byte, {}, &TextSpan::begin) - offsets.begin());
    };
    const std::size_t begin = first_at(span.begin), end = first_at(span.end);
    const bool is_whole = spans.size() == 1 && span.begin == 0 && span.end >= size_;
    if (!is_whole && begin >= end) {
      throw Error(ErrorCode::invalid_argument, "bytes " + std::to_string(span.begin) + " to " + std::to_string(span.end) +
                                                   " of the text hold no token: a chunk needs one");
    }
    list.push_back({begin == 0 ? 0 : n_before_ + begin, end == n_text() ? n_tokens() : n_before_ + end});
  }
  return list;
}

TextReport WholeText::report(std::size_t n_windows) const noexcept {
  return {static_cast<std::uint32_t>(n_tokens()), 0, static_cast<std::uint32_t>(encoding_.n_invalid),
          static_cast<std::uint32_t>(n_windows)};
}

void mean_of_pieces(MatrixView<const float> vectors, std::span<const Encoding> pieces, bool unit, std::span<float> out) {
  require(vectors.rows() == pieces.size() && !pieces.empty(), "a text has at least one piece, and each piece a vector");
  if (pieces.size() == 1) {
    std::ranges::copy(vectors.row(0), out.begin());
    return;
  }
  std::vector<double> sum(out.size());
  double n_tokens = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto weight = static_cast<double>(pieces[i].ids.size());
    n_tokens += weight;
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += weight * static_cast<double>(vectors.row(i)[c]);
  }
  for (std::size_t c = 0; c < sum.size(); ++c) out[c] = static_cast<float>(sum[c] / n_tokens);
  if (unit) kernels::l2_normalize(out);
}

}  // namespace akin
