#include "akin/text/words.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "akin/base/utf8.h"
#include "akin/text/lowercase.h"
#include "unicode.h"

namespace akin {
namespace {

bool is_ascii_punctuation(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x21 && byte <= 0x2F) || (byte >= 0x3A && byte <= 0x40) || (byte >= 0x5B && byte <= 0x60) ||
         (byte >= 0x7B && byte <= 0x7E);
}

}  // namespace

std::vector<TextSpan> split_words(std::string_view text) {
  std::vector<TextSpan> words;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    const bool space = text::is_space(c.code_point);
    const auto end = static_cast<std::uint32_t>(at + c.length);
    if (!space && !inside) words.push_back({static_cast<std::uint32_t>(at), end});
    if (!space) words.back().end = end;
    inside = !space;
    at += c.length;
  }
  return words;
}

std::string_view without_punctuation(std::string_view word) noexcept {
  while (!word.empty() && is_ascii_punctuation(word.front())) word.remove_prefix(1);
  while (!word.empty() && is_ascii_punctuation(word.back())) word.remove_suffix(1);
  return word;
}

std::int32_t look_up_word(std::string_view word, const FindWord& find) {
  if (const std::int32_t id = find(word); id >= 0) return id;
  const std::string_view bare = without_punctuation(word);
  if (bare.empty()) return -1;
  if (bare.size() < word.size())
    if (const std::int32_t id = find(bare); id >= 0) return id;
  const std::string lower = lowercase(bare);
  return lower == bare ? -1 : find(lower);
}

Tokenizer make_word_tokenizer(const std::vector<std::string_view>& words) {
  // The form in which the text layer takes a vocabulary of whole words: a tokenizer.json.
  nlohmann::json vocabulary = nlohmann::json::object();
  std::size_t n_replaced = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string piece = replace_invalid_utf8(words[i], n_replaced);
    while (!vocabulary.emplace(piece, i).second) piece += " " + std::to_string(i);  // found by no text: it only keeps the place
  }
  std::string unknown = "[unknown]";
  while (!vocabulary.emplace(unknown, words.size()).second) unknown += ' ';
  const nlohmann::json json = {{"model", {{"type", "WordLevel"}, {"vocab", std::move(vocabulary)}, {"unk_token", unknown}}},
                               {"pre_tokenizer", {{"type", "WhitespaceSplit"}}}};
  return Tokenizer::from_json(json.dump(), "words");
}

}  // namespace akin
