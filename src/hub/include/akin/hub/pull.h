// A model from a Hub (huggingface.co, or $HF_ENDPOINT) into the local cache, where resolve_model() and other tools find it. Asked for,
// never silent. Tested by pull_test.cc and tests/end_to_end/pull_test.py.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

struct PullOptions {
  std::string revision = "main";     ///< a branch, a tag or a commit
  std::vector<std::string> include;  ///< patterns ("*", "?") of the files that are wanted; empty = those that akin reads
  std::vector<std::string> exclude;  ///< patterns of those that are not
};

struct PulledFile {
  std::string name;
  std::uint64_t size = 0;
  std::string state;     ///< "fetched", "resumed", "there"
  bool checked = false;  ///< its hash was compared in this run
};

struct PullReport {
  std::string name;  ///< what to pass as --model
  std::string revision, commit;
  std::filesystem::path folder;  ///< the snapshot
  std::vector<PulledFile> files;
  std::vector<std::string> left_out;  ///< what the model holds besides
  std::uint64_t n_bytes_fetched = 0;
  double seconds = 0;
};

/// `name`: "org/model", or a bare name, which is also looked for under sentence-transformers/. Environment: HF_ENDPOINT, HF_TOKEN (or the
/// file $HF_TOKEN_PATH, $HF_HOME/token), HF_HUB_CACHE, HF_HOME, HF_HUB_OFFLINE (then only what is cached is found), AKIN_HTTP_TIMEOUT. The
/// token goes to the endpoint's host alone. Files are checked against the hashes that the Hub announces and appear when they are whole; the
/// revision points to the new snapshot when all of them are there. A run that was stopped goes on where it was.
/// Throws Error{not_found}, Error{unsupported} (nothing that akin reads), Error{corrupt}, Error{io} (network, no access, disk full),
/// Error{cancelled}, Error{invalid_argument}.
PullReport pull_model(std::string_view name, const PullOptions& options, Context& context);

}  // namespace akin
