#include "sigv4.h"

#include <algorithm>
#include <array>
#include <utility>

#include "akin/base/hmac.h"
#include "akin/base/sha256.h"
#include "url.h"

namespace akin::hub {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

std::string utc_text(std::time_t now, const char* format) {
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

/// White space at the ends goes, runs of it inside become one space.
std::string folded(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank)
      out.push_back(c);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Names in lower case, in order.
std::vector<HttpHeader> signed_headers(const HttpRequest& request, const Url& url, const std::vector<HttpHeader>& own) {
  std::vector<HttpHeader> headers = {{"host", url.origin().substr(url.scheme.size() + 3)}};
  for (const auto* list : {&request.headers, &own})
    for (const HttpHeader& header : *list) {
      HttpHeader one{header.name, folded(header.value)};
      for (char& c : one.name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      headers.push_back(std::move(one));
    }
  std::ranges::sort(headers, {}, &HttpHeader::name);
  return headers;
}

/// Parameters in order of name, then value. They come encoded.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parts;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    parts.emplace_back(part.substr(0, equals), part.substr(std::min(part.size(), equals + 1)));
  }
  std::ranges::sort(parts);
  std::string out;
  for (const auto& [name, value] : parts) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

}  // namespace

std::vector<HttpHeader> sign_v4(const HttpRequest& request, const AwsKeys& keys, const AwsScope& scope, std::time_t now) {
  const Url url = parse_url(request.url);
  const std::string time = utc_text(now, "%Y%m%dT%H%M%SZ"), day = time.substr(0, 8);
  std::vector<HttpHeader> own = {{"X-Amz-Date", time}};
  if (!keys.session_token.empty()) own.push_back({"X-Amz-Security-Token", keys.session_token});

  std::string header_lines, header_names;
  for (const HttpHeader& header : signed_headers(request, url, own)) {
    header_lines += header.name + ":" + header.value + "\n";
    header_names += (header_names.empty() ? "" : ";") + header.name;
  }
  const std::size_t question = std::min(url.target.find('?'), url.target.size());
  const std::string path = percent_encode(url.target.substr(0, question), "/~");
  const std::string query = canonical_query(std::string_view(url.target).substr(std::min(url.target.size(), question + 1)));
  const std::string canonical =
      request.method + "\n" + path + "\n" + query + "\n" + header_lines + "\n" + header_names + "\n" + sha256_hex(request.body);

  const std::string where = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign = std::string(kAlgorithm) + "\n" + time + "\n" + where + "\n" + sha256_hex(canonical);
  std::string key = "AWS4" + keys.secret;
  for (const std::string& part : {day, scope.region, scope.service, std::string("aws4_request")}) key = hmac_sha256_bytes(key, part);
  own.push_back({"Authorization", std::string(kAlgorithm) + " Credential=" + keys.id + "/" + where + ", SignedHeaders=" + header_names +
                                      ", Signature=" + hmac_sha256_hex(key, to_sign)});
  return own;
}

}  // namespace akin::hub
