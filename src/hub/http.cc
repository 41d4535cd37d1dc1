#include "akin/hub/http.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <optional>
#include <utility>

#include "akin/base/error.h"
#include "curl_transfer.h"
#include "retry.h"

namespace akin {
namespace {

using namespace hub;

constexpr int kMaxRedirects = 10;

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

/// Where the answer leads, if it is to be followed. Throws Error{io} for a step from https to http.
std::optional<Url> next_url(const HttpRequest& request, const Url& here, const HttpResponse& response) {
  if (!is_redirect(response.status) || request.redirects == HttpRedirects::none || request.method == "POST") return std::nullopt;
  const std::string_view location = response.header("location");
  if (location.empty()) return std::nullopt;
  const bool names_host = location.starts_with("//") || location.find("://") != std::string_view::npos;
  if (names_host && request.redirects == HttpRedirects::relative) return std::nullopt;
  const Url next = resolve_url(here, location);
  if (here.scheme == "https" && next.scheme == "http")
    throw Error(ErrorCode::io, here.origin() + " leads from https to " + next.origin() + ": not followed");
  return next;
}

/// One try with its redirects. Once an address of another origin was met, no secret is sent any more, wherever the way leads.
Outcome try_once(CURL* handle, const HttpRequest& request, const HttpOptions& options, const HttpClient::Sink& sink,
                 const CancelToken& cancel) {
  Url url = parse_url(request.url);
  const std::string first_origin = url.origin();
  bool with_secrets = true;
  for (int n = 0; n <= kMaxRedirects; ++n) {
    Outcome outcome = transfer(handle, request, url, with_secrets, options, sink, cancel);
    if (!outcome.failure.empty()) return outcome;
    std::optional<Url> next = next_url(request, url, outcome.response);
    if (!next) return outcome;
    url = *std::move(next);
    with_secrets = with_secrets && url.origin() == first_origin;
  }
  throw Error(ErrorCode::io, first_origin + " leads on more than " + std::to_string(kMaxRedirects) + " times");
}

std::string what_failed(const Outcome& outcome) {
  if (!outcome.failure.empty()) return outcome.failure;
  return parse_url(outcome.response.url).origin() + " answers " + std::to_string(outcome.response.status);
}

std::uint64_t seed_of_now() {
  const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return now ^ (static_cast<std::uint64_t>(::getpid()) << 40);
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const noexcept {
  for (const HttpHeader& header : headers)
    if (header.name == name) return header.value;
  return {};
}

HttpOptions HttpOptions::from_environment() {
  HttpOptions options;
  const char* text = std::getenv("AKIN_HTTP_TIMEOUT");
  if (text == nullptr || *text == '\0') return options;
  const std::string_view value = text;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.idle_seconds);
  if (error != std::errc() || end != value.data() + value.size() || !(options.idle_seconds > 0) || options.idle_seconds > 86'400)
    throw Error(ErrorCode::invalid_argument,
                "AKIN_HTTP_TIMEOUT is '" + std::string(value) + "'; seconds are wanted, over 0 and at most 86400");
  options.connect_seconds = std::min(options.connect_seconds, options.idle_seconds);
  return options;
}

struct HttpClient::Impl {
  HttpOptions options;
  std::mutex mutex;
  std::vector<CurlHandle> free;
  Rng rng{seed_of_now()};

  CurlHandle take() {
    const std::lock_guard lock(mutex);
    if (free.empty()) return open_handle();
    CurlHandle handle = std::move(free.back());
    free.pop_back();
    return handle;
  }
  void give_back(CurlHandle handle) {
    const std::lock_guard lock(mutex);
    free.push_back(std::move(handle));
  }
  double wait_before(const Outcome& outcome, int n_failed) {
    const std::lock_guard lock(mutex);
    const double own = backoff(options, n_failed, rng);
    return std::max(own, retry_after(outcome.response.header("retry-after"), std::time(nullptr)).value_or(0));
  }
  [[nodiscard]] bool is_over(const Outcome& outcome, int n_failed) const {
    const bool failed = !outcome.failure.empty();
    if (failed ? !outcome.may_pass : !is_passing(outcome.response.status)) return true;
    return n_failed >= options.tries || (!failed && options.is_final && options.is_final(outcome.response));
  }
};

HttpClient::HttpClient(HttpOptions options) : impl_(std::make_unique<Impl>()) { impl_->options = std::move(options); }
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpResponse HttpClient::send(const HttpRequest& request, Context& context) const {
  return send([&] { return request; }, {}, context);
}

HttpResponse HttpClient::send(const Maker& make, const Sink& sink, Context& context) const {
  CurlHandle handle = impl_->take();
  for (int n_failed = 0;;) {
    Outcome outcome = try_once(handle.get(), make(), impl_->options, sink, context.cancel);
    n_failed = outcome.progressed ? 1 : n_failed + 1;
    if (impl_->is_over(outcome, n_failed)) {
      impl_->give_back(std::move(handle));
      if (outcome.failure.empty()) return std::move(outcome.response);
      throw Error(ErrorCode::io, outcome.failure + (n_failed > 1 ? " (tried " + std::to_string(n_failed) + " times)" : ""));
    }
    const double seconds = impl_->wait_before(outcome, n_failed);
    if (seconds > impl_->options.longest_wait)
      throw Error(ErrorCode::io, what_failed(outcome) + " and asks to wait " + std::to_string(static_cast<long long>(seconds)) + " s");
    context.info(what_failed(outcome) + "; trying again in " + std::to_string(static_cast<int>(1000 * seconds)) + " ms, " +
                 std::to_string(n_failed) + " of " + std::to_string(impl_->options.tries) + " tries are used");
    wait_for(seconds, context.cancel);
  }
}

}  // namespace akin
