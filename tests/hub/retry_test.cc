#include "retry.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

TEST(Retry, ReadsSecondsAndDates) {
  const std::time_t now = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110
  EXPECT_EQ(retry_after("120", now), 120.0);
  EXPECT_EQ(retry_after("0", now), 0.0);
  EXPECT_EQ(retry_after("1.5", now), 1.5);
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), 60.0);
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0.0) << "what is past is not waited for";
}

TEST(Retry, IgnoresWhatIsNeither) {
  for (const char* bad : {"", "soon", "-1", "nan", "inf", "12 s", "1e400", "Sun, 06 Nov 1994", "06 Nov 1994 08:49:37 GMT x"})
    EXPECT_EQ(retry_after(bad, 0), std::nullopt) << bad;
}

TEST(Retry, WaitsLongerEachTimeAndNeverAsOthersDo) {
  Rng rng(1);
  HttpOptions options;
  for (int n = 1; n < 20; ++n) {
    const double whole = std::min(30.0, 0.5 * (1 << std::min(n - 1, 20)));
    const double first = backoff(options, n, rng), second = backoff(options, n, rng);
    for (const double wait : {first, second}) {
      EXPECT_GE(wait, whole / 2) << n;
      EXPECT_LE(wait, whole) << n;
    }
    EXPECT_NE(first, second);
  }
}

TEST(Retry, SleepsNotPastACancel) {
  CancelToken cancel;
  cancel.cancel();
  akin::testing::expect_error(ErrorCode::cancelled, "", [&] { wait_for(1000, cancel); });
}

}  // namespace
}  // namespace akin::hub
