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
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  for (std::size_t at = text_.find(pattern); at != std::string::npos; at = text_.find(pattern, at + pattern.size()))
    stretches.emplace_back(at, at + pattern.size());
  replace(stretches, content);
}

void NormalizedText::replace(const std::vector<std::pair<std::size_t, std::size_t>>& stretches, std::string_view content) {
  if (stretches.empty()) return;
  std::string text;
  std::vector<TextSpan> origin;
  std::size_t done = 0;
  const auto keep_until = [&](std::size_t end) {
    text.append(text_, done, end - done);
    origin.insert(origin.end(), origin_.begin() + static_cast<std::ptrdiff_t>(done), origin_.begin() + static_cast<std::ptrdiff_t>(end));
    done = end;
  };
  for (const auto& [begin, end] : stretches) {
    keep_until(begin);
    done = end;
    text += content;
    origin.resize(text.size(), end > 0 ? origin_[end - 1] : TextSpan{});
  }
  keep_until(text_.size());
  text_ = std::move(text);
  origin_ = std::move(origin);
}

void NormalizedText::prepend(std::string_view content) {
  if (text_.empty()) return;
  text_.insert(0, content);
  origin_.insert(origin_.begin(), content.size(), TextSpan(origin_.front()));
}

void NormalizedText::strip(bool left, bool right) {
  std::size_t begin = 0;  // of what stays
  std::size_t solid = 0;  // end of the last character that is no white space
  bool leading = left;
  for (std::size_t at = 0; at < text_.size();) {
    const DecodedChar c = decode_utf8(text_, at);
    at += c.length;
    if (is_space(c.code_point)) {
      if (leading) begin = at;
    } else {
      leading = false;
      solid = at;
    }
  }
  const std::size_t end = right ? std::max(solid, begin) : text_.size();
  text_ = text_.substr(begin, end - begin);
  origin_ = std::vector<TextSpan>(origin_.begin() + static_cast<std::ptrdiff_t>(begin), origin_.begin() + static_cast<std::ptrdiff_t>(end));
}

void NormalizedText::append(const NormalizedText& other) {
  text_ += other.text_;
  origin_.insert(origin_.end(), other.origin_.begin(), other.origin_.end());
}

}  // namespace akin::text
