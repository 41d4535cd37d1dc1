// Added tokens gathered one by one when no tokenizer.json lists them, with ids as the reference would give. Tested by added_list_test.cc.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "added_tokens.h"
#include "model.h"

namespace akin::text {

class AddedList {
 public:
  /// `model` must outlive the list.
  explicit AddedList(const Model& model) : model_(model) {}

  /// The id: that of the piece, else the first free one behind the vocabulary. A token that is there already gets the new flags.
  std::int32_t add(AddedToken token);
  /// −1 if it was not added.
  [[nodiscard]] std::int32_t id_of(std::string_view content) const noexcept;
  [[nodiscard]] std::vector<AddedToken> take() { return std::move(tokens_); }

 private:
  const Model& model_;
  std::vector<AddedToken> tokens_;
  std::unordered_map<std::string, std::size_t> by_content_;
  std::int32_t next_ = -1;
};

}  // namespace akin::text
