// libcurl, loaded when it is first needed: it brings some thirty shared libraries, which a program that sends nothing should not pay for.
// Tested by http_test.cc.
#pragma once

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

namespace akin::hub {

struct CurlLibrary {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

/// Loads it once a process. Throws Error{unsupported} saying which package to install.
const CurlLibrary& curl_library();

}  // namespace akin::hub
