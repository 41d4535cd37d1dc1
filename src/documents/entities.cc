// Character references outside HTML pages (Markdown). Names that are not in the short table go to the HTML parser, which knows all 2,231.
// Tested by entities_test.cc.
#include <gumbo.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "akin/base/utf8.h"
#include "readers.h"

namespace akin::documents {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kCommon = {{
    {"&amp;", "&"},   {"&lt;", "<"},    {"&gt;", ">"},    {"&quot;", "\""},  {"&apos;", "'"},  {"&nbsp;", " "},
    {"&copy;", "©"},  {"&reg;", "®"},   {"&trade;", "™"}, {"&hellip;", "…"}, {"&mdash;", "—"}, {"&ndash;", "–"},
    {"&lsquo;", "‘"}, {"&rsquo;", "’"}, {"&ldquo;", "“"}, {"&rdquo;", "”"},  {"&laquo;", "«"}, {"&raquo;", "»"},
    {"&times;", "×"}, {"&deg;", "°"},   {"&rarr;", "→"},  {"&larr;", "←"},   {"&bull;", "•"},  {"&middot;", "·"},
}};

std::string numeric(std::string_view digits, std::string_view reference) {
  const bool hex = !digits.empty() && (digits[0] == 'x' || digits[0] == 'X');
  if (hex) digits.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (end != digits.data() + digits.size() || digits.empty()) return std::string(reference);
  std::string out;
  append_utf8(out, error == std::errc{} && value != 0 ? static_cast<char32_t>(value) : kReplacement);
  return out;
}

}  // namespace

bool is_entity(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 40;  // the longest name has 31 letters
  if (text.size() < 3 || text.size() > kLongest || text.front() != '&' || text.back() != ';') return false;
  const std::string_view name = text.substr(1, text.size() - 2);
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '#'; });
}

std::string decode_entity(std::string_view reference) {
  const auto row = std::find_if(kCommon.begin(), kCommon.end(), [&](const auto& pair) { return pair.first == reference; });
  if (row != kCommon.end()) return std::string(row->second);
  if (reference.starts_with("&#") && reference.ends_with(';')) return numeric(reference.substr(2, reference.size() - 3), reference);
  if (!is_entity(reference)) return std::string(reference);
  GumboOutput* output = gumbo_parse_with_options(&kGumboDefaultOptions, reference.data(), reference.size());
  std::string out(reference);
  const GumboVector& top = output->root->v.element.children;
  for (unsigned i = 0; i < top.length; ++i) {
    const auto* node = static_cast<const GumboNode*>(top.data[i]);
    if (node->type != GUMBO_NODE_ELEMENT || node->v.element.tag != GUMBO_TAG_BODY || node->v.element.children.length == 0) continue;
    const auto* text = static_cast<const GumboNode*>(node->v.element.children.data[0]);
    if (text->type == GUMBO_NODE_TEXT) out = text->v.text.text;
  }
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return out;
}

}  // namespace akin::documents
