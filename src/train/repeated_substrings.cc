#include "repeated_substrings.h"

#include <algorithm>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::train {
namespace {

constexpr std::uint32_t kWordEnd = 0;  // sorts before every character, as the reference's separator does

// Every word behind its end mark: "the quick" is the,0,quick,0.
std::vector<std::uint32_t> join(const std::vector<CountedWord>& words) {
  std::vector<std::uint32_t> out;
  for (const CountedWord& word : words) {
    for (std::size_t at = 0; at < word.text.size();) {
      const DecodedChar c = decode_utf8(word.text, at);
      out.push_back(c.code_point);
      at += c.length;
    }
    out.push_back(kWordEnd);
  }
  if (out.size() > UINT32_MAX) throw Error(ErrorCode::limit, "the different words of the corpus have more than 2^32 characters");
  return out;
}

// Suffixes of a text, compared by up to `depth` characters and not beyond a word's end (which counts).
class Suffixes {
 public:
  Suffixes(const std::vector<std::uint32_t>& text, std::size_t depth) : text_(text), depth_(depth) {}

  [[nodiscard]] std::size_t common(std::uint32_t a, std::uint32_t b) const noexcept {
    std::size_t n = 0;
    while (n < depth_ && text_[a + n] == text_[b + n]) {
      if (text_[a + n++] == kWordEnd) break;
    }
    return n;
  }
  [[nodiscard]] bool less(std::uint32_t a, std::uint32_t b) const noexcept {
    for (std::size_t n = 0; n < depth_; ++n) {
      const std::uint32_t left = text_[a + n], right = text_[b + n];
      if (left != right) return left < right;
      if (left == kWordEnd) break;
    }
    return a < b;
  }

 private:
  const std::vector<std::uint32_t>& text_;
  std::size_t depth_;
};

// Starts of suffixes, sorted: pieces on all threads, then merged two by two.
std::vector<std::uint32_t> sorted_starts(const std::vector<std::uint32_t>& text, const Suffixes& suffixes, Context& context) {
  constexpr std::size_t kPiece = std::size_t{1} << 18;
  std::vector<std::uint32_t> starts;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if (text[i] != kWordEnd) starts.push_back(i);
  }
  const auto less = [&](std::uint32_t a, std::uint32_t b) { return suffixes.less(a, b); };
  const auto at = [&](std::size_t i) { return starts.begin() + static_cast<std::ptrdiff_t>(std::min(i, starts.size())); };
  context.parallel_for(starts.size(), kPiece, [&](std::size_t begin, std::size_t end) { std::sort(at(begin), at(end), less); });
  for (std::size_t width = kPiece; width < starts.size(); width *= 2) {
    context.parallel_for(starts.size(), 2 * width,
                         [&](std::size_t begin, std::size_t end) { std::inplace_merge(at(begin), at(begin + width), at(end), less); });
  }
  return starts;
}

}  // namespace

std::vector<RepeatedSubstring> repeated_substrings(const std::vector<CountedWord>& words, std::size_t max_chars, Context& context) {
  const std::vector<std::uint32_t> text = join(words);
  const Suffixes suffixes(text, max_chars + 1);
  const std::vector<std::uint32_t> starts = sorted_starts(text, suffixes, context);

  struct Open {  // an interval of suffixes that share `depth` characters
    std::size_t depth = 0;
    std::size_t first = 0;
  };
  std::vector<Open> open;
  std::vector<RepeatedSubstring> out;
  const auto close = [&](const Open& interval, std::size_t end) {
    const std::uint32_t start = starts[interval.first];
    const bool ends_word = text[start + interval.depth - 1] == kWordEnd;
    if (interval.depth < 2 || interval.depth > max_chars || ends_word) return;
    out.push_back(
        {std::u32string(text.begin() + start, text.begin() + start + static_cast<std::ptrdiff_t>(interval.depth)), end - interval.first});
  };
  for (std::size_t i = 1; i <= starts.size(); ++i) {
    const std::size_t depth = i < starts.size() ? suffixes.common(starts[i - 1], starts[i]) : 0;
    std::size_t first = i - 1;
    while (!open.empty() && open.back().depth > depth) {
      close(open.back(), i);
      first = open.back().first;
      open.pop_back();
    }
    if (depth > 0 && (open.empty() || open.back().depth < depth)) open.push_back({depth, first});
  }
  std::sort(out.begin(), out.end(), [](const RepeatedSubstring& a, const RepeatedSubstring& b) { return a.text < b.text; });
  return out;
}

}  // namespace akin::train
