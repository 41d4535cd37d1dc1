// Signatures for Amazon Web Services, version 4 ("Create a signed AWS API request", AWS General Reference). Equal to botocore's:
// tests/golden/sigv4, made by tools/make_sigv4_cases.py. Tested by sigv4_test.cc.
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "akin/hub/http.h"

namespace akin::hub {

struct AwsKeys {
  std::string id, secret;
  std::string session_token;  ///< empty for keys that last
};

struct AwsScope {
  std::string region;   ///< "us-east-1"
  std::string service;  ///< "bedrock"
};

/// The headers that sign `request`: X-Amz-Date, X-Amz-Security-Token, Authorization. Signed are its method, address, headers and body as
/// they stand, so that nothing may be changed afterwards. The path of `request.url` is percent-encoded already; it is encoded once more in
/// what is signed, as every service but S3 wants it.
std::vector<HttpHeader> sign_v4(const HttpRequest& request, const AwsKeys& keys, const AwsScope& scope, std::time_t now);

}  // namespace akin::hub
