// The addresses of a Hub and what its refusals mean. Tested by pull_test.cc and tests/end_to_end/pull_test.py.
#pragma once

#include <string>

#include "akin/hub/http.h"
#include "hub_metadata.h"

namespace akin::hub {

struct HubSettings {
  std::string endpoint;  ///< without a slash at its end
  std::string token;     ///< empty without one
  bool offline = false;

  /// HF_ENDPOINT, HF_TOKEN or the token's file, HF_HUB_OFFLINE. Throws Error{invalid_argument} for an endpoint that is no address.
  static HubSettings from_environment();
};

class HubClient {
 public:
  explicit HubClient(HubSettings settings);

  /// Throws Error{not_found} where the Hub knows no such model (or does not show it without a token) or revision, Error{io},
  /// Error{corrupt}.
  RepositoryInfo info(const std::string& name, const std::string& revision, Context& context) const;
  FileMetadata metadata(const std::string& name, const std::string& commit, const std::string& file, Context& context) const;
  /// A GET for a file's bytes.
  [[nodiscard]] HttpRequest file_request(const std::string& name, const std::string& commit, const std::string& file) const;
  [[nodiscard]] const HttpClient& http() const noexcept { return http_; }

 private:
  [[nodiscard]] HttpRequest request(const std::string& path) const;
  [[noreturn]] void refuse(const HttpResponse& response, const std::string& name, const std::string& what) const;

  HubSettings settings_;
  HttpClient http_;
};

}  // namespace akin::hub
