#include "url.h"

#include <algorithm>
#include <charconv>

#include "akin/base/error.h"

namespace akin::hub {
namespace {

[[noreturn]] void bad_url(const std::string& why) { throw Error(ErrorCode::invalid_argument, "the address " + why); }

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

std::uint16_t port_from(std::string_view digits) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0 || port > 65535)
    bad_url("has the port '" + std::string(digits) + "', 1 to 65535 is wanted");
  return static_cast<std::uint16_t>(port);
}

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// "host", "host:80", "[::1]:80".
void read_authority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) bad_url("holds a user name or password: pass keys by environment variables");
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  url.host = lower(has_port ? authority.substr(0, colon) : authority);
  url.port = has_port ? port_from(authority.substr(colon + 1)) : default_port(url.scheme);
  if (url.host.empty() || !std::ranges::all_of(url.host, is_host_char)) bad_url("has no usable host name");
}

}  // namespace

std::string Url::origin() const {
  return scheme + "://" + host + (port == default_port(scheme) ? std::string() : ":" + std::to_string(port));
}
std::string Url::text() const { return origin() + target; }
std::string Url::shown() const { return origin() + target.substr(0, target.find('?')); }
bool Url::is_loopback() const { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }

Url parse_url(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) bad_url("holds white space or a control character");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) bad_url("'" + std::string(text.substr(0, 80)) + "' does not begin with http:// or https://");
  Url url;
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https")
    bad_url("begins with '" + url.scheme.substr(0, 20) + "://', http:// or https:// is wanted");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  read_authority(text.substr(0, end), url);
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

Url resolve_url(const Url& base, std::string_view location) {
  location = location.substr(0, location.find('#'));
  if (location.starts_with("//")) return parse_url(base.scheme + ":" + std::string(location));
  const std::size_t colon = location.find("://");
  if (colon != std::string_view::npos && location.substr(0, colon).find_first_of("/?") == std::string_view::npos)
    return parse_url(location);
  if (location.starts_with('/')) return parse_url(base.origin() + std::string(location));
  const std::string path = base.target.substr(0, base.target.find('?'));
  if (location.starts_with('?')) return parse_url(base.origin() + path + std::string(location));
  return parse_url(base.origin() + path.substr(0, path.rfind('/') + 1) + std::string(location));
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                       c == '~' || keep.find(c) != std::string_view::npos;
    if (plain) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace akin::hub
