// A graph whose saving fails at any one of its calls, or whose process ends there, leaves the collection as it was: it answers, nothing
// lies about, and the next refresh saves the graph.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/base/mapped_file.h"
#include "akin/base/rng.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "graph_cache.h"

namespace akin::store {
namespace {

namespace fs = std::filesystem;
using akin::testing::TemporaryFolder;

constexpr std::size_t kDim = 4;
constexpr std::size_t kLater = 500;  // more than a fiftieth: the older graph is brought up to date

void put(Store& store, const std::string& uri, std::size_t n_rows, std::uint64_t seed) {
  Matrix<float> vectors(n_rows, kDim);
  Rng rng(seed);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors.data()[i] = rng.normal();
  StoreChange change;
  change.put.emplace_back().uri = uri;
  change.put.back().chunks.resize(n_rows);
  change.vectors = std::as_const(vectors).view();
  store.apply(change);
}

long calls_left = 0;
int failure = 0;

int fail_here(const IoEvent&) { return --calls_left == -1 ? failure : 0; }

void write_half(const IoEvent& event) {
  if (event.call != IoCall::write || event.size < 2) return;
  if (::pwrite(event.fd, event.data, event.size / 2, static_cast<off_t>(event.offset)) < 0) ::_exit(3);
}

int fail_half_way(const IoEvent& event) {
  if (--calls_left != -1) return 0;
  write_half(event);
  return failure;
}

int end_here(const IoEvent& event) {
  if (--calls_left >= 0) return 0;
  write_half(event);
  ::_exit(9);
}

/// Two collections to begin with: one without a graph, one with a graph that lacks the last rows.
class GraphCrash : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    Context context(2);
    {
      Store store = Store::create(folder_->path() / "older", {"m", "f", kDim, "cosine"});
      put(store, "first", kGraphRows, 1);
      store.refresh_graph(context);
      put(store, "later", kLater, 2);
      digest_ = store.snapshot().content_digest();
    }
    fs::copy(folder_->path() / "older", folder_->path() / "none");
    fs::remove(folder_->path() / "none" / kGraphName);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  ~GraphCrash() override { set_io_hook(nullptr); }

  /// A copy to work on.
  static fs::path copy_of(const std::string& name) {
    const fs::path work = folder_->path() / "work";
    fs::remove_all(work);
    fs::copy(folder_->path() / name, work);
    return work;
  }

  static std::size_t n_unfinished(const fs::path& folder) {
    return static_cast<std::size_t>(std::count_if(fs::directory_iterator(folder), fs::directory_iterator(),
                                                  [](const auto& entry) { return is_unfinished_graph(entry.path().filename().string()); }));
  }

  /// The newest row is found first by its own vector, whichever way a search goes.
  static void expect_it_answers(const fs::path& folder, const std::string& where) {
    Context context(2);
    const Store reader = Store::open(folder, false);
    const Snapshot snapshot = reader.snapshot();
    const std::uint64_t newest = kGraphRows + kLater;
    const std::vector<ScoredChunk> hits = snapshot.search_dense(snapshot.vector_of(newest), 10, {}, context);
    ASSERT_EQ(hits.size(), 10U) << where;
    ASSERT_EQ(hits[0].chunk_id, newest) << where;
    ASSERT_EQ(snapshot.content_digest(), digest_) << where;
    ASSERT_EQ(graph_damage(folder), "") << where;
  }

  static void expect_the_next_saves_it(const fs::path& folder, const std::string& where) {
    Context context(2);
    Store store = Store::open(folder, true);
    ASSERT_EQ(n_unfinished(folder), 0U) << where;
    store.refresh_graph(context);
    ASSERT_TRUE(store.graph().has_value()) << where;
    ASSERT_EQ(store.graph()->n_vectors, kGraphRows + kLater) << where;
    expect_it_answers(folder, where + ", saved");
  }

  static void fail_every_call(const std::string& name, int error, IoHook hook) {
    std::size_t n_failed = 0;
    for (long n = 0, reached = 1; reached != 0; ++n) {
      const std::string where = name + ", call " + std::to_string(n);
      const fs::path folder = copy_of(name);
      {
        Store store = Store::open(folder, true);
        Context context(2);
        calls_left = n;
        failure = error;
        set_io_hook(hook);
        bool threw = false;
        try {
          store.refresh_graph(context);
        } catch (const Error& caught) {
          threw = true;
          EXPECT_EQ(caught.code(), ErrorCode::io) << caught.what();
          EXPECT_NE(std::string(caught.what()).find(kGraphName), std::string::npos) << caught.what();
        }
        set_io_hook(nullptr);
        reached = calls_left < 0 ? 1 : 0;
        n_failed += threw ? 1 : 0;
        ASSERT_EQ(n_unfinished(folder), 0U) << where;
        const bool kept = fs::exists(folder / kGraphName) && store.graph()->n_vectors == kGraphRows;
        ASSERT_EQ(kept, threw && name == "older") << where;
      }
      expect_it_answers(folder, where);
      expect_the_next_saves_it(folder, where);
    }
    EXPECT_GE(n_failed, 5U) << "creation, the parts, sync and renaming: the hook was there";
  }

 private:
  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string digest_;
};

TEST_F(GraphCrash, AFullDiskAtAnyCallLeavesNoGraphWhereThereWasNone) { fail_every_call("none", ENOSPC, fail_here); }
TEST_F(GraphCrash, AFullDiskAtAnyCallLeavesTheOlderGraph) { fail_every_call("older", ENOSPC, fail_here); }
TEST_F(GraphCrash, AFailingDiskAtAnyCallLeavesTheOlderGraph) { fail_every_call("older", EIO, fail_here); }
TEST_F(GraphCrash, AShortWriteAtAnyCallLeavesTheOlderGraph) { fail_every_call("older", ENOSPC, fail_half_way); }

TEST_F(GraphCrash, AProcessThatEndsAtAnyCallLeavesAWholeGraphOrNone) {
  for (const char* name : {"none", "older"}) {
    bool finished = false;
    long n = 0;
    for (; !finished; ++n) {
      const std::string where = std::string(name) + ", call " + std::to_string(n);
      const fs::path folder = copy_of(name);
      const pid_t child = ::fork();
      if (child == 0) {
        try {
          Store store = Store::open(folder, true);
          Context context(1);
          calls_left = n;
          set_io_hook(end_here);
          store.refresh_graph(context);
        } catch (...) {
          ::_exit(5);
        }
        ::_exit(0);
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9)) << where;
      finished = WEXITSTATUS(status) == 0;
      expect_it_answers(folder, where);
      expect_the_next_saves_it(folder, where);
      ASSERT_LT(n, 1000);
    }
    EXPECT_GT(n, 5) << name;
  }
}

}  // namespace
}  // namespace akin::store
