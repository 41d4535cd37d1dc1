#include "bounded_json.h"

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::hub {
namespace {

constexpr int kMaxDepth = 16;  // the answers that are read here have at most five

}  // namespace

Json parse_bounded(std::string_view text, const std::string& where) {
  const auto watch = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw Error(ErrorCode::corrupt, where + " is JSON nested more than " + std::to_string(kMaxDepth) + " deep");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::exception&) {
    throw Error(ErrorCode::corrupt, where + " is not JSON: it begins '" + quotable(text, 60) + "'");
  }
}

const Json& member(const Json& json, const char* key) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(key);
  return found == json.end() ? none : *found;
}

std::string text_member(const Json& json, const char* key, std::size_t max_bytes) {
  const Json& value = member(json, key);
  return value.is_string() ? quotable(value.get_ref<const std::string&>(), max_bytes) : std::string();
}

std::string quotable(std::string_view text, std::size_t max_bytes) {
  std::size_t n_replaced = 0;
  std::string line;
  const bool cut = text.size() > max_bytes;
  for (const char c : replace_invalid_utf8(text.substr(0, max_bytes), n_replaced)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
    if (!blank || (!line.empty() && line.back() != ' ')) line.push_back(blank ? ' ' : c);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return cut ? line + "…" : line;
}

}  // namespace akin::hub
