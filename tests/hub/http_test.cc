// The client against a server in this process that keeps the rules or breaks them.
#include "akin/hub/http.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "base/throws.h"
#include "loopback_server.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::LoopbackServer;
using testing::SeenRequest;

HttpOptions quick() {
  HttpOptions options;
  options.first_delay = 0.01;
  options.idle_seconds = 5;
  return options;
}

HttpRequest get(const std::string& url, HttpRedirects redirects = HttpRedirects::none) {
  HttpRequest request;
  request.url = url;
  request.redirects = redirects;
  request.secrets = {{"Authorization", "Bearer secret"}};
  return request;
}

TEST(Http, GivesStatusHeadersAndBody) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(200, "hello", "X-Some: thing \r\n"); });
  Context context(1);
  const HttpResponse response = HttpClient(quick()).send(get(server.url("/a%2Fb/../c?q=1")), context);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.header("x-some"), "thing");
  EXPECT_EQ(response.header("x-other"), "");
  const SeenRequest seen = server.requests().at(0);
  EXPECT_EQ(seen.target, "/a%2Fb/../c?q=1") << "a path goes out as it is written: signatures are over it";
  EXPECT_EQ(seen.header("Authorization"), "Bearer secret");
  EXPECT_TRUE(seen.header("User-Agent").starts_with("akin/"));
}

TEST(Http, SendsABodyAndNeverFollowsWithIt) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(307, "", "Location: /elsewhere\r\n"); });
  Context context(1);
  HttpRequest request = get(server.url("/x"), HttpRedirects::any);
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::string("{}\0x", 4);
  EXPECT_EQ(HttpClient(quick()).send(request, context).status, 307);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].body, request.body);
  EXPECT_EQ(server.requests()[0].header("Content-Type"), "application/json");
}

TEST(Http, KeepsSecretsFromEveryOtherOrigin) {
  const LoopbackServer other([](const SeenRequest&) { return LoopbackServer::reply(200, "bytes"); });
  const LoopbackServer server([&](const SeenRequest& request) {
    const std::string to = request.target == "/port" ? other.url("/x") : request.target == "/name" ? other.other_name("/x") : "/port";
    return LoopbackServer::reply(302, "", "Location: " + to + "\r\n");
  });
  Context context(1);
  for (const char* target : {"/port", "/name", "/first"}) {
    EXPECT_EQ(HttpClient(quick()).send(get(server.url(target), HttpRedirects::any), context).body, "bytes");
    EXPECT_EQ(other.requests().back().head.find("secret"), std::string::npos) << target;
  }
  for (const SeenRequest& seen : server.requests()) EXPECT_EQ(seen.header("Authorization"), "Bearer secret") << seen.target;
}

TEST(Http, GivesNoSecretBackToAHostThatAnotherOneLeadsTo) {
  std::string back;
  const LoopbackServer other([&](const SeenRequest&) { return LoopbackServer::reply(302, "", "Location: " + back + "\r\n"); });
  const LoopbackServer server([&](const SeenRequest& request) {
    return request.target == "/end" ? LoopbackServer::reply(200, "end")
                                    : LoopbackServer::reply(302, "", "Location: " + other.url("/x") + "\r\n");
  });
  back = server.url("/end");
  Context context(1);
  EXPECT_EQ(HttpClient(quick()).send(get(server.url("/"), HttpRedirects::any), context).body, "end");
  EXPECT_EQ(server.requests().back().header("Authorization"), "");
}

TEST(Http, FollowsOnlyAsFarAsAskedFor) {
  const LoopbackServer server([&](const SeenRequest& request) {
    if (request.target == "/relative") return LoopbackServer::reply(307, "", "Location: /end\r\n");
    if (request.target == "/end") return LoopbackServer::reply(200, "end");
    if (request.target == "/loop") return LoopbackServer::reply(302, "", "Location: /loop\r\n");
    return LoopbackServer::reply(302, "", "Location: http://" + request.header("Host") + "/end\r\n");
  });
  Context context(1);
  const HttpClient client(quick());
  EXPECT_EQ(client.send(get(server.url("/relative"), HttpRedirects::none), context).status, 307);
  EXPECT_EQ(client.send(get(server.url("/relative"), HttpRedirects::relative), context).body, "end");
  EXPECT_EQ(client.send(get(server.url("/absolute"), HttpRedirects::relative), context).status, 302);
  EXPECT_EQ(client.send(get(server.url("/absolute"), HttpRedirects::any), context).body, "end");
  expect_error(ErrorCode::io, "more than 10 times", [&] { client.send(get(server.url("/loop"), HttpRedirects::any), context); });
}

TEST(Http, RefusesToBeLedToAnotherScheme) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(302, "", "Location: file:///etc/passwd\r\n"); });
  Context context(1);
  expect_error(ErrorCode::invalid_argument, "http:// or https:// is wanted",
               [&] { HttpClient(quick()).send(get(server.url("/"), HttpRedirects::any), context); });
}

TEST(Http, TriesAgainWhatMayPassAndOnlyThat) {
  for (const int status : {400, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504}) {
    std::atomic<int> n{0};
    const LoopbackServer server([&](const SeenRequest&) { return LoopbackServer::reply(n++ < 2 ? status : 200, ""); });
    Context context(1);
    const bool passes = status == 408 || status == 429 || (status >= 500 && status != 501);
    EXPECT_EQ(HttpClient(quick()).send(get(server.url("/")), context).status, passes ? 200 : status) << status;
    EXPECT_EQ(n, passes ? 3 : 1) << status;
  }
}

TEST(Http, GivesTheLastAnswerAfterTheLastTry) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(503, "busy"); });
  Context context(1);
  const HttpResponse response = HttpClient(quick()).send(get(server.url("/")), context);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "busy");
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST(Http, StopsAtAnAnswerThatTheCallerCallsFinal) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(429, "no money left"); });
  HttpOptions options = quick();
  options.is_final = [](const HttpResponse& response) { return response.body == "no money left"; };
  Context context(1);
  EXPECT_EQ(HttpClient(options).send(get(server.url("/")), context).status, 429);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Http, AsksTheMakerBeforeEachTry) {
  const LoopbackServer server([](const SeenRequest& request) { return LoopbackServer::reply(request.target == "/2" ? 200 : 500, ""); });
  Context context(1);
  int n = 0;
  const auto make = [&] { return get(server.url("/" + std::to_string(n++))); };
  EXPECT_EQ(HttpClient(quick()).send(make, {}, context).status, 200);
  EXPECT_EQ(n, 3);
}

TEST(Http, TriesACutBodyAgainAndGoesOnWhileSomethingArrives) {
  const std::string text(100, 'x');
  const LoopbackServer server([&](const SeenRequest& request) {
    const std::size_t begin = std::stoul(request.target.substr(1));
    // Ten bytes of what is announced, each time.
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size() - begin) + "\r\n\r\n" + text.substr(begin, 10);
  });
  Context context(1);
  std::string got;
  const auto make = [&] { return get(server.url("/" + std::to_string(got.size()))); };
  const auto response = HttpClient(quick()).send(
      make, [&](const HttpResponse&, std::string_view part) { got += part; }, context);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(got, text);
  EXPECT_EQ(server.requests().size(), 10U) << "more tries than five in a row are allowed, as each of them got something";
}

TEST(Http, TakesNoMoreThanTheLimit) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(200, std::string(5000, 'x')); });
  HttpRequest request = get(server.url("/"));
  Context context(1);
  request.max_bytes = 5000;
  EXPECT_EQ(HttpClient(quick()).send(request, context).body.size(), 5000U);
  request.max_bytes = 4999;
  expect_error(ErrorCode::limit, "more than the 4999 bytes", [&] { HttpClient(quick()).send(request, context); });
}

TEST(Http, KeepsLittleOfALongErrorPage) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(404, std::string(1'000'000, 'x')); });
  Context context(1);
  EXPECT_EQ(HttpClient(quick()).send(get(server.url("/")), context).body.size(), 65536U);
}

TEST(Http, RefusesAHeadWithoutEnd) {
  const LoopbackServer server([](const SeenRequest&) {
    std::string headers;
    for (int i = 0; i < 2000; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
    return LoopbackServer::reply(200, "", headers);
  });
  Context context(1);
  expect_error(ErrorCode::limit, "a head without end", [&] { HttpClient(quick()).send(get(server.url("/")), context); });
}

TEST(Http, NamesAServerThatIsNotThere) {
  std::string url;
  {
    url = LoopbackServer([](const SeenRequest&) { return std::string(); }).url("/?key=hidden");
  }
  Context context(1);
  const auto error = testing::error_of([&] { HttpClient(quick()).send(get(url), context); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::io);
  EXPECT_NE(std::string(error->what()).find("tried 5 times"), std::string::npos) << error->what();
  EXPECT_EQ(std::string(error->what()).find("hidden"), std::string::npos) << error->what();
}

TEST(Http, GivesUpASilentServer) {
  std::promise<void> over;
  const std::shared_future<void> end = over.get_future().share();
  const LoopbackServer server([&](const SeenRequest&) {
    end.wait();
    return std::string();
  });
  HttpOptions options = quick();
  options.total_seconds = 0.2;
  options.tries = 2;
  Context context(1);
  expect_error(ErrorCode::io, "timed out", [&] { HttpClient(options).send(get(server.url("/")), context); });
  over.set_value();
}

TEST(Http, StopsWhenCancelled) {
  Context context(1);
  const LoopbackServer server([&](const SeenRequest&) {
    context.cancel.cancel();
    return LoopbackServer::reply(503, "", "Retry-After: 100\r\n");
  });
  expect_error(ErrorCode::cancelled, "", [&] { HttpClient(quick()).send(get(server.url("/")), context); });
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Http, PassesOnWhatTheSinkThrows) {
  const LoopbackServer server([](const SeenRequest&) { return LoopbackServer::reply(200, "x"); });
  Context context(1);
  const auto sink = [](const HttpResponse&, std::string_view) { throw Error(ErrorCode::io, "the disk is full"); };
  expect_error(ErrorCode::io, "the disk is full", [&] { HttpClient(quick()).send([&] { return get(server.url("/")); }, sink, context); });
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Http, RefusesAKeyWithALineEnd) {
  Context context(1);
  HttpRequest request = get("http://127.0.0.1:1/");
  request.secrets = {{"Authorization", "Bearer a\r\nX-Evil: b"}};
  const auto error = testing::error_of([&] { HttpClient(quick()).send(request, context); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::invalid_argument);
  EXPECT_EQ(std::string(error->what()).find("Bearer"), std::string::npos) << error->what();
}

TEST(Http, ReadsTheTimeoutOfTheEnvironment) {
  ::setenv("AKIN_HTTP_TIMEOUT", "2.5", 1);
  EXPECT_EQ(HttpOptions::from_environment().idle_seconds, 2.5);
  for (const char* bad : {"0", "-1", "soon", "1x", "nan", "1e9"}) {
    ::setenv("AKIN_HTTP_TIMEOUT", bad, 1);
    expect_error(ErrorCode::invalid_argument, "AKIN_HTTP_TIMEOUT", [] { HttpOptions::from_environment(); });
  }
  ::unsetenv("AKIN_HTTP_TIMEOUT");
  EXPECT_EQ(HttpOptions::from_environment().idle_seconds, 60);
}

}  // namespace
}  // namespace akin
