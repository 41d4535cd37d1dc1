// Vectors from a server, as an EmbedderBackend: batches within its limits, several requests at a time, each tried again where that may
// help, answers checked and put in the order of the texts. Tested by remote_backend_test.cc and tests/end_to_end/remote_test.py.
#pragma once

#include <memory>

#include "akin/embed/backend.h"
#include "remote_provider.h"

namespace akin::hub {

/// Texts [begin, end) of one request.
struct RequestRange {
  std::size_t begin = 0, end = 0;
  friend bool operator==(const RequestRange&, const RequestRange&) = default;
};

/// In order, within the limits; a text that passes them alone goes alone.
std::vector<RequestRange> cut_requests(std::span<const std::size_t> n_tokens, std::size_t max_texts, std::size_t max_tokens);

/// `total` parted in the ratio of `weights`, so that the parts sum up to it.
std::vector<std::uint64_t> apportion(std::uint64_t total, std::span<const std::size_t> weights);

/// Sends a short text to learn the dimensions where the provider does not know them. Throws Error{invalid_argument} for options that a
/// remote model does not have (precision, max_tokens), and what the server's answer makes it throw.
std::unique_ptr<EmbedderBackend> make_remote_backend(std::unique_ptr<RemoteProvider> provider, const EmbedderOptions& options,
                                                     Context& context);

}  // namespace akin::hub
