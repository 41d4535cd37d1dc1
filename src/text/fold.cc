#include "akin/text/fold.h"

#include <vector>

#include "akin/base/utf8.h"
#include "normalized_text.h"
#include "unicode.h"

namespace akin {
namespace {

bool is_ascii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }

class Folding {
 public:
  explicit Folding(std::size_t n_bytes) { out_.reserve(n_bytes); }

  [[nodiscard]] bool has_open() const noexcept { return !open_.empty(); }

  /// A character that nothing before or after it composes with.
  void put(char32_t c) {
    if (text::is_space(c)) {
      space_ = !out_.empty();
      return;
    }
    if (space_) out_ += ' ';
    space_ = false;
    append_utf8(out_, c);
  }

  /// A character of the text, of which the next ones may be a part.
  void add(char32_t c) {
    const text::CodePoints lower = text::lowercase(c);
    for (std::uint32_t i = 0; i < lower.n; ++i) {
      const text::CodePoints parts = text::decompose(lower.at[i], text::Decomposition::canonical);
      for (std::uint32_t j = 0; j < parts.n; ++j) {
        const char32_t part = parts.at[j];
        if (text::combining_class(part) == 0 && !text::may_compose_backward(part)) close();
        open_.push_back(part);
      }
    }
  }

  /// Composes what is open.
  void close() {
    if (open_.size() == 1) {
      put(open_.front());
    } else if (!open_.empty()) {
      std::string bytes;
      for (const char32_t c : open_) append_utf8(bytes, c);
      text::NormalizedText composed(bytes);
      composed.compose(text::Decomposition::canonical);
      for (std::size_t at = 0; at < composed.text().size();) {
        const DecodedChar c = decode_utf8(composed.text(), at);
        put(c.code_point);
        at += c.length;
      }
    }
    open_.clear();
  }

  std::string take() {
    close();
    return std::move(out_);
  }

 private:
  std::string out_;
  std::vector<char32_t> open_;  // decomposed, from a character that begins anew on
  bool space_ = false;
};

}  // namespace

std::string fold_text(std::string_view text) {
  Folding folding(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    // A sign that follows is not ASCII.
    if (is_ascii(c) && (at + 1 == text.size() || is_ascii(text[at + 1]))) {
      if (folding.has_open()) folding.close();
      folding.put(static_cast<char32_t>(c >= 'A' && c <= 'Z' ? c + 32 : c));
      ++at;
      continue;
    }
    const DecodedChar decoded = decode_utf8(text, at);
    folding.add(decoded.code_point);
    at += decoded.length;
  }
  return folding.take();
}

}  // namespace akin
