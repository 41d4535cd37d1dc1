// How long to wait before another try. Tested by retry_test.cc.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

#include "akin/base/rng.h"
#include "akin/base/thread_pool.h"
#include "akin/hub/http.h"

namespace akin::hub {

/// Whether a later answer may be another one: 408, 425, 429, 500, 502, 503, 504, 529.
bool is_passing(int status) noexcept;

/// Seconds that a Retry-After header asks for: a number, or a date as HTTP writes it (RFC 9110, 10.2.3). Nothing if it is neither.
std::optional<double> retry_after(std::string_view value, std::time_t now);

/// Before try `n_failed` + 1: doubled each time up to 30 s, of which a random half to the whole, so that many clients do not come back as
/// one.
double backoff(const HttpOptions& options, int n_failed, Rng& rng);

/// Sleeps, but not past a cancel. Throws Error{cancelled}.
void wait_for(double seconds, const CancelToken& cancel);

}  // namespace akin::hub
