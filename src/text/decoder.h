// Pieces back to text. One class a kind; read_decoder() is the table that tokenizer.json goes through. Tested by decoder_test.cc.
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
  [[nodiscard]] virtual std::string decode(const std::vector<std::string_view>& pieces) const = 0;
};

/// Glues continuations on; `cleanup` also takes out the space before punctuation and English contractions.
class WordPieceDecoder final : public Decoder {
 public:
  WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}
  [[nodiscard]] std::string decode(const std::vector<std::string_view>& pieces) const override;

 private:
  std::string prefix_;
  bool cleanup_;
};

/// `json` is the "decoder" of a tokenizer.json; null joins pieces with spaces. Throws Error{unsupported}, Error{corrupt}.
std::unique_ptr<const Decoder> read_decoder(const Json& json, const std::string& where);

}  // namespace akin::text
