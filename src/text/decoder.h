// Pieces back to text. One class a kind; read_decoder() is the table that tokenizer.json goes through, and where a new kind joins.
// Tested by decoder_test.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json_fields.h"

namespace akin::text {

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Rewrites the pieces of a text; those of them that stay are put together without anything between.
  virtual void apply(std::vector<std::string>& pieces) const = 0;
  [[nodiscard]] std::string decode(const std::vector<std::string_view>& pieces) const;
};

/// Glues continuations on; `cleanup` also takes out the space before punctuation and English contractions.
class WordPieceDecoder final : public Decoder {
 public:
  WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}
  void apply(std::vector<std::string>& pieces) const override;

 private:
  std::string prefix_;
  bool cleanup_;
};

/// Byte characters back to bytes.
class ByteLevelDecoder final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override;
};

/// Another decoder, then what CLIP's class in transformers does: marks of a word's end become spaces, white space at the ends goes.
class ClipDecoder final : public Decoder {
 public:
  ClipDecoder(std::unique_ptr<const Decoder> inner, std::string word_suffix)
      : inner_(std::move(inner)), word_suffix_(std::move(word_suffix)) {}
  void apply(std::vector<std::string>& pieces) const override;

 private:
  std::unique_ptr<const Decoder> inner_;
  std::string word_suffix_;
};

/// `json` is the "decoder" of a tokenizer.json; null joins pieces with spaces. Throws Error{unsupported}, Error{corrupt}.
std::unique_ptr<const Decoder> read_decoder(const Json& json, const std::string& where);

}  // namespace akin::text
