#include "added_list.h"

#include <algorithm>
#include <string>

namespace akin::text {

std::int32_t AddedList::add(AddedToken token) {
  const auto there = by_content_.find(token.content);
  if (there != by_content_.end()) {
    token.id = tokens_[there->second].id;
    tokens_[there->second] = std::move(token);
    return tokens_[there->second].id;
  }
  token.id = model_.id_of(token.content);
  if (token.id < 0) {
    if (next_ < 0) next_ = static_cast<std::int32_t>(model_.size());
    token.id = next_++;
  }
  by_content_.emplace(token.content, tokens_.size());
  tokens_.push_back(std::move(token));
  return tokens_.back().id;
}

std::int32_t AddedList::id_of(std::string_view content) const noexcept {
  const auto it = std::find_if(tokens_.begin(), tokens_.end(), [&](const AddedToken& token) { return token.content == content; });
  return it == tokens_.end() ? -1 : it->id;
}

}  // namespace akin::text
