// Against the headers that botocore signs with: tests/golden/sigv4/cases.json.
#include "sigv4.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace akin::hub {
namespace {

using Json = nlohmann::json;

std::string body_of(const Json& body) {
  if (body.is_string()) return body.get<std::string>();
  return std::string(body.at("n").get<std::size_t>(), body.at("repeat").get<std::string>().front());
}

TEST(SigV4, SignsAsBotocoreDoes) {
  std::ifstream file(std::string(AKIN_GOLDEN) + "/sigv4/cases.json");
  const Json golden = Json::parse(file);
  ASSERT_GE(golden.at("cases").size(), 10U);
  for (const Json& one : golden.at("cases")) {
    SCOPED_TRACE(one.at("name").get<std::string>());
    HttpRequest request;
    request.method = one.at("method");
    request.url = one.at("url");
    for (const auto& [name, value] : one.at("headers").items()) request.headers.push_back({name, value.get<std::string>()});
    request.body = body_of(one.at("body"));
    const AwsKeys keys{one.at("id"), one.at("secret"), one.at("session_token")};
    Json got;
    for (const HttpHeader& header : sign_v4(request, keys, {one.at("region"), one.at("service")}, one.at("now").get<std::time_t>()))
      got[header.name] = header.value;
    EXPECT_EQ(got, one.at("wanted"));
  }
}

TEST(SigV4, ChangesWithAllThatIsSent) {
  HttpRequest request;
  request.method = "POST";
  request.url = "https://h/model/a%3A0/invoke";
  request.body = "x";
  const AwsKeys keys{"id", "secret", ""};
  const auto signature = [&](const HttpRequest& one, const AwsKeys& with) { return sign_v4(one, with, {"r", "s"}, 0).back().value; };
  const std::string plain = signature(request, keys);
  HttpRequest other = request;
  other.body = "y";
  EXPECT_NE(signature(other, keys), plain);
  other = request;
  other.url = "https://h/model/a:0/invoke";
  EXPECT_NE(signature(other, keys), plain) << "%3A and ':' are different paths";
  EXPECT_NE(signature(request, {"id", "Secret", ""}), plain);
  EXPECT_EQ(plain.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace akin::hub
