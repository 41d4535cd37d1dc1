// An HTTP client: GET, HEAD and POST, streamed or whole, over TLS that is verified. Redirects are followed by rules of our own, so that a
// key never reaches another host; what failed in passing is tried again; the Context's cancel ends any wait. libcurl does the work and is
// loaded at the first request (docs/adr/0008-http-client.md). Proxies come from the environment, as curl reads them. Tested by
// http_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

struct HttpHeader {
  std::string name, value;
};

/// How far a GET or HEAD follows. A POST never does.
enum class HttpRedirects {
  none,
  relative,  ///< a redirect that names a host, be it the same, is the answer
  any,       ///< but never from https to http
};

struct HttpRequest {
  std::string method = "GET";  ///< or HEAD, POST
  std::string url;             ///< http:// or https://, percent-encoded
  std::vector<HttpHeader> headers;
  std::vector<HttpHeader> secrets;  ///< such as Authorization: sent to the scheme, host and port of `url` alone, and shown in no message
  std::string body;
  std::uint64_t max_bytes = std::uint64_t{64} << 20;  ///< of the answer's body; more is Error{limit}
  HttpRedirects redirects = HttpRedirects::none;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  ///< names in lower case
  std::string body;                 ///< what no sink took; of an answer that is not 2xx, the first 64 KiB
  std::string url;                  ///< that answered, after redirects

  /// The first of that name (lower case), or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

struct HttpOptions {
  double connect_seconds = 15;
  double idle_seconds = 60;  ///< without a byte in either direction, before a try is given up
  double total_seconds = 0;  ///< of one try; 0 = no limit
  int tries = 5;             ///< in a row without a byte of a 2xx body, for what may pass: no connection, 408, 429, 500, 502, 503, 504
  double first_delay = 0.5;  ///< seconds before the second try; then twice as long each time, of which a random half to the whole is waited
  double longest_wait = 120;  ///< seconds that a server may ask for (Retry-After)
  /// Answers that no further try will better, though their status says so.
  std::function<bool(const HttpResponse&)> is_final;

  /// As above, with AKIN_HTTP_TIMEOUT (seconds) as idle_seconds. Throws Error{invalid_argument} for what is no number over 0.
  static HttpOptions from_environment();
};

/// Connections are kept for the next request to the same host. Any number of threads may send at once.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Asked before each try: what a request says may depend on the time or on what has arrived.
  using Maker = std::function<HttpRequest()>;
  /// Given the body of a 2xx answer part by part, `head` complete. What it throws ends the request and is thrown again.
  using Sink = std::function<void(const HttpResponse& head, std::string_view part)>;

  /// Any status is an answer. Throws Error{io} naming host and reason where none came, Error{unsupported} where libcurl is not
  /// installed, Error{limit}, Error{cancelled}, Error{invalid_argument} (an address that is none).
  HttpResponse send(const HttpRequest& request, Context& context) const;
  HttpResponse send(const Maker& make, const Sink& sink, Context& context) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
