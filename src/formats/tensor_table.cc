#include "tensor_table.h"

#include <algorithm>
#include <numeric>

#include "akin/base/error.h"
#include "cursor.h"

namespace akin {

std::string_view TensorTable::name_at(std::size_t i) const noexcept {
  return i < tensors_.size() ? tensors_[i].name : unread_[i - tensors_.size()].name;
}

void TensorTable::finish(const std::filesystem::path& file) {
  by_name_.resize(tensors_.size() + unread_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::ranges::sort(by_name_, {}, [this](std::size_t i) { return name_at(i); });
  const auto twin = std::ranges::adjacent_find(by_name_, {}, [this](std::size_t i) { return name_at(i); });
  if (twin != by_name_.end())
    throw Error(ErrorCode::corrupt, file.string() + ": tensor '" + printable(name_at(*twin)) + "' is there twice");
}

const TensorView* TensorTable::find(std::string_view name, const std::filesystem::path& file) const {
  const auto place = std::ranges::lower_bound(by_name_, name, {}, [this](std::size_t i) { return name_at(i); });
  if (place == by_name_.end() || name_at(*place) != name) return nullptr;
  if (*place < tensors_.size()) return &tensors_[*place];
  const UnreadTensor& other = unread_[*place - tensors_.size()];
  throw Error(ErrorCode::unsupported,
              file.string() + ": tensor '" + printable(other.name) + "' has type " + other.type +
                  "; akin reads F32, F16, BF16 and ggml's Q4_0 to Q8_0, Q2_K to Q6_K, IQ4_NL, IQ4_XS, TQ1_0, TQ2_0 and MXFP4 weights");
}

}  // namespace akin
