#include "remote_provider.h"

#include <array>
#include <cstdlib>

#include "akin/base/error.h"
#include "bounded_json.h"

namespace akin::hub {
namespace {

/// A server may repeat what it was sent.
std::string without_secrets(std::string text, const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  for (const HttpHeader& secret : request.secrets) {
    std::string_view value = secret.value;
    if (value.starts_with(kBearer)) value.remove_prefix(kBearer.size());
    if (value.empty()) continue;
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at)) text.replace(at, value.size(), "***");
  }
  return text;
}

struct Price {
  RemoteKind kind;
  std::string_view model;
  double dollars;
};
constexpr std::array<Price, 4> kPrices = {{{RemoteKind::openai, "text-embedding-3-small", 0.02},
                                           {RemoteKind::openai, "text-embedding-3-large", 0.13},
                                           {RemoteKind::openai, "text-embedding-ada-002", 0.10},
                                           {RemoteKind::bedrock, "amazon.titan-embed-text-v2:0", 0.02}}};

}  // namespace

double list_price(const RemoteName& name) noexcept {
  for (const Price& price : kPrices)
    if (price.kind == name.kind && price.model == name.model) return price.dollars;
  return 0;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

HttpRequest json_post(const std::string& url, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = std::move(body);
  return request;
}

void throw_refused(const RemoteSpec& spec, const HttpRequest& request, const HttpResponse& response) {
  // Cut after the keys are out, not before: half a key would not be found.
  const std::string said = quotable(without_secrets(server_message(response.body), request), 200);
  std::string message = spec.name + ": " + spec.server + " answers " + std::to_string(response.status) + (said.empty() ? "" : ": " + said);
  ErrorCode code = ErrorCode::io;
  if (response.status == 401 || response.status == 403) message += spec.key_hint.empty() ? "" : "; " + spec.key_hint;
  if (response.status == 404) code = ErrorCode::not_found;
  throw Error(code, message);
}

std::unique_ptr<RemoteProvider> make_remote_provider(const RemoteName& name, std::size_t dims, Context& context) {
  switch (name.kind) {
    case RemoteKind::ollama:
      return make_ollama_provider(name, context);
    case RemoteKind::bedrock:
      return make_bedrock_provider(name, dims);
    case RemoteKind::openai:
      break;
  }
  return make_openai_provider(name, dims, context);
}

}  // namespace akin::hub
