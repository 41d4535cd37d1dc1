// Any bytes as a pattern and, behind the first zero, as a text: either an Error or matches in order and inside the text, in bounded time.
#include <cstdint>
#include <string>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "regex_matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(bytes.find('\0'), bytes.size());
  std::size_t n_replaced = 0;
  const std::string text = akin::replace_invalid_utf8(bytes.substr(std::min(split + 1, bytes.size())), n_replaced);
  std::vector<akin::text::Regex::Match> matches;
  try {
    akin::text::Regex(bytes.substr(0, split), "fuzz").find_all(text, matches);
  } catch (const akin::Error&) {
    return 0;
  }
  std::size_t last = 0;
  for (const auto& [begin, end] : matches) {
    if (begin < last || end < begin || end > text.size()) __builtin_trap();
    last = end;
  }
  return 0;
}
