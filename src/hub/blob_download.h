// One file into the cache: what arrived before is kept and continued, what has arrived is checked against its hash, and only then put in
// its place. Tested by pull_test.cc and tests/end_to_end/pull_test.py.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "akin/base/context.h"
#include "akin/hub/http.h"

namespace akin::hub {

struct Blob {
  std::string name;     ///< for messages: "org/model: config.json"
  HttpRequest request;  ///< a GET for its bytes
  std::string etag;     ///< its name in the cache, and its hash if it has 64 or 40 hexadecimal digits
  std::uint64_t size = 0;
  std::filesystem::path file;  ///< blobs/ETAG; what is not whole yet lies beside it as ETAG.incomplete
  std::filesystem::path lock;
};

struct BlobReport {
  const char* state = "there";  ///< or "fetched", "resumed"
  bool checked = false;         ///< against its hash; false where its ETag is none
  std::uint64_t n_fetched = 0;  ///< bytes that came over the wire
};

/// Throws Error{corrupt} for a wrong hash or size after a download from the beginning (nothing of it is kept), Error{io} with what arrived
/// kept for the next time, Error{cancelled} likewise. Advances context.progress by the file's bytes.
BlobReport download_blob(const HttpClient& client, const Blob& blob, Context& context);

}  // namespace akin::hub
