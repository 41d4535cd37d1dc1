// One request and its answer through libcurl, without redirects and without a second try. Tested by http_test.cc.
#pragma once

#include <memory>
#include <string>

#include "akin/hub/http.h"
#include "curl_library.h"
#include "url.h"

namespace akin::hub {

struct CurlClose {
  void operator()(CURL* handle) const noexcept;
};
/// Keeps its connections from one transfer to the next.
using CurlHandle = std::unique_ptr<CURL, CurlClose>;
CurlHandle open_handle();

struct Outcome {
  HttpResponse response;
  std::string failure;      ///< empty where an answer came
  bool may_pass = false;    ///< of a failure: another try may go well
  bool progressed = false;  ///< a byte of a 2xx body arrived
};

/// Sends `request` to `url` (its own or what a redirect led to), with its secrets if `with_secrets`. Throws what the sink throws,
/// Error{limit}, Error{cancelled}.
Outcome transfer(CURL* handle, const HttpRequest& request, const Url& url, bool with_secrets, const HttpOptions& options,
                 const HttpClient::Sink& sink, const CancelToken& cancel);

}  // namespace akin::hub
