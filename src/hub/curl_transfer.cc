#include "curl_transfer.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

#include "akin/base/error.h"

namespace akin::hub {
namespace {

constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10;
// Of one answer's head, in lines and in bytes: far over what servers send.
constexpr std::size_t kMaxHeaderLines = 500;
constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

class Headers {
 public:
  explicit Headers(const CurlLibrary& curl) : curl_(curl) {}
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  ~Headers() { curl_.slist_free_all(list_); }
  void add(const HttpHeader& header) {
    for (const char c : header.name + header.value)
      if (c == '\r' || c == '\n' || c == '\0')
        throw Error(ErrorCode::invalid_argument,
                    "the header " + header.name + " holds a line end: is a key cut from a file with more lines?");
    add_line(header.name + ": " + header.value);
  }
  void add_line(const std::string& line) {
    curl_slist* longer = curl_.slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  const CurlLibrary& curl_;
  curl_slist* list_ = nullptr;
};

/// What the callbacks share. They never let an exception into libcurl.
struct Exchange {
  const HttpRequest& request;
  const HttpClient::Sink& sink;
  const CancelToken& cancel;
  Outcome outcome{};
  std::uint64_t n_body = 0;
  std::size_t n_head = 0;
  std::exception_ptr thrown{};

  void take_header(std::string_view line) {
    n_head += line.size();
    HttpResponse& response = outcome.response;
    if (line.starts_with("HTTP/")) {  // a new head follows a 1xx answer
      response.headers.clear();
      const std::size_t space = line.find(' ');
      response.status = space == std::string_view::npos ? 0 : std::atoi(std::string(line.substr(space + 1, 3)).c_str());
      return;
    }
    if (n_head > kMaxHeaderBytes || response.headers.size() >= kMaxHeaderLines)
      throw Error(ErrorCode::limit, parse_url(request.url).origin() + " sends a head without end");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    HttpHeader header{std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))};
    for (char& c : header.name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    response.headers.push_back(std::move(header));
  }

  void take_body(std::string_view part) {
    HttpResponse& response = outcome.response;
    if (response.status < 200 || response.status > 299) {
      response.body.append(part.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, response.body.size())));
      return;
    }
    n_body += part.size();
    if (n_body > request.max_bytes)
      throw Error(ErrorCode::limit, parse_url(request.url).shown() + " sends more than the " + std::to_string(request.max_bytes) +
                                        " bytes that were expected");
    outcome.progressed = true;
    if (sink) {
      sink(response, part);
    } else {
      response.body.append(part);
    }
  }

  /// Runs a callback's work; false where it threw, which ends the transfer.
  template <class Work>
  bool guarded(Work&& work) noexcept {
    try {
      work();
      return true;
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }
};

extern "C" std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  return exchange.guarded([&] { exchange.take_header({data, size * count}); }) ? size * count : 0;
}

extern "C" std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  // Not 0 for an empty part: any other number than the one given ends the transfer.
  return exchange.guarded([&] { exchange.take_body({data, size * count}); }) ? size * count : size * count + 1;
}

extern "C" int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->cancel.cancelled() ? 1 : 0;
}

/// Failures of the wire, not of the request.
bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

/// The setting of options, checked: an option that libcurl lacks must not pass unseen.
class Setter {
 public:
  Setter(const CurlLibrary& curl, CURL* handle) : curl_(curl), handle_(handle) {}
  template <class Value>
  void operator()(CURLoption option, Value value) const {
    const CURLcode code = curl_.easy_setopt(handle_, option, value);
    if (code == CURLE_OK) return;
    throw Error(ErrorCode::unsupported, std::string("libcurl refuses a setting: ") + curl_.easy_strerror(code));
  }

 private:
  const CurlLibrary& curl_;
  CURL* handle_;
};

void set_limits(const Setter& set, const HttpOptions& options) {
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_seconds * 1000));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, std::max(1L, static_cast<long>(options.idle_seconds)));
  if (options.total_seconds > 0) set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_seconds * 1000));
}

void set_method(const Setter& set, const HttpRequest& request) {
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  } else {
    require(request.method == "GET", "HttpRequest::method must be GET, HEAD or POST");
    set(CURLOPT_HTTPGET, 1L);
  }
}

void set_safety(const Setter& set, const Url& url) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);  // signatures are over the path as written
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  // A company's own authority, named as other programs want it.
  if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0') set(CURLOPT_CAINFO, file);
  if (url.is_loopback()) set(CURLOPT_PROXY, "");
}

void set_callbacks(const Setter& set, Exchange& exchange) {
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
}

}  // namespace

void CurlClose::operator()(CURL* handle) const noexcept { curl_library().easy_cleanup(handle); }

CurlHandle open_handle() {
  CurlHandle handle(curl_library().easy_init());
  if (!handle) throw Error(ErrorCode::limit, "libcurl cannot begin a request: not enough memory");
  return handle;
}

Outcome transfer(CURL* handle, const HttpRequest& request, const Url& url, bool with_secrets, const HttpOptions& options,
                 const HttpClient::Sink& sink, const CancelToken& cancel) {
  cancel.check();
  const CurlLibrary& curl = curl_library();
  curl.easy_reset(handle);
  Exchange exchange{request, sink, cancel};
  const std::string address = url.text();
  exchange.outcome.response.url = address;
  const Setter set(curl, handle);
  set(CURLOPT_URL, address.c_str());
  set(CURLOPT_USERAGENT, "akin/" AKIN_VERSION);
  set_safety(set, url);
  set_limits(set, options);
  set_method(set, request);
  set_callbacks(set, exchange);
  Headers headers(curl);
  for (const HttpHeader& header : request.headers) headers.add(header);
  if (with_secrets)
    for (const HttpHeader& header : request.secrets) headers.add(header);
  headers.add_line("Expect:");  // no waiting for "100 Continue" before a body
  set(CURLOPT_HTTPHEADER, headers.get());
  char reason[CURL_ERROR_SIZE] = "";
  set(CURLOPT_ERRORBUFFER, &reason[0]);
  const CURLcode code = curl.easy_perform(handle);
  curl.easy_reset(handle);  // it points into this frame
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  cancel.check();
  if (code != CURLE_OK) {
    exchange.outcome.failure = url.origin() + ": " + (reason[0] != '\0' ? reason : curl.easy_strerror(code));
    exchange.outcome.may_pass = may_pass(code);
  }
  return std::move(exchange.outcome);
}

}  // namespace akin::hub
