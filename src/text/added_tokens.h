// Tokens that are found literally in a text before anything else is done to it ("[MASK]"), with the reference's flags.
// Tested by added_tokens_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "akin/base/sha256.h"
#include "byte_trie.h"
#include "json_fields.h"
#include "normalizer.h"

namespace akin::text {

struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool single_word = false;  ///< only where no word character touches it
  bool lstrip = false;       ///< takes the white space before it
  bool rstrip = false;       ///< takes the white space after it
  bool normalized = false;   ///< is looked for in the normalised text
  bool special = false;      ///< left out by decode()
};

/// A piece of a text: an added token, or (token null) what lies between.
struct Segment {
  const AddedToken* token = nullptr;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Finds some of the added tokens. Leftmost, then longest; one pass.
class TokenFinder {
 public:
  /// `tokens` must outlive the finder; contents[i] is what token i is looked for as.
  TokenFinder(std::vector<const AddedToken*> tokens, const std::vector<std::string>& contents);
  [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }
  /// Appends the segments that tile `text`; nothing for an empty text.
  void split(std::string_view text, std::vector<Segment>& out) const;

 private:
  struct Match {
    const AddedToken* token = nullptr;
    std::size_t end = 0;
  };
  [[nodiscard]] Match match_at(std::string_view text, std::size_t at) const noexcept;
  [[nodiscard]] std::size_t next_start(std::string_view text, std::size_t at) const noexcept;

  std::vector<const AddedToken*> tokens_;
  ByteTrie trie_;
  ByteTrie::Node root_ = 0;
  std::vector<const AddedToken*> ends_;  // by trie node
  std::array<bool, 256> starts_{};
  int only_start_ = -1;  // the byte all tokens begin with, if they do
};

class AddedTokens {
 public:
  explicit AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer);
  AddedTokens(const AddedTokens&) = delete;
  AddedTokens& operator=(const AddedTokens&) = delete;

  [[nodiscard]] const TokenFinder& literal() const noexcept { return literal_; }
  [[nodiscard]] const TokenFinder& normalized() const noexcept { return normalized_; }
  [[nodiscard]] const std::vector<AddedToken>& all() const noexcept { return tokens_; }
  /// Null if no added token has that id or content.
  [[nodiscard]] const AddedToken* find(std::int32_t id) const noexcept;
  [[nodiscard]] const AddedToken* find(std::string_view content) const noexcept;
  void describe(Sha256& hash) const;

 private:
  std::vector<AddedToken> tokens_;  // by id
  std::unordered_map<std::string_view, const AddedToken*> by_content_;
  TokenFinder literal_;
  TokenFinder normalized_;
};

/// `json` is the "added_tokens" of a tokenizer.json. Throws Error{corrupt}.
std::vector<AddedToken> read_added_tokens(const Json& json, const std::string& where);

}  // namespace akin::text
