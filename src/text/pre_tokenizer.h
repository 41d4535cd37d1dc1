// How a normalised text is cut into words. One class a kind; read_pre_tokenizer() is the table that tokenizer.json goes through, and
// where a new kind joins. Tested by pre_tokenizer_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "json_fields.h"
#include "normalized_text.h"

namespace akin::text {

/// Half-open byte range of a normalised text; not empty.
struct WordRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const WordRange&, const WordRange&) = default;
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Cuts each of `words` further; may rewrite `text` (then it moves the ranges along).
  virtual void split(NormalizedText& text, std::vector<WordRange>& words) const = 0;
  /// Kind and options as one line, equal for equal behaviour: part of the fingerprint.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// White space falls away, punctuation stands alone.
class BertPreTokenizer final : public PreTokenizer {
 public:
  void split(NormalizedText& text, std::vector<WordRange>& words) const override;
  [[nodiscard]] std::string describe() const override { return "BertPreTokenizer"; }
};

/// `json` is the "pre_tokenizer" of a tokenizer.json; null gives a null pointer. Throws Error{unsupported}, Error{corrupt}.
std::unique_ptr<const PreTokenizer> read_pre_tokenizer(const Json& json, const std::string& where);

}  // namespace akin::text
