// SentencePiece's way with spaces: a space becomes a visible mark ("▁"), a text or word begins with one, words are cut before each mark;
// and the way back. Tested by metaspace_test.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "decoder.h"
#include "json_fields.h"
#include "pre_tokenizer.h"

namespace akin::text {

/// U+2581, the usual mark.
inline constexpr char32_t kMetaspace = 0x2581;

enum class PrependScheme {
  always,  ///< each stretch between added tokens begins with a mark
  first,   ///< only what begins the text does
  never,
};

struct MetaspaceOptions {
  char32_t replacement = kMetaspace;
  PrependScheme prepend = PrependScheme::always;
  bool split = true;  ///< cut before each mark
};

class Metaspace final : public PreTokenizer {
 public:
  explicit Metaspace(const MetaspaceOptions& options) : options_(options) {}
  void split(NormalizedText& text, std::vector<WordRange>& words) const override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] const MetaspaceOptions& options() const noexcept { return options_; }

 private:
  MetaspaceOptions options_;
};

/// Marks become spaces; those of the first token fall away unless the scheme is `never`.
class MetaspaceDecoder final : public Decoder {
 public:
  explicit MetaspaceDecoder(const MetaspaceOptions& options);
  void apply(std::vector<std::string>& pieces) const override;

 private:
  std::string mark_;
  bool drops_first_ = true;
};

/// The same fields as a pre-tokeniser and as a decoder. `add_prefix_space: false` is an old spelling of `prepend_scheme: "never"`.
MetaspaceOptions read_metaspace(const Json& json, const std::string& where);

}  // namespace akin::text
