#include "remote_name.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

TEST(RemoteName, HasAKindAModelAndMaybeAnEndpoint) {
  RemoteName name = parse_remote_name("openai:text-embedding-3-small");
  EXPECT_EQ(name.kind, RemoteKind::openai);
  EXPECT_EQ(name.model, "text-embedding-3-small");
  EXPECT_EQ(name.endpoint, "");
  name = parse_remote_name("openai+http://127.0.0.1:8080/v1/#BAAI/bge-m3");
  EXPECT_EQ(name.endpoint, "http://127.0.0.1:8080/v1");
  EXPECT_EQ(name.model, "BAAI/bge-m3");
  name = parse_remote_name("ollama:nomic-embed-text:v1.5");
  EXPECT_EQ(name.kind, RemoteKind::ollama);
  EXPECT_EQ(name.model, "nomic-embed-text:v1.5");
  name = parse_remote_name("bedrock:amazon.titan-embed-text-v2:0");
  EXPECT_EQ(name.kind, RemoteKind::bedrock);
  EXPECT_EQ(name.model, "amazon.titan-embed-text-v2:0");
}

TEST(RemoteName, HasSettingsBehindIt) {
  const RemoteName name = parse_remote_name("openai+https://h/v1#m?dimensions=256&max_tokens=8192&normalize=false");
  EXPECT_EQ(name.model, "m");
  EXPECT_EQ(name.dimensions, 256U);
  EXPECT_EQ(name.max_tokens, 8192U);
  EXPECT_EQ(name.normalize, false);
  EXPECT_EQ(parse_remote_name("ollama:m").normalize, std::nullopt);
}

TEST(RemoteName, IsToldFromOtherNames) {
  for (const char* remote : {"openai:x", "openai+http://h#m", "ollama:x", "ollama+x", "bedrock:x"})
    EXPECT_TRUE(is_remote_name(remote)) << remote;
  for (const char* other : {"", "openai", "./openai:x", "openai/model", "all-MiniLM-L6-v2", "http://h", "OPENAI:x"})
    EXPECT_FALSE(is_remote_name(other)) << other;
}

TEST(RemoteName, SaysWhatIsWrong) {
  const auto refuses = [](const char* name, const char* says) {
    akin::testing::expect_error(ErrorCode::invalid_argument, says, [&] { parse_remote_name(name); });
  };
  refuses("openai:", "a model's name of 1 to 256 bytes");
  refuses("openai:a b", "white space");
  refuses("openai+http://h/v1", "behind a '#'");
  refuses("openai+ftp://h#m", "http:// or https://");
  refuses("openai+http://user:hunter2@h#m", "pass keys by environment variables");
  refuses("openai+http://h?q#m", "an endpoint has no '?'");
  refuses("openai:m?dims=3", "'dims' is not one of dimensions, max_tokens, normalize");
  refuses("openai:m?dimensions=0", "dimensions must be a number");
  refuses("openai:m?dimensions=", "dimensions must be a number");
  refuses("openai:m?max_tokens=1e9", "max_tokens must be a number");
  refuses("openai:m?normalize=yes", "true or false");
  refuses("local", "not the name of a remote model");
}

}  // namespace
}  // namespace akin::hub
