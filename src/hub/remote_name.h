// The names of remote models, for --model and for what a collection remembers:
//   openai:MODEL                    https://api.openai.com/v1, or $OPENAI_BASE_URL
//   openai+http://HOST/v1#MODEL     any endpoint that speaks OpenAI's contract
//   ollama:MODEL                    http://127.0.0.1:11434, or $OLLAMA_HOST
//   ollama+http://HOST#MODEL
//   bedrock:MODEL                   https://bedrock-runtime.$AWS_REGION.amazonaws.com
//   bedrock+https://HOST#MODEL
// each with settings behind it: "?dimensions=256&max_tokens=512&normalize=false". Tested by remote_name_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akin::hub {

enum class RemoteKind { openai, ollama, bedrock };

struct RemoteName {
  RemoteKind kind = RemoteKind::openai;
  std::string name;      ///< as given
  std::string endpoint;  ///< from the name; empty where it has none
  std::string model;
  std::size_t dimensions = 0;  ///< 0 = the model's
  std::size_t max_tokens = 0;  ///< that the model reads; 0 = what is known of it
  std::optional<bool> normalize;
};

std::string_view name_of(RemoteKind kind) noexcept;

/// Whether `name` begins as one of the above. A file of such a name is meant by "./openai:…".
bool is_remote_name(std::string_view name) noexcept;

/// Throws Error{invalid_argument} naming what is wrong and what is wanted.
RemoteName parse_remote_name(std::string_view name);

}  // namespace akin::hub
