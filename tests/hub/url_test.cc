#include "url.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;

TEST(Url, HasParts) {
  const Url url = parse_url("HTTPS://Example.ORG:8443/a/b?q=1#part");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target, "/a/b?q=1");
  EXPECT_EQ(url.text(), "https://example.org:8443/a/b?q=1");
  EXPECT_EQ(url.shown(), "https://example.org:8443/a/b");
}

TEST(Url, KnowsTheUsualPorts) {
  EXPECT_EQ(parse_url("http://h").port, 80);
  EXPECT_EQ(parse_url("https://h:443/x").origin(), "https://h");
  EXPECT_EQ(parse_url("http://h:443").origin(), "http://h:443");
  EXPECT_EQ(parse_url("http://h?x").target, "/?x");
}

TEST(Url, KnowsThisMachine) {
  for (const char* here : {"http://localhost:1", "http://127.0.0.1/", "http://127.1.2.3", "http://[::1]:8080/x"})
    EXPECT_TRUE(parse_url(here).is_loopback()) << here;
  for (const char* there : {"http://example.org", "http://10.0.0.1", "http://[::2]/"})
    EXPECT_FALSE(parse_url(there).is_loopback()) << there;
  EXPECT_EQ(parse_url("http://[::1]:8080/x").host, "[::1]");
}

TEST(Url, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", "example.org", "ftp://x", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///x", "http://a b",
                          "http://a\r\nHost: b", "http://h:0", "http://h:70000", "http://h:x", "http://h:", "http://h\\x", "http://ü"})
    expect_error(ErrorCode::invalid_argument, "the address", [&] { parse_url(bad); });
}

TEST(Url, TakesNoPasswordAndDoesNotRepeatIt) {
  const auto error = akin::testing::error_of([] { parse_url("https://user:hunter2@h/"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()).find("hunter2"), std::string::npos) << error->what();
}

TEST(Url, ResolvesWhatARedirectNames) {
  const Url base = parse_url("https://h:8443/a/b?q=1");
  EXPECT_EQ(resolve_url(base, "http://other/x").text(), "http://other/x");
  EXPECT_EQ(resolve_url(base, "//other/x").text(), "https://other/x");
  EXPECT_EQ(resolve_url(base, "/x?y").text(), "https://h:8443/x?y");
  EXPECT_EQ(resolve_url(base, "c").text(), "https://h:8443/a/c");
  EXPECT_EQ(resolve_url(base, "?z=2").text(), "https://h:8443/a/b?z=2");
  EXPECT_EQ(resolve_url(base, "/x?to=http://other").text(), "https://h:8443/x?to=http://other");
}

TEST(Url, EncodesAllButPlainCharacters) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("amazon.titan-embed-text-v2:0"), "amazon.titan-embed-text-v2%3A0");
  EXPECT_EQ(percent_encode("a/b c%"), "a%2Fb%20c%25");
  EXPECT_EQ(percent_encode("a/b", "/"), "a/b");
  EXPECT_EQ(percent_encode("é"), "%C3%A9");
}

}  // namespace
}  // namespace akin::hub
