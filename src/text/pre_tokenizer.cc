#include "pre_tokenizer.h"

#include <utility>

#include "byte_level.h"
#include "metaspace.h"
#include "pattern.h"
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

class Split final : public PreTokenizer {
 public:
  Split(std::unique_ptr<const Pattern> pattern, SplitBehavior behavior, bool inverted)
      : pattern_(std::move(pattern)), behavior_(behavior), inverted_(inverted) {}
  void split(NormalizedText& text, std::vector<WordRange>& words) const override {
    std::vector<WordRange> out;
    std::vector<Pattern::Match> matches;
    for (const WordRange& word : words) {
      const std::string_view part = std::string_view(text.text()).substr(word.begin, word.end - word.begin);
      matches.clear();
      pattern_->find_all(part, matches);
      split_by(behavior_, inverted_, part, matches, word.begin, out);
    }
    words = std::move(out);
  }
  [[nodiscard]] std::string describe() const override {
    return "Split " + std::to_string(static_cast<int>(behavior_)) + (inverted_ ? " 1 " : " 0 ") + pattern_->describe();
  }

 private:
  std::unique_ptr<const Pattern> pattern_;
  SplitBehavior behavior_;
  bool inverted_;
};

// Characters of a class are the matches.
class CharacterPattern final : public Pattern {
 public:
  using Holds = bool (*)(char32_t c) noexcept;
  CharacterPattern(const char* name, Holds holds) : name_(name), holds_(holds) {}
  void find_all(std::string_view text, std::vector<Match>& out) const override {
    for (std::size_t at = 0; at < text.size();) {
      const DecodedChar c = decode_utf8(text, at);
      if (holds_(c.code_point)) out.emplace_back(at, at + c.length);
      at += c.length;
    }
  }
  [[nodiscard]] std::string describe() const override { return name_; }

 private:
  const char* name_;
  Holds holds_;
};

/// Words of `length` characters; the last of a word may be shorter.
class FixedLength final : public PreTokenizer {
 public:
  explicit FixedLength(std::size_t length) : length_(length) {}
  void split(NormalizedText& text, std::vector<WordRange>& words) const override {
    std::vector<WordRange> out;
    for (const WordRange& word : words) {
      std::size_t n = 0;
      for (std::size_t at = word.begin; at < word.end; ++n) {
        if (n % length_ == 0) out.push_back({at, at});
        at += decode_utf8(text.text(), at).length;
        out.back().end = at;
      }
    }
    words = std::move(out);
  }
  [[nodiscard]] std::string describe() const override { return "FixedLength " + std::to_string(length_); }

 private:
  std::size_t length_;
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

PreTokenizerPtr read_byte_level(const Json& json, const std::string& where, int) {
  return std::make_unique<ByteLevelPreTokenizer>(ByteLevelOptions{.add_prefix_space = bool_field(json, "add_prefix_space", true, where),
                                                                  .use_regex = bool_field(json, "use_regex", true, where)});
}

PreTokenizerPtr read_split(const Json& json, const std::string& where, int) {
  return std::make_unique<Split>(read_pattern(member(json, "pattern", where), where),
                                 read_behavior(string_field(json, "behavior", where), where), bool_field(json, "invert", false, where));
}

PreTokenizerPtr read_digits(const Json& json, const std::string& where, int) {
  const bool single = bool_field(json, "individual_digits", false, where);
  return std::make_unique<Split>(std::make_unique<CharacterPattern>("digit", is_digit),
                                 single ? SplitBehavior::isolated : SplitBehavior::contiguous, false);
}

PreTokenizerPtr read_punctuation(const Json& json, const std::string& where, int) {
  return std::make_unique<Split>(std::make_unique<CharacterPattern>("punctuation", is_bert_punctuation),
                                 read_behavior(string_field(json, "behavior", "Isolated", where), where), false);
}

PreTokenizerPtr read_delimiter(const Json& json, const std::string& where, int) {
  return std::make_unique<Split>(read_pattern({{"String", string_field(json, "delimiter", where)}}, where), SplitBehavior::removed, false);
}

PreTokenizerPtr read_fixed_length(const Json& json, const std::string& where, int) {
  const std::uint64_t length = unsigned_value(member(json, "length", where), 1 << 24, where + ": 'length'");
  if (length == 0) throw Error(ErrorCode::corrupt, where + ": 'length' must not be 0");
  return std::make_unique<FixedLength>(length);
}

PreTokenizerPtr read_sequence(const Json& json, const std::string& where, int depth);

constexpr Kind<PreTokenizerPtr> kKinds[] = {
    {"Metaspace", read_metaspace_splitter},
    {"BertPreTokenizer", read_bert},
    {"Whitespace", read_whitespace},
    {"WhitespaceSplit", read_whitespace_split},
    {"ByteLevel", read_byte_level},
    {"Split", read_split},
    {"Digits", read_digits},
    {"Punctuation", read_punctuation},
    {"CharDelimiterSplit", read_delimiter},
    {"FixedLength", read_fixed_length},
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
