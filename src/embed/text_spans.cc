#include "akin/embed/text_spans.h"

#include <algorithm>
#include <array>

#include "akin/base/error.h"

namespace akin {
namespace {

enum class Cut { inside, token, word, sentence };

bool is_space(char byte) noexcept { return static_cast<unsigned char>(byte) <= ' '; }

bool ends_sentence(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 7> kEnds = {".", "!", "?", "…", "。", "！", "？"};
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return text.ends_with(end); });
}

/// How good it is to part the text in front of byte `at`, at which a token begins.
Cut quality(std::string_view text, std::size_t at) noexcept {
  if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) return Cut::inside;
  std::string_view before = text.substr(0, at);
  const bool line_ends = before.ends_with('\n') || text[at] == '\n';
  const bool word = line_ends || is_space(text[at]) || (!before.empty() && is_space(before.back()));
  while (!before.empty() && is_space(before.back())) before.remove_suffix(1);
  if (line_ends || (word && ends_sentence(before)) || before.ends_with("。")) return Cut::sentence;
  return word ? Cut::word : Cut::token;
}

}  // namespace

std::vector<TextSpan> cut_spans(std::string_view text, const Tokenizer& tokenizer, std::size_t max_tokens) {
  require(max_tokens > 0, "cut_spans: a stretch has at least one token");
  const std::vector<TextSpan> tokens = tokenizer.encode(text, {.special_tokens = false, .offsets = true}).offsets;
  std::vector<TextSpan> spans;
  std::uint32_t begin_byte = 0;
  for (std::size_t begin = 0; begin < tokens.size();) {
    std::size_t end = std::min(begin + max_tokens, tokens.size());
    if (end < tokens.size()) {
      // A token that shares its first byte with the one before cannot be parted from it.
      const auto parts = [&](std::size_t k) {
        return tokens[k].begin > tokens[k - 1].begin && quality(text, tokens[k].begin) != Cut::inside;
      };
      std::size_t best = 0;
      for (std::size_t k = end; k > begin && (best == 0 || k > begin + max_tokens / 2); --k) {
        if (parts(k) && (best == 0 || quality(text, tokens[k].begin) > quality(text, tokens[best].begin))) best = k;
      }
      while (best == 0 && end < tokens.size()) best = parts(end) ? end : (++end, 0);  // one character of very many tokens
      end = best == 0 ? tokens.size() : best;
    }
    const auto end_byte = static_cast<std::uint32_t>(end < tokens.size() ? tokens[end].begin : text.size());
    spans.push_back({begin_byte, end_byte});
    begin_byte = end_byte;
    begin = end;
  }
  return spans;
}

}  // namespace akin
