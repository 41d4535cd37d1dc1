// How one or two token sequences become a model's input: where the special tokens stand and which segment each part is.
// read_post_processor() is the table that tokenizer.json goes through. Tested by post_processor_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/sha256.h"
#include "akin/text/tokenizer.h"
#include "json_fields.h"

namespace akin::text {

/// The tokens of one text, before special ones are added: the first of them, and how many there were in all.
struct TokenList {
  std::vector<std::int32_t> ids;
  std::vector<TextSpan> offsets;
  std::size_t n_seen = 0;
};

/// One place of a template: a sequence (0 or 1), or special tokens (sequence −1).
struct TemplateItem {
  int sequence = -1;
  std::int32_t type_id = 0;
  std::vector<std::int32_t> ids;
};

/// White space at the ends of a token is left out of its offsets (of ByteLevel and RobertaProcessing). Byte characters count as bytes.
struct OffsetTrim {
  bool prefix_space = true;  ///< a space at the beginning of a text was put there by the tokenizer: it has no place in the text
  /// `pieces[i]` is what stands in the vocabulary for token i, `offsets` are those of the tokens in `text`.
  void apply(std::string_view text, const std::vector<std::string_view>& pieces, std::vector<TextSpan>& offsets) const;
};

struct Template {
  std::vector<TemplateItem> single = {{0, 0, {}}};
  std::vector<TemplateItem> pair = {{0, 0, {}}, {1, 1, {}}};
  std::vector<OffsetTrim> trims = {};  ///< done to each text's tokens first; they decide no ids

  [[nodiscard]] std::size_t n_special(bool is_pair) const noexcept;
  /// Puts the sequences in their places. `second` is null for one text. Lengths are what is left of each list after the cut.
  void apply(const TokenList& first, const TokenList* second, std::size_t first_length, std::size_t second_length,
             const EncodeOptions& options, Encoding& out) const;
  void describe(Sha256& hash) const;
};

/// The template "cls A sep" and "cls A sep B sep" of BERT.
Template bert_template(std::int32_t cls, std::int32_t sep);

/// `json` is the "post_processor" of a tokenizer.json; null gives the default template. Every id it names is < `n_ids`.
/// Throws Error{unsupported}, Error{corrupt}.
Template read_post_processor(const Json& json, std::size_t n_ids, const std::string& where);

}  // namespace akin::text
