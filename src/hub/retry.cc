#include "retry.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <string>

namespace akin::hub {
namespace {

constexpr double kLongestBackoff = 30;
// How late a cancel may be noticed.
constexpr double kSlice = 0.05;

}  // namespace

bool is_passing(int status) noexcept {
  constexpr int kPassing[] = {408, 425, 429, 500, 502, 503, 504, 529};
  return std::ranges::find(kPassing, status) != std::end(kPassing);
}

std::optional<double> retry_after(std::string_view value, std::time_t now) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size())
    return std::isfinite(seconds) && seconds >= 0 ? std::optional(seconds) : std::nullopt;
  std::tm parts{};
  const std::string text(value);
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return std::max(0.0, std::difftime(::timegm(&parts), now));
}

double backoff(const HttpOptions& options, int n_failed, Rng& rng) {
  const double whole = std::min(kLongestBackoff, options.first_delay * std::exp2(std::max(0, n_failed - 1)));
  return whole * (0.5 + 0.5 * static_cast<double>(rng.uniform()));
}

void wait_for(double seconds, const CancelToken& cancel) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    cancel.check();
    const double left = std::chrono::duration<double>(end - std::chrono::steady_clock::now()).count();
    never.wait_for(lock, std::chrono::duration<double>(std::clamp(left, 0.0, kSlice)));
  }
  cancel.check();
}

}  // namespace akin::hub
