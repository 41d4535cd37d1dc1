#include "json_parse.h"

#include <algorithm>

namespace akin::documents {

using Json = nlohmann::json;

Json parse_json(std::string_view text, std::uint32_t line, const Reading& reading, const JsonKeys& keep) {
  const auto place = [](std::uint32_t at) { return "line " + std::to_string(at); };
  if (text.size() > kMaxJsonBytes)
    reading.fail(ErrorCode::limit, place(line) + ": a value of more than " + std::to_string(kMaxJsonBytes >> 20) + " MB");
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    reading.check_depth(static_cast<std::size_t>(std::max(depth, 0)));
    return event != Json::parse_event_t::key || !keep || keep(value.get_ref<const std::string&>());
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::parse_error& error) {
    const std::string_view before = text.substr(0, std::min<std::size_t>(error.byte > 0 ? error.byte - 1 : 0, text.size()));
    const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t start = lines > 0 ? before.rfind('\n') + 1 : 0;
    reading.fail(ErrorCode::corrupt, place(line + lines) + ", character " + std::to_string(before.size() - start + 1) + ": not valid JSON");
  } catch (const Json::exception&) {
    reading.fail(ErrorCode::corrupt, place(line) + ": a number too large for JSON");
  }
}

}  // namespace akin::documents
