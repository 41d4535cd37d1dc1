// One token a word: what is not in the vocabulary is unknown. Tested by word_level_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model.h"
#include "piece_table.h"

namespace akin::text {

class WordLevel final : public Model {
 public:
  /// index = id.
  WordLevel(std::vector<std::string> pieces, std::string unknown, const std::string& where);
  WordLevel(const WordLevel&) = delete;
  WordLevel& operator=(const WordLevel&) = delete;

  /// Throws Error{corrupt} if the word is not in the vocabulary and the unknown token is not either.
  void tokenize(std::string_view word, std::vector<WordToken>& out) const override;
  [[nodiscard]] std::size_t size() const noexcept override { return pieces_.size(); }
  [[nodiscard]] const std::string& piece(std::int32_t id) const noexcept override { return pieces_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::int32_t id_of(std::string_view piece) const noexcept override { return table_.find(piece); }
  void describe(Sha256& hash) const override;

 private:
  std::vector<std::string> pieces_;
  std::string unknown_;
  std::string where_;
  PieceTable table_;
};

}  // namespace akin::text
