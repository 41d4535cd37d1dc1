// Any text as a model's config.json: refused with an Error or described, for texts and for pictures. The weights are a file without
// tensors, so that all that is looked for is missing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/model/families.h"
#include "akin/model/vision.h"

namespace {

class NoTensors final : public akin::TensorFile {
 public:
  [[nodiscard]] const akin::TensorView* find(std::string_view) const override { return nullptr; }
  [[nodiscard]] const std::vector<akin::TensorView>& tensors() const override { return none_; }
  [[nodiscard]] const std::filesystem::path& path() const override { return path_; }

 private:
  std::vector<akin::TensorView> none_;
  std::filesystem::path path_ = "fuzz.safetensors";
};

template <class Action>
void or_error(Action&& action) {
  try {
    action();
  } catch (const akin::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const NoTensors weights;
  or_error([&] { static_cast<void>(akin::tensor_list(akin::describe_config(text, "fuzz", weights))); });
  or_error([&] { static_cast<void>(akin::is_vision_config(text)); });
  or_error([&] { static_cast<void>(akin::describe_vision(text, "fuzz", weights)); });
  return 0;
}
