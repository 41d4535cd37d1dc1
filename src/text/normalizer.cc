#include "normalizer.h"

#include <utility>

#include "byte_level.h"
#include "charsmap.h"
#include "pattern.h"

namespace akin::text {
namespace {

using NormalizerPtr = std::unique_ptr<const Normalizer>;

CodePoints one(char32_t c) {
  CodePoints out;
  out.at[out.n++] = c;
  return out;
}

class Lowercase final : public Normalizer {
 public:
  void apply(NormalizedText& text) const override { text.map(lowercase); }
  [[nodiscard]] std::string describe() const override { return "Lowercase"; }
};

class StripAccents final : public Normalizer {
 public:
  void apply(NormalizedText& text) const override {
    text.filter([](char32_t c) { return !is_mark(c); });
  }
  [[nodiscard]] std::string describe() const override { return "StripAccents"; }
};

class UnicodeForm final : public Normalizer {
 public:
  UnicodeForm(const char* name, Decomposition kind, bool composed) : name_(name), kind_(kind), composed_(composed) {}
  void apply(NormalizedText& text) const override { composed_ ? text.compose(kind_) : text.decompose(kind_); }
  [[nodiscard]] std::string describe() const override { return name_; }

 private:
  const char* name_;
  Decomposition kind_;
  bool composed_;
};

/// sentencepiece's own clean-up: control characters go, other white space becomes a space.
class Nmt final : public Normalizer {
 public:
  void apply(NormalizedText& text) const override {
    text.filter([](char32_t c) {
      return !((c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F);
    });
    text.map([](char32_t c) {
      const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 ||
                         c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
      return one(space ? U' ' : c);
    });
  }
  [[nodiscard]] std::string describe() const override { return "Nmt"; }
};

class Replace final : public Normalizer {
 public:
  Replace(std::unique_ptr<const Pattern> pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(NormalizedText& text) const override {
    std::vector<Pattern::Match> matches;
    pattern_->find_all(text.text(), matches);
    text.replace(matches, content_);
  }
  [[nodiscard]] std::string describe() const override { return "Replace " + pattern_->describe() + " " + Json(content_).dump(); }

 private:
  std::unique_ptr<const Pattern> pattern_;
  std::string content_;
};

class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string content) : content_(std::move(content)) {}
  void apply(NormalizedText& text) const override { text.prepend(content_); }
  [[nodiscard]] std::string describe() const override { return "Prepend " + Json(content_).dump(); }

 private:
  std::string content_;
};

class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  void apply(NormalizedText& text) const override { text.strip(left_, right_); }
  [[nodiscard]] std::string describe() const override { return std::string("Strip") + (left_ ? " 1" : " 0") + (right_ ? " 1" : " 0"); }

 private:
  bool left_;
  bool right_;
};

class ByteLevelNormalizer final : public Normalizer {
 public:
  void apply(NormalizedText& text) const override { to_byte_characters(text); }
  [[nodiscard]] std::string describe() const override { return "ByteLevel"; }
};

class NormalizerSequence final : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<NormalizerPtr> parts) : parts_(std::move(parts)) {}
  void apply(NormalizedText& text) const override {
    for (const NormalizerPtr& part : parts_) part->apply(text);
  }
  [[nodiscard]] std::string describe() const override {
    std::string out = "Sequence(";
    for (const NormalizerPtr& part : parts_) out += part->describe() + ";";
    return out + ")";
  }
  [[nodiscard]] std::span<const NormalizerPtr> parts() const override { return parts_; }

 private:
  std::vector<NormalizerPtr> parts_;
};

NormalizerPtr read_bert(const Json& json, const std::string& where, int) {
  BertNormalizerOptions options;
  options.clean_text = bool_field(json, "clean_text", true, where);
  options.handle_chinese_chars = bool_field(json, "handle_chinese_chars", true, where);
  options.lowercase = bool_field(json, "lowercase", true, where);
  options.strip_accents = bool_field(json, "strip_accents", options.lowercase, where);
  return std::make_unique<BertNormalizer>(options);
}

NormalizerPtr read_lowercase(const Json&, const std::string&, int) { return std::make_unique<Lowercase>(); }
NormalizerPtr read_strip_accents(const Json&, const std::string&, int) { return std::make_unique<StripAccents>(); }
NormalizerPtr read_nfc(const Json&, const std::string&, int) {
  return std::make_unique<UnicodeForm>("NFC", Decomposition::canonical, true);
}
NormalizerPtr read_nfd(const Json&, const std::string&, int) {
  return std::make_unique<UnicodeForm>("NFD", Decomposition::canonical, false);
}
NormalizerPtr read_nfkc(const Json&, const std::string&, int) {
  return std::make_unique<UnicodeForm>("NFKC", Decomposition::compatibility, true);
}
NormalizerPtr read_nfkd(const Json&, const std::string&, int) {
  return std::make_unique<UnicodeForm>("NFKD", Decomposition::compatibility, false);
}

NormalizerPtr read_nmt(const Json&, const std::string&, int) { return std::make_unique<Nmt>(); }
NormalizerPtr read_precompiled(const Json& json, const std::string& where, int) {
  return std::make_unique<Precompiled>(read_charsmap(json, where));
}

NormalizerPtr read_replace(const Json& json, const std::string& where, int) {
  return std::make_unique<Replace>(read_pattern(member(json, "pattern", where), where), string_field(json, "content", where));
}

NormalizerPtr read_prepend(const Json& json, const std::string& where, int) {
  return std::make_unique<Prepend>(string_field(json, "prepend", where));
}

NormalizerPtr read_strip(const Json& json, const std::string& where, int) {
  return std::make_unique<Strip>(bool_field(json, "strip_left", true, where), bool_field(json, "strip_right", true, where));
}

NormalizerPtr read_byte_level(const Json&, const std::string&, int) { return std::make_unique<ByteLevelNormalizer>(); }

NormalizerPtr read_sequence(const Json& json, const std::string& where, int depth);

constexpr Kind<NormalizerPtr> kKinds[] = {
    {"BertNormalizer", read_bert},
    {"Lowercase", read_lowercase},
    {"StripAccents", read_strip_accents},
    {"NFC", read_nfc},
    {"NFD", read_nfd},
    {"NFKC", read_nfkc},
    {"NFKD", read_nfkd},
    {"Nmt", read_nmt},
    {"Precompiled", read_precompiled},
    {"Replace", read_replace},
    {"Prepend", read_prepend},
    {"Strip", read_strip},
    {"ByteLevel", read_byte_level},
    {"Sequence", read_sequence},
};

NormalizerPtr read_sequence(const Json& json, const std::string& where, int depth) {
  std::vector<NormalizerPtr> parts;
  for (const Json& part : array_field(json, "normalizers", where))
    parts.push_back(read_kind<NormalizerPtr>(kKinds, part, where, depth + 1));
  return in_sequence(std::move(parts));
}

}  // namespace

std::unique_ptr<const Normalizer> in_sequence(std::vector<std::unique_ptr<const Normalizer>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<NormalizerSequence>(std::move(parts));
}

void BertNormalizer::apply(NormalizedText& text) const {
  if (options_.clean_text) {
    text.filter([](char32_t c) { return !is_other(c); });
    text.map([](char32_t c) { return one(is_space(c) ? U' ' : c); });
  }
  if (options_.handle_chinese_chars) {
    text.map([](char32_t c) {
      if (!is_cjk(c)) return one(c);
      CodePoints spaced;
      for (const char32_t part : {U' ', c, U' '}) spaced.at[spaced.n++] = part;
      return spaced;
    });
  }
  if (options_.strip_accents) {
    text.decompose(Decomposition::canonical);
    text.filter([](char32_t c) { return !is_nonspacing_mark(c); });
  }
  if (options_.lowercase) text.map(lowercase);
}

std::string BertNormalizer::describe() const {
  std::string out = "BertNormalizer";
  for (const bool flag : {options_.clean_text, options_.handle_chinese_chars, options_.strip_accents, options_.lowercase})
    out += flag ? " 1" : " 0";
  return out;
}

std::unique_ptr<const Normalizer> read_normalizer(const Json& json, const std::string& where) {
  if (json.is_null()) return nullptr;
  return read_kind<NormalizerPtr>(kKinds, json, where + ": normalizer", 0);
}

}  // namespace akin::text
