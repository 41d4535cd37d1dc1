// Unigram (Kudo, 2018): a word becomes the pieces whose scores add up to the most; what no piece covers is unknown, runs of unknown
// characters are one token. Viterbi over a trie of the pieces; sums in double and ties broken as the reference does (the first path found
// stays), so that ids are equal. Time: length of the word × length of the longest piece. Tested by unigram_test.cc against the plain
// definition.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "model.h"
#include "piece_trie.h"

namespace akin::text {

struct ScoredPiece {
  std::string text;
  double score = 0;
};

struct UnigramOptions {
  std::int32_t unknown_id = -1;  ///< −1: there is none, and a text that needs it is refused
  bool byte_fallback = false;    ///< unknown characters become <0x00> … <0xFF> if the vocabulary has them all
};

class Unigram final : public Model {
 public:
  /// A piece may be this long: bounds the time that a hostile vocabulary can cost.
  static constexpr std::size_t kMaxPieceBytes = 1024;

  /// index = id; of equal pieces the last one counts. Throws Error{corrupt} naming `where` if a piece is not UTF-8, a score is not
  /// finite or the unknown id is out of range, Error{limit} for a piece longer than kMaxPieceBytes.
  Unigram(std::vector<ScoredPiece> pieces, UnigramOptions options, const std::string& where);

  /// Throws Error{invalid_argument} if the word needs an unknown token and there is none.
  void tokenize(std::string_view word, std::vector<WordToken>& out) const override;

  /// Room for a word's lattice, to be kept between calls.
  struct Lattice {
    struct Node {
      double score = -std::numeric_limits<double>::infinity();  // of the best path that ends here
      std::uint32_t begin = kNowhere;
      std::int32_t id = 0;
    };
    static constexpr std::uint32_t kNowhere = 0xFFFFFFFF;
    std::vector<Node> nodes;
  };
  void tokenize(std::string_view word, Lattice& lattice, std::vector<WordToken>& out) const;

  [[nodiscard]] std::size_t size() const noexcept override { return pieces_.size(); }
  [[nodiscard]] const std::string& piece(std::int32_t id) const noexcept override { return pieces_[static_cast<std::size_t>(id)].text; }
  [[nodiscard]] std::int32_t id_of(std::string_view piece) const noexcept override { return trie_.find(piece); }
  void describe(Sha256& hash) const override;

  [[nodiscard]] const std::vector<ScoredPiece>& pieces() const noexcept { return pieces_; }
  [[nodiscard]] const UnigramOptions& options() const noexcept { return options_; }

 private:
  void fill(std::string_view word, Lattice& lattice) const;
  void emit(std::string_view word, WordToken token, std::vector<WordToken>& out) const;

  std::vector<ScoredPiece> pieces_;
  std::vector<double> scores_;  // by id + 1; that of no piece is −∞
  UnigramOptions options_;
  PieceTrie trie_;
  double unknown_score_ = 0;
  std::array<std::int32_t, 256> byte_ids_{};  // of <0x00> … <0xFF>, −1 if missing
};

/// The number that the reference's reader of JSON makes of a number written with the fewest digits: up to one unit in the last place away
/// from it (digits as an integer, then one division). Ties between paths depend on it.
double as_read_by_reference(double value);

}  // namespace akin::text
