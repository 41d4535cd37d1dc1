// The tensors of a file by name: what the safetensors and GGUF readers share. Tested by tensor_table_test.cc.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "akin/formats/tensor.h"

namespace akin {

class TensorTable {
 public:
  void add(TensorView tensor) { tensors_.push_back(std::move(tensor)); }
  void add(UnreadTensor tensor) { unread_.push_back(std::move(tensor)); }
  /// After the last add(). Throws Error{corrupt} naming a name that is there twice.
  void finish(const std::filesystem::path& file);

  /// As TensorFile::find().
  [[nodiscard]] const TensorView* find(std::string_view name, const std::filesystem::path& file) const;
  [[nodiscard]] const std::vector<TensorView>& tensors() const noexcept { return tensors_; }
  [[nodiscard]] const std::vector<UnreadTensor>& unread() const noexcept { return unread_; }

 private:
  [[nodiscard]] std::string_view name_at(std::size_t i) const noexcept;

  std::vector<TensorView> tensors_;
  std::vector<UnreadTensor> unread_;
  std::vector<std::size_t> by_name_;  // tensors_, then unread_
};

}  // namespace akin
