// http:// and https:// addresses, as far as akin needs them (RFC 3986): parts, what a redirect leads to, percent-encoding.
// Tested by url_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace akin::hub {

struct Url {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< lower case; an IPv6 address with its brackets
  std::uint16_t port = 0;
  std::string target;  ///< path and query, begins with '/'

  [[nodiscard]] std::string text() const;
  /// "https://host" or "http://host:8080": what decides who is talked to.
  [[nodiscard]] std::string origin() const;
  /// For messages: without the query, which may hold a signature.
  [[nodiscard]] std::string shown() const;
  /// Whether the host is this machine: localhost, 127.x.x.x or [::1].
  [[nodiscard]] bool is_loopback() const;
};

/// Throws Error{invalid_argument} for another scheme, a user name or password, white space or control characters. A fragment is dropped.
Url parse_url(std::string_view text);

/// What a Location header means on a page of `base`. Throws as parse_url().
Url resolve_url(const Url& base, std::string_view location);

/// Everything but letters, digits, "-._~" and the characters of `keep` as %XX.
std::string percent_encode(std::string_view text, std::string_view keep = "");

}  // namespace akin::hub
