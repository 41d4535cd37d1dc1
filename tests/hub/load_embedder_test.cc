// One name, wherever the model is. Remote models: remote_backend_test.cc.
#include "akin/hub/load_embedder.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

TEST(LoadEmbedder, LoadsAFolderAsBefore) {
  const auto folder = golden::path("sentence-transformers/pool-mean");
  Context context(1);
  const LoadedEmbedder loaded = load_embedder(folder.string(), {}, context);
  EXPECT_EQ(loaded.source.origin, "path");
  EXPECT_EQ(loaded.embedder.fingerprint(), Embedder::load(folder, {}, context).fingerprint());
}

TEST(LoadEmbedder, TellsRemoteNamesFromOthers) {
  EXPECT_TRUE(is_remote_model("openai:x"));
  EXPECT_FALSE(is_remote_model("./openai:x"));
  Context context(1);
  testing::expect_error(ErrorCode::not_found, "no model", [&] { load_embedder("nowhere/to-be-found", {}, context); });
  testing::expect_error(ErrorCode::invalid_argument, "is not one of dimensions", [&] { load_embedder("openai:m?x=1", {}, context); });
}

TEST(LoadEmbedder, KnowsListPrices) {
  EXPECT_EQ(dollars_per_million_tokens("openai:text-embedding-3-small?dimensions=256"), 0.02);
  EXPECT_EQ(dollars_per_million_tokens("bedrock:amazon.titan-embed-text-v2:0"), 0.02);
  for (const char* unknown : {"", "all-MiniLM-L6-v2", "openai:other", "ollama:m", "openai+http://h#text-embedding-3-small"})
    EXPECT_EQ(dollars_per_million_tokens(unknown), 0) << unknown;
}

TEST(LoadEmbedder, ListsKindsThatItTakes) {
  for (const RemoteKindInfo& kind : remote_kinds()) {
    EXPECT_TRUE(is_remote_model(kind.name)) << kind.name;
    EXPECT_FALSE(kind.needs.empty());
  }
}

}  // namespace
}  // namespace akin
