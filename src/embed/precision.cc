#include <array>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/embed/embedder.h"
#include "transformer_backend.h"

namespace akin {
namespace {

constexpr std::array<std::pair<std::string_view, Precision>, 3> kPrecisions = {{
    {"f32", Precision::f32},
    {"bf16", Precision::bf16},
    {"int8", Precision::int8},
}};

}  // namespace

std::string_view name_of(Precision precision) noexcept {
  for (const auto& [name, known] : kPrecisions) {
    if (known == precision) return name;
  }
  return "unknown";
}

Precision precision_from(std::string_view name) {
  for (const auto& [known, precision] : kPrecisions) {
    if (known == name) return precision;
  }
  throw Error(ErrorCode::invalid_argument, "unknown precision '" + std::string(name) + "'; known are f32, bf16, int8");
}

kernels::GemmType gemm_type(Precision precision) noexcept {
  switch (precision) {
    case Precision::bf16:
      return kernels::GemmType::bf16;
    case Precision::int8:
      return kernels::GemmType::int8;
    case Precision::f32:
      break;
  }
  return kernels::GemmType::f32;
}

}  // namespace akin
