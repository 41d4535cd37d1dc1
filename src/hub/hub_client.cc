#include "hub_client.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "bounded_json.h"
#include "cache_layout.h"
#include "url.h"

namespace akin::hub {
namespace {

constexpr const char* kHub = "https://huggingface.co";
constexpr std::uint64_t kMaxInfoBytes = std::uint64_t{16} << 20;  // 100,000 files with their hashes
constexpr std::size_t kMaxTokenBytes = 4096;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_on(std::string value) {
  for (char& c : value) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  return text;
}

std::string token_from_environment() {
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
    if (std::string token = without_blanks(variable(name)); !token.empty()) return token;
  std::filesystem::path file = variable("HF_TOKEN_PATH");
  if (file.empty() && !home_folder().empty()) file = home_folder() / "token";
  std::error_code ignored;
  if (file.empty() || !std::filesystem::is_regular_file(file, ignored)) return {};
  return without_blanks(read_file(file, kMaxTokenBytes));
}

}  // namespace

HubSettings HubSettings::from_environment() {
  HubSettings settings{variable("HF_ENDPOINT"), token_from_environment(), is_on(variable("HF_HUB_OFFLINE"))};
  if (settings.endpoint.empty()) settings.endpoint = kHub;
  while (settings.endpoint.ends_with('/')) settings.endpoint.pop_back();
  try {
    (void)parse_url(settings.endpoint);
  } catch (const Error& error) {
    throw Error(ErrorCode::invalid_argument, std::string("HF_ENDPOINT: ") + error.what());
  }
  return settings;
}

HubClient::HubClient(HubSettings settings) : settings_(std::move(settings)), http_(HttpOptions::from_environment()) {}

HttpRequest HubClient::request(const std::string& path) const {
  HttpRequest request;
  request.url = settings_.endpoint + path;
  request.redirects = HttpRedirects::relative;  // models that were renamed
  if (!settings_.token.empty()) request.secrets.push_back({"Authorization", "Bearer " + settings_.token});
  return request;
}

RepositoryInfo HubClient::info(const std::string& name, const std::string& revision, Context& context) const {
  HttpRequest ask = request("/api/models/" + percent_encode(name, "/") + "/revision/" + percent_encode(revision) + "?blobs=true");
  ask.max_bytes = kMaxInfoBytes;
  const HttpResponse response = http_.send(ask, context);
  if (response.status != 200) refuse(response, name, "revision '" + revision + "'");
  return parse_repository(response.body, parse_url(ask.url).shown());
}

HttpRequest HubClient::file_request(const std::string& name, const std::string& commit, const std::string& file) const {
  return request("/" + percent_encode(name, "/") + "/resolve/" + commit + "/" + percent_encode(file, "/"));
}

FileMetadata HubClient::metadata(const std::string& name, const std::string& commit, const std::string& file, Context& context) const {
  HttpRequest ask = file_request(name, commit, file);
  ask.method = "HEAD";
  ask.headers.push_back({"Accept-Encoding", "identity"});  // the size of the file, not of a packed form of it
  const HttpResponse response = http_.send(ask, context);
  // A redirect to where the bytes are carries the file's metadata: it is the answer.
  if (response.status >= 400 || response.status < 200) refuse(response, name, "the file " + file);
  return parse_file_metadata(response, commit, name + ": " + file);
}

void HubClient::refuse(const HttpResponse& response, const std::string& name, const std::string& what) const {
  const std::string code(response.header("x-error-code"));
  const std::string host = parse_url(settings_.endpoint).origin();
  const bool has_token = !settings_.token.empty();
  if (code == "GatedRepo" || (code.empty() && response.status == 403))
    throw Error(ErrorCode::io, name + " is gated: ask for access at " + host + "/" + name +
                                   (has_token ? "; the token that is set has none yet" : ", then set HF_TOKEN to a token that has it"));
  if (code == "RevisionNotFound") throw Error(ErrorCode::not_found, name + " has no " + what + " on " + host);
  if (code == "EntryNotFound") throw Error(ErrorCode::not_found, name + " has no longer " + what + " on " + host);
  // The Hub answers 401 for what it does not show, be it absent or private.
  if (code == "RepoNotFound" || response.status == 404 || response.status == 401)
    throw Error(ErrorCode::not_found, "no model '" + name + "' on " + host +
                                          (has_token ? " that the token shows" : " that is public (a private one needs HF_TOKEN)"));
  const std::string said = quotable(response.header("x-error-message"), 200);
  throw Error(ErrorCode::io, name + ": " + host + " answers " + std::to_string(response.status) + (said.empty() ? "" : ": " + said));
}

}  // namespace akin::hub
