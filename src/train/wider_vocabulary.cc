#include "akin/train/wider_vocabulary.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/text/tokenizer_template.h"
#include "word_counts.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;

std::size_t n_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

struct WiderVocabulary::Impl {
  Impl(const std::string& text, const std::string& name) : form(TokenizerTemplate::from_json(text, name)), json(Json::parse(text)) {
    if (form.kind() != TokenizerKind::word_piece)
      throw Error(ErrorCode::unsupported, name + ": words can be added to a WordPiece vocabulary alone");
  }

  TokenizerTemplate form;
  Json json;
  train::WordCounts counts;
};

WiderVocabulary::WiderVocabulary(std::string tokenizer_json, const std::string& name)
    : impl_(std::make_unique<Impl>(std::move(tokenizer_json), name)) {}
WiderVocabulary::~WiderVocabulary() = default;
WiderVocabulary::WiderVocabulary(WiderVocabulary&&) noexcept = default;
WiderVocabulary& WiderVocabulary::operator=(WiderVocabulary&&) noexcept = default;

void WiderVocabulary::add(std::span<const std::string> texts, Context& context) { impl_->counts.add(texts, impl_->form, context); }

std::string WiderVocabulary::tokenizer_json(std::size_t n_words, std::uint64_t min_count) const {
  Json json = impl_->json;
  Json& model = json["model"];
  Json& vocabulary = model["vocab"];
  const auto longest = model.value("max_input_chars_per_word", std::size_t{100});
  std::int64_t next = -1;
  for (const auto& [piece, id] : vocabulary.items()) next = std::max(next, id.get<std::int64_t>());
  for (const Json& added : json.value("added_tokens", Json::array())) next = std::max(next, added.value("id", std::int64_t{-1}));
  std::vector<train::CountedWord> words = impl_->counts.sorted();
  std::erase_if(words, [&](const train::CountedWord& word) {
    const std::size_t length = n_characters(word.text);
    return word.count < min_count || length < 2 || length > longest || vocabulary.contains(word.text);
  });
  std::stable_sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  words.resize(std::min(words.size(), n_words));
  for (const train::CountedWord& word : words) vocabulary[word.text] = ++next;
  return json.dump();
}

}  // namespace akin
