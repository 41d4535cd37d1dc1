#include "normalized_text.h"

#include <algorithm>

namespace akin::text {
namespace {

// A character on its way through decomposition and composition. `balance` is the reference's count: new characters minus old ones that
// it stands for, so 1 for an inserted character, 0 for a replaced one, −k for one that swallowed k others.
struct Moving {
  char32_t code_point = 0;
  std::uint32_t order = 0;
  std::int32_t balance = 0;
};

void sort_marks(std::vector<Moving>& characters, std::size_t first) {
  std::stable_sort(characters.begin() + static_cast<std::ptrdiff_t>(first), characters.end(),
                   [](const Moving& a, const Moving& b) { return a.order < b.order; });
}

std::vector<Moving> decomposed(std::string_view text, Decomposition kind) {
  std::vector<Moving> out;
  out.reserve(text.size());
  std::size_t first_mark = 0;  // the run of marks (class > 0) at the end of `out` starts here
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    at += c.length;
    const CodePoints to = decompose(c.code_point, kind);
    for (std::uint32_t i = 0; i < to.n; ++i) {
      const std::uint32_t order = combining_class(to.at[i]);
      if (order == 0) {
        sort_marks(out, first_mark);
        first_mark = out.size() + 1;
      }
      out.push_back({to.at[i], order, i > 0 ? 1 : 0});
    }
  }
  sort_marks(out, std::min(first_mark, out.size()));
  return out;
}

// Canonical composition (Unicode standard, 3.11, D117) in place: marks fold into the last starter unless something blocks them.
void compose_in_place(std::vector<Moving>& characters) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t starter = kNone;
  std::size_t out = 0;
  std::uint32_t last_order = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const Moving c = characters[i];
    const bool adjacent = starter != kNone && starter + 1 == out;
    if (starter != kNone && (adjacent || last_order < c.order)) {
      if (const char32_t composite = compose(characters[starter].code_point, c.code_point); composite != 0) {
        characters[starter].code_point = composite;
        characters[starter].balance += c.balance - 1;
        continue;
      }
    }
    if (c.order == 0) starter = out;
    last_order = c.order;
    characters[out++] = c;
  }
  characters.resize(out);
}

}  // namespace

NormalizedText::NormalizedText(std::string_view text, std::size_t offset) {
  text_.reserve(text.size());
  origin_.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    const std::size_t before = text_.size();
    append_utf8(text_, c.code_point);
    if (!c.valid) ++n_invalid_;
    const auto begin = static_cast<std::uint32_t>(offset + at);
    origin_.resize(origin_.size() + (text_.size() - before), TextSpan{begin, begin + c.length});
    at += c.length;
  }
}

NormalizedText NormalizedText::slice(std::size_t begin, std::size_t end) const {
  NormalizedText out;
  out.text_ = text_.substr(begin, end - begin);
  out.origin_.assign(origin_.begin() + static_cast<std::ptrdiff_t>(begin), origin_.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

void NormalizedText::rewrite(const std::vector<Change>& changes) {
  std::string text;
  std::vector<TextSpan> origin;
  text.reserve(text_.size());
  origin.reserve(text_.size());
  std::size_t old = 0;  // byte in text_ of the next character to replace
  for (const Change& change : changes) {
    TextSpan span;
    if (change.inserted) {
      if (old > 0) span = origin_[old - 1];
    } else {
      span = origin_[old];
      for (std::uint32_t i = 0; i <= change.swallowed && old < text_.size(); ++i) old += decode_utf8(text_, old).length;
    }
    append_utf8(text, change.code_point);
    origin.resize(text.size(), span);
  }
  text_ = std::move(text);
  origin_ = std::move(origin);
}

void NormalizedText::decompose(Decomposition kind) {
  std::vector<Change> changes;
  for (const Moving& c : decomposed(text_, kind)) changes.push_back({c.code_point, c.balance > 0});
  rewrite(changes);
}

void NormalizedText::compose(Decomposition kind) {
  std::vector<Moving> characters = decomposed(text_, kind);
  compose_in_place(characters);
  std::vector<Change> changes;
  changes.reserve(characters.size());
  for (const Moving& c : characters)
    changes.push_back({c.code_point, c.balance > 0, c.balance < 0 ? static_cast<std::uint32_t>(-c.balance) : 0});
  rewrite(changes);
}

void NormalizedText::replace(std::string_view pattern, std::string_view content) {
  if (pattern.empty()) return;
  std::string text;
  std::vector<TextSpan> origin;
  std::size_t at = 0;
  while (at < text_.size()) {
    const std::size_t found = std::min(text_.find(pattern, at), text_.size());
    text.append(text_, at, found - at);
    origin.insert(origin.end(), origin_.begin() + static_cast<std::ptrdiff_t>(at), origin_.begin() + static_cast<std::ptrdiff_t>(found));
    at = found;
    if (found == text_.size()) break;
    at += pattern.size();
    text += content;
    origin.resize(text.size(), origin_[at - 1]);
  }
  text_ = std::move(text);
  origin_ = std::move(origin);
}

}  // namespace akin::text
