// WordPiece: a word becomes the longest piece that begins it, then the longest continuation, and so on; a word that cannot be finished is
// unknown. In one pass over the word, by failure links in a trie (LinMaxMatch: Song et al., "Fast WordPiece Tokenization", EMNLP 2021).
// Tested by word_piece_test.cc against the plain definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "byte_trie.h"
#include "model.h"

namespace akin::text {

struct WordPieceOptions {
  std::string unknown = "[UNK]";
  std::string continuing_prefix = "##";
  std::size_t max_chars_per_word = 100;  ///< a longer word is unknown
};

class WordPiece final : public Model {
 public:
  /// index = id. Throws Error{corrupt} naming `where` if a piece is not UTF-8 or the unknown piece is missing, Error{limit} for pieces
  /// so long that the links would not fit in memory.
  WordPiece(std::vector<std::string> pieces, WordPieceOptions options, const std::string& where);

  void tokenize(std::string_view word, std::vector<WordToken>& out) const override;
  [[nodiscard]] std::size_t size() const noexcept override { return pieces_.size(); }
  [[nodiscard]] const std::string& piece(std::int32_t id) const noexcept override { return pieces_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::int32_t id_of(std::string_view piece) const noexcept override;
  void describe(Sha256& hash) const override;

  [[nodiscard]] const WordPieceOptions& options() const noexcept { return options_; }
  [[nodiscard]] const std::vector<std::string>& pieces() const noexcept { return pieces_; }
  [[nodiscard]] std::int32_t unknown_id() const noexcept { return unknown_id_; }

 private:
  struct NodeData {
    std::int32_t id = -1;           // the piece that ends here
    ByteTrie::Node fail = 0;        // where to go on when no child fits, after taking `taken`; kNone: the word is unknown
    std::uint32_t first_taken = 0;  // tokens that are certain when leaving: taken_[first_taken … first_taken + n_taken)
    std::uint32_t n_taken = 0;
  };

  void add_pieces(const std::string& where);
  void link_node(ByteTrie::Node node, ByteTrie::Node parent, unsigned char byte);
  bool match(std::string_view word, std::vector<WordToken>& out) const;
  bool take(ByteTrie::Node& node, std::uint32_t& begin, std::vector<WordToken>& out) const;

  std::vector<std::string> pieces_;
  WordPieceOptions options_;
  std::int32_t unknown_id_ = -1;
  ByteTrie trie_;
  ByteTrie::Node word_root_ = 0;    // pieces as they are written: what may begin a word
  ByteTrie::Node suffix_root_ = 0;  // continuations without their prefix
  std::vector<NodeData> nodes_;     // by trie node
  std::vector<std::int32_t> taken_;
};

}  // namespace akin::text
