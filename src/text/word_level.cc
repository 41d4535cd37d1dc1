#include "word_level.h"

#include <utility>

#include "akin/base/error.h"

namespace akin::text {

WordLevel::WordLevel(std::vector<std::string> pieces, std::string unknown, const std::string& where)
    : pieces_(std::move(pieces)), unknown_(std::move(unknown)), where_(where), table_(pieces_) {}

void WordLevel::tokenize(std::string_view word, std::vector<WordToken>& out) const {
  std::int32_t id = table_.find(word);
  if (id < 0) id = table_.find(unknown_);
  if (id < 0) throw Error(ErrorCode::corrupt, where_ + ": the unknown token '" + unknown_ + "' is not in the vocabulary");
  out.push_back({id, 0, static_cast<std::uint32_t>(word.size())});
}

void WordLevel::describe(Sha256& hash) const {
  hash.field("WordLevel").field(unknown_).field(std::to_string(pieces_.size()));
  for (const std::string& piece : pieces_) hash.field(piece);
}

}  // namespace akin::text
