// One model from a server in this process. What a person sees, and the faults of networks and servers: tests/end_to_end/pull_test.py.
#include "akin/hub/pull.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "akin/base/sha256.h"
#include "akin/hub/model_store.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "git_hash.h"
#include "loopback_server.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::LoopbackServer;
using testing::SeenRequest;

const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";
const std::map<std::string, std::string> kFiles = {
    {"config.json", "{}"}, {"empty.json", ""}, {"model.safetensors", std::string(5000, 'w')}, {"pytorch_model.bin", "x"}};

std::string answer(const SeenRequest& request) {
  if (request.target.starts_with("/api/")) {
    std::string list;
    for (const auto& [name, content] : kFiles) list += (list.empty() ? "" : ",") + (R"({"rfilename":")" + name + R"("})");
    return LoopbackServer::reply(200, R"({"sha":")" + kCommit + R"(","siblings":[)" + list + "]}");
  }
  const std::string& content = kFiles.at(request.target.substr(request.target.rfind('/') + 1));
  hub::GitBlobHash git(content.size());
  git.update(content);
  const std::string etag = content.size() > 1000 ? sha256_hex(content) : git.hex();
  return LoopbackServer::reply(200, content, "X-Repo-Commit: " + kCommit + "\r\nETag: \"" + etag + "\"\r\n");
}

class PullTest : public ::testing::Test {
 protected:
  PullTest() : server_(answer) {
    ::setenv("HF_ENDPOINT", server_.url("/").c_str(), 1);
    ::setenv("HF_HUB_CACHE", folder_.path().c_str(), 1);
    ::setenv("HF_HOME", folder_.path().c_str(), 1);
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"}) ::unsetenv(name);
  }
  ~PullTest() override {
    for (const char* name : {"HF_ENDPOINT", "HF_HUB_CACHE", "HF_HOME"}) ::unsetenv(name);
  }
  testing::TemporaryFolder folder_;
  LoopbackServer server_;
};

TEST_F(PullTest, PutsFilesWhereTheyAreFoundByName) {
  std::uint64_t seen = 0;
  Context context(1, [&](const ProgressState& state, bool) { seen = state.done; });
  const PullReport report = pull_model("org/model", {}, context);
  EXPECT_EQ(report.commit, kCommit);
  EXPECT_EQ(report.n_bytes_fetched, 5002U);
  EXPECT_EQ(seen, 5002U) << "progress counts bytes";
  ASSERT_EQ(report.files.size(), 2U);
  EXPECT_EQ(report.files.back().name, "model.safetensors") << "weights last: a folder looks like a model when they are there";
  for (const PulledFile& file : report.files) {
    EXPECT_TRUE(file.checked) << file.name;
    std::ostringstream content;
    content << std::ifstream(report.folder / file.name).rdbuf();
    EXPECT_EQ(content.str(), kFiles.at(file.name));
  }
  EXPECT_EQ(resolve_model("org/model").path, report.folder);
  EXPECT_EQ(resolve_model("org/model@" + kCommit).path, report.folder);
}

TEST_F(PullTest, TakesAnEmptyFile) {
  Context context(1);
  PullOptions options;
  options.include = {"empty.json"};
  const PullReport report = pull_model("org/model", options, context);
  EXPECT_EQ(report.files.at(0).size, 0U);
  EXPECT_TRUE(fs::is_regular_file(report.folder / "empty.json"));
}

TEST_F(PullTest, ReplacesABlobThatLostItsEnd) {
  Context context(1);
  const PullReport report = pull_model("org/model", {}, context);
  fs::resize_file(fs::canonical(report.folder / "config.json"), 1);
  EXPECT_EQ(pull_model("org/model", {}, context).files.at(0).state, "there") << "without sizes in the list a snapshot is believed";
  fs::remove(report.folder / "config.json");
  EXPECT_EQ(pull_model("org/model", {}, context).files.at(0).state, "fetched");
  EXPECT_EQ(fs::file_size(report.folder / "config.json"), 2U);
}

TEST_F(PullTest, StopsWhenCancelledAndLeavesNoRef) {
  Context context(1);
  context.cancel.cancel();
  testing::expect_error(ErrorCode::cancelled, "", [&] { pull_model("org/model", {}, context); });
  EXPECT_FALSE(fs::exists(folder_.path() / "models--org--model/refs/main"));
}

}  // namespace
}  // namespace akin
