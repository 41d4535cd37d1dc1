#include "byte_level.h"

#include <array>
#include <cstdint>
#include <utility>

#include "akin/base/utf8.h"
#include "word_scanner.h"

namespace akin::text {
namespace {

constexpr bool is_printable(unsigned byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

constexpr unsigned kFirstOther = 0x100;  // the first unprintable byte is this character, the next the next …
constexpr unsigned kCharacters = kFirstOther + 68;

struct Alphabet {
  std::array<char32_t, 256> characters{};
  std::array<std::int16_t, kCharacters> bytes{};
  std::array<std::array<char, 2>, 256> encoded{};
};

constexpr Alphabet make_alphabet() {
  Alphabet out;
  for (std::int16_t& byte : out.bytes) byte = -1;
  unsigned other = kFirstOther;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const unsigned c = is_printable(byte) ? byte : other++;
    out.characters[byte] = c;
    out.bytes[c] = static_cast<std::int16_t>(byte);
    out.encoded[byte] = {static_cast<char>(c < 0x80 ? c : 0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  }
  return out;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

std::string_view byte_character(unsigned char byte) noexcept {
  return {kAlphabet.encoded[byte].data(), kAlphabet.characters[byte] < 0x80 ? std::size_t{1} : std::size_t{2}};
}

int byte_of_character(char32_t c) noexcept { return c < kCharacters ? kAlphabet.bytes[c] : -1; }

void to_byte_characters(NormalizedText& text) {
  const std::string& from = text.text();
  std::vector<NormalizedText::Change> changes;
  changes.reserve(from.size());
  for (std::size_t at = 0; at < from.size();) {
    const std::size_t end = at + decode_utf8(from, at).length;
    for (bool inserted = false; at < end; ++at, inserted = true)
      changes.push_back({kAlphabet.characters[static_cast<unsigned char>(from[at])], inserted});
  }
  text.rewrite(changes);
}

void append_bytes(std::string& out, std::string_view token) {
  const std::size_t before = out.size();
  for (std::size_t at = 0; at < token.size();) {
    const DecodedChar c = decode_utf8(token, at);
    const int byte = byte_of_character(c.code_point);
    if (byte < 0) {
      out.resize(before);
      out += token;
      return;
    }
    out += static_cast<char>(byte);
    at += c.length;
  }
}

void ByteLevelPreTokenizer::split(NormalizedText& text, std::vector<WordRange>& words) const {
  NormalizedText rewritten("");
  std::vector<WordRange> out;
  for (const WordRange& word : words) {
    NormalizedText part = text.slice(word.begin, word.end);
    if (options_.add_prefix_space && !part.text().starts_with(' ')) part.prepend(" ");
    const WordScanner<kGpt2Words> scanner(part.text(), classes_);
    std::size_t begin = rewritten.text().size();
    for (std::size_t at = 0; at < part.text().size();) {
      const std::size_t next = options_.use_regex ? scanner.next(at) : part.text().size();
      std::size_t end = begin;
      for (; at < next; ++at) end += byte_character(static_cast<unsigned char>(part.text()[at])).size();
      out.push_back({begin, end});
      begin = end;
    }
    to_byte_characters(part);
    rewritten.append(part);
  }
  text = std::move(rewritten);
  words = std::move(out);
}

std::string ByteLevelPreTokenizer::describe() const {
  return std::string("ByteLevel") + (options_.add_prefix_space ? " 1" : " 0") + (options_.use_regex ? " 1" : " 0");
}

}  // namespace akin::text
