// What is done to a text before it is cut into words. One class a kind; read_normalizer() is the table that tokenizer.json goes through,
// and where a new kind joins. Tested by normalizer_test.cc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "json_fields.h"
#include "normalized_text.h"

namespace akin::text {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(NormalizedText& text) const = 0;
  /// Kind and options as one line, equal for equal behaviour: part of the fingerprint.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Those of a sequence; none for all others.
  [[nodiscard]] virtual std::span<const std::unique_ptr<const Normalizer>> parts() const { return {}; }
};

struct BertNormalizerOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  bool strip_accents = true;
  bool lowercase = true;
};

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options) : options_(options) {}
  void apply(NormalizedText& text) const override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] const BertNormalizerOptions& options() const noexcept { return options_; }

 private:
  BertNormalizerOptions options_;
};

/// One after another; one alone is itself.
std::unique_ptr<const Normalizer> in_sequence(std::vector<std::unique_ptr<const Normalizer>> parts);

/// `json` is the "normalizer" of a tokenizer.json; null gives a null pointer. Throws Error{unsupported}, Error{corrupt}.
std::unique_ptr<const Normalizer> read_normalizer(const Json& json, const std::string& where);

}  // namespace akin::text
