#include "akin/space/search_code.h"

#include <array>

#include "akin/base/error.h"
#include "akin/kernels/code_dot.h"

namespace akin {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"f16", "bf16", "i8", "rabitq", "bit"};

}  // namespace

std::string_view name_of(SearchCode code) noexcept { return kNames[static_cast<std::size_t>(code)]; }

std::string search_code_names() {
  std::string names;
  for (const std::string_view name : kNames) (names += names.empty() ? "" : ", ") += name;
  return names;
}

SearchCode search_code_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<SearchCode>(i);
  throw Error(ErrorCode::invalid_argument, "search code '" + std::string(name) + "' is not one of " + search_code_names());
}

std::size_t bytes_of(SearchCode code, std::size_t dim) noexcept {
  const std::size_t bits = (dim + 7) / 8;
  switch (code) {
    case SearchCode::f16:
    case SearchCode::bf16:
      return 2 * dim;
    case SearchCode::i8:
      return kernels::padded_dim(dim) + 2 * sizeof(float);
    case SearchCode::rabitq:
      return bits + 3 * sizeof(float);
    case SearchCode::bit:
      break;
  }
  return bits;
}

}  // namespace akin
