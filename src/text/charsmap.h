// SentencePiece's compiled normalisation: a double-array trie from byte strings to their replacements, as .model files and
// tokenizer.json hold it, and the normaliser that applies it by the reference's rule: a grapheme cluster of less than 6 bytes is looked up
// as a whole, all else character by character, and of several keys that begin a string the shortest counts.
// Layout (little-endian): u32 bytes of the trie, the trie's u32 cells, then zero-ended replacements; a leaf holds an offset into these.
// Tested by charsmap_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "normalizer.h"

namespace akin::text {

class Charsmap {
 public:
  /// Takes the layout above; every leaf is checked. Throws Error{corrupt} naming `where`.
  Charsmap(std::string_view bytes, const std::string& where);

  /// What the shortest key that begins `text` becomes; nothing if no key does.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view text) const noexcept;
  /// As given.
  [[nodiscard]] std::string bytes() const;

 private:
  void check(const std::string& where) const;

  std::vector<std::uint32_t> cells_;
  std::string replacements_;
};

class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(Charsmap map) : map_(std::move(map)) {}
  void apply(NormalizedText& text) const override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] const Charsmap& map() const noexcept { return map_; }

 private:
  Charsmap map_;
};

/// {"precompiled_charsmap": "base64"}
Charsmap read_charsmap(const Json& json, const std::string& where);

}  // namespace akin::text
