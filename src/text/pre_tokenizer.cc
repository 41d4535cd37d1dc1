#include "pre_tokenizer.h"

#include <utility>

#include "metaspace.h"
#include "unicode.h"

namespace akin::text {
namespace {

using PreTokenizerPtr = std::unique_ptr<const PreTokenizer>;

// Runs of characters of one class become words; class kDropped separates, class kAlone gives a word a character.
constexpr int kDropped = 0;
constexpr int kAlone = 1;

template <class Classify>
void split_by_class(const std::string& text, std::vector<WordRange>& words, Classify&& classify) {
  std::vector<WordRange> out;
  for (const WordRange& word : words) {
    int last = kDropped;
    for (std::size_t at = word.begin; at < word.end;) {
      const DecodedChar c = decode_utf8(text, at);
      const int kind = classify(c.code_point);
      if (kind != kDropped) {
        if (kind == kAlone || kind != last) out.push_back({at, at});
        out.back().end = at + c.length;
      }
      last = kind;
      at += c.length;
    }
  }
  words = std::move(out);
}

/// \w+|[^\w\s]+
class Whitespace final : public PreTokenizer {
 public:
  void split(NormalizedText& text, std::vector<WordRange>& words) const override {
    split_by_class(text.text(), words, [](char32_t c) { return is_word(c) ? 2 : is_space(c) ? kDropped : 3; });
  }
  [[nodiscard]] std::string describe() const override { return "Whitespace"; }
};

class WhitespaceSplit final : public PreTokenizer {
 public:
  void split(NormalizedText& text, std::vector<WordRange>& words) const override {
    split_by_class(text.text(), words, [](char32_t c) { return is_space(c) ? kDropped : 2; });
  }
  [[nodiscard]] std::string describe() const override { return "WhitespaceSplit"; }
};

class PreTokenizerSequence final : public PreTokenizer {
 public:
  explicit PreTokenizerSequence(std::vector<PreTokenizerPtr> parts) : parts_(std::move(parts)) {}
  void split(NormalizedText& text, std::vector<WordRange>& words) const override {
    for (const PreTokenizerPtr& part : parts_) part->split(text, words);
  }
  [[nodiscard]] std::string describe() const override {
    std::string out = "Sequence(";
    for (const PreTokenizerPtr& part : parts_) out += part->describe() + ";";
    return out + ")";
  }

 private:
  std::vector<PreTokenizerPtr> parts_;
};

PreTokenizerPtr read_bert(const Json&, const std::string&, int) { return std::make_unique<BertPreTokenizer>(); }
PreTokenizerPtr read_whitespace(const Json&, const std::string&, int) { return std::make_unique<Whitespace>(); }
PreTokenizerPtr read_whitespace_split(const Json&, const std::string&, int) { return std::make_unique<WhitespaceSplit>(); }
PreTokenizerPtr read_metaspace_splitter(const Json& json, const std::string& where, int) {
  return std::make_unique<Metaspace>(read_metaspace(json, where));
}
PreTokenizerPtr read_sequence(const Json& json, const std::string& where, int depth);

constexpr Kind<PreTokenizerPtr> kKinds[] = {
    {"BertPreTokenizer", read_bert}, {"Metaspace", read_metaspace_splitter},
    {"Whitespace", read_whitespace}, {"WhitespaceSplit", read_whitespace_split},
    {"Sequence", read_sequence},
};

PreTokenizerPtr read_sequence(const Json& json, const std::string& where, int depth) {
  std::vector<PreTokenizerPtr> parts;
  for (const Json& part : array_field(json, "pretokenizers", where))
    parts.push_back(read_kind<PreTokenizerPtr>(kKinds, part, where, depth + 1));
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<PreTokenizerSequence>(std::move(parts));
}

}  // namespace

void BertPreTokenizer::split(NormalizedText& text, std::vector<WordRange>& words) const {
  split_by_class(text.text(), words, [](char32_t c) { return is_space(c) ? kDropped : is_bert_punctuation(c) ? kAlone : 2; });
}

std::unique_ptr<const PreTokenizer> read_pre_tokenizer(const Json& json, const std::string& where) {
  if (json.is_null()) return nullptr;
  return read_kind<PreTokenizerPtr>(kKinds, json, where + ": pre_tokenizer", 0);
}

}  // namespace akin::text
