// A process that ends at any one of its writes, syncs, truncations and removals, in the middle of a write too, leaves a whole commit: the
// last that returned or the one under way. A call that fails (full disk) leaves the commit before. Every such point of a script that
// writes, replaces, removes and compacts is tried.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

using Step = std::function<void(Store&)>;

StoreOptions small_segments() {
  StoreOptions options;
  options.max_segment_bytes = 6 * testing::kDim * sizeof(float);
  options.max_dead_share = 0.5;  // some steps compact by themselves, others are left to compact()
  return options;
}

/// Goes on where the next space stands. The vectors follow from the ids.
void add_to_next_space(Store& store, std::size_t n) {
  std::vector<std::uint64_t> chunks;
  std::vector<float> numbers;
  for (const ChunkRecord& record : store.snapshot().chunks_after(store.snapshot().next_space()->done_chunk, n)) {
    chunks.push_back(record.chunk_id);
    numbers.insert(numbers.end(), 6, static_cast<float>(record.chunk_id));
  }
  store.add_to_next_space(chunks, MatrixView<const float>(numbers.data(), chunks.size(), 6));
}

/// In whatever space the store is in by now.
void put_anything(Store& store, const std::string& uri, std::size_t n_chunks) {
  StoreChange change;
  change.put.emplace_back().uri = uri;
  change.put.back().chunks.resize(n_chunks);
  const Matrix<float> vectors(n_chunks, store.space().dim);
  change.vectors = vectors.view();
  store.apply(change);
}

const std::vector<Step>& script() {
  static const std::vector<Step> steps = {
      [](Store& s) { s.apply(Draft().put("a", 3, 1, "file").source("file", "h").change()); },
      [](Store& s) { s.apply(Draft().put("b", 4, 2).put("c", 1, 3).change()); },
      [](Store& s) { put(s, "a", 2, 4); },
      [](Store& s) { s.apply(Draft().remove("b").put("d", 3, 5).change()); },
      [](Store& s) { s.compact(0); },
      [](Store& s) { s.apply(Draft().remove_source("file").put("e", 9, 6).change()); },
      [](Store& s) { s.compact(0); },
      [](Store& s) {
        s.begin_space({"wide", "fingerprint-of-wide", 6, "dot"});
      },
      [](Store& s) { add_to_next_space(s, 5); },
      [](Store& s) { s.apply(Draft().remove("c").put("f", 2, 7).change()); },
      [](Store& s) { add_to_next_space(s, 100); },
      [](Store& s) { s.switch_space(); },
      [](Store& s) { s.compact(0); },
  };
  return steps;
}

/// Content digests before the first step and after each.
std::vector<std::string> digests() {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of(), small_segments());
  std::vector<std::string> out = {store.snapshot().content_digest()};
  for (const Step& step : script()) {
    step(store);
    out.push_back(store.snapshot().content_digest());
  }
  return out;
}

long calls_left = 0;
int failure = 0;

/// The first half of a write reaches the file.
void write_half(const IoEvent& event) {
  if (event.call != IoCall::write || event.size < 2) return;
  const int fd = ::open(std::string(event.path).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0 && ::pwrite(fd, event.data, event.size / 2, static_cast<off_t>(event.offset)) < 0) ::_exit(3);
  if (fd >= 0) ::close(fd);
}

/// Ends the process at the call that calls_left counts down to; of a write, the first half reaches the file.
int end_here(const IoEvent& event) {
  if (--calls_left >= 0) return 0;
  write_half(event);
  ::_exit(9);
}

/// Fails one call.
int fail_here(const IoEvent&) { return --calls_left == -1 ? failure : 0; }

/// The same, but half of a write is done.
int fail_half_way(const IoEvent& event) {
  if (--calls_left != -1) return 0;
  write_half(event);
  return failure;
}

/// Runs the script in a process of its own up to its n-th call; gives how far it came, and whether it came to the end.
struct Outcome {
  bool created = false;
  std::size_t n_steps = 0;
  bool finished = false;
};

Outcome run_until(long n, const std::filesystem::path& folder) {
  std::array<int, 2> said{};
  if (::pipe(said.data()) != 0) throw_errno("pipe", "make it");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto say = [&](char c) {
      if (::write(said[1], &c, 1) != 1) ::_exit(4);
    };
    try {
      calls_left = n;
      set_io_hook(end_here);
      Store store = Store::create(folder, space_of(), small_segments());
      say('c');
      for (const Step& step : script()) {
        step(store);
        say('s');
      }
    } catch (...) {
      ::_exit(5);
    }
    ::_exit(0);
  }
  ::close(said[1]);
  Outcome outcome;
  for (char c = 0; ::read(said[0], &c, 1) == 1;) {
    outcome.created = true;
    outcome.n_steps += c == 's' ? 1 : 0;
  }
  ::close(said[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "call " << n;
  EXPECT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9) << "call " << n << ", exit " << WEXITSTATUS(status);
  outcome.finished = WEXITSTATUS(status) == 0;
  return outcome;
}

Store open_after_crash(const std::filesystem::path& folder, bool created) {
  try {
    return Store::open(folder, true, small_segments());
  } catch (const Error& error) {
    if (created || error.code() != ErrorCode::not_found) throw;
    return Store::create(folder, space_of(), small_segments());
  }
}

TEST(Crash, AtAnyCallLeavesAWholeCommit) {
  const std::vector<std::string> wanted = digests();
  long n = 0;
  for (bool finished = false; !finished; ++n) {
    const TemporaryFolder folder;
    const Outcome outcome = run_until(n, folder.path() / "library");
    finished = outcome.finished;
    Store store = open_after_crash(folder.path() / "library", outcome.created);
    const std::string digest = store.snapshot().content_digest();
    const std::size_t next = std::min(outcome.n_steps + 1, wanted.size() - 1);
    ASSERT_TRUE(digest == wanted[outcome.n_steps] || digest == wanted[next]) << "call " << n << " after step " << outcome.n_steps;
    Context context(1);
    ASSERT_TRUE(store.snapshot().damage(context).empty()) << "call " << n << ": " << store.snapshot().damage(context)[0];
    const std::size_t n_before = store.snapshot().counts().n_vectors;
    put_anything(store, "afterwards", 5);
    ASSERT_EQ(store.snapshot().counts().n_vectors, n_before + 5) << "call " << n;
    ASSERT_TRUE(store.snapshot().damage(context).empty()) << "call " << n;
    ASSERT_LT(n, 5000);
  }
  EXPECT_GT(n, 100);  // the script makes far more calls than this: the hook was there
}

void fail_every_call(int error, IoHook hook) {
  const std::vector<std::string> wanted = digests();
  const auto steps = script();
  std::size_t n_failed = 0;
  for (std::size_t target = 0; target < steps.size(); ++target) {
    for (long n = 0, reached = 1; reached != 0; ++n) {
      const TemporaryFolder folder;
      Store store = Store::create(folder.path(), space_of(), small_segments());
      for (std::size_t i = 0; i < target; ++i) steps[i](store);
      calls_left = n;
      failure = error;
      set_io_hook(hook);
      bool threw = false;
      try {
        steps[target](store);
      } catch (const Error& caught) {
        threw = true;
        EXPECT_EQ(name_of(caught.code()), name_of(ErrorCode::io)) << caught.what();
      }
      set_io_hook(nullptr);
      reached = calls_left < 0 ? 1 : 0;
      n_failed += threw ? 1 : 0;
      ASSERT_EQ(store.snapshot().content_digest(), wanted[threw ? target : target + 1]) << "step " << target << ", call " << n;
      if (threw) steps[target](store);
      ASSERT_EQ(store.snapshot().content_digest(), wanted[target + 1]) << "step " << target << ", call " << n << ", again";
      Context context(1);
      ASSERT_TRUE(store.snapshot().damage(context).empty()) << "step " << target << ", call " << n;
    }
  }
  EXPECT_GT(n_failed, 20u);
}

TEST(FullDisk, AtAnyCallLeavesTheCommitBefore) { fail_every_call(ENOSPC, fail_here); }

TEST(FailingDisk, AtAnyCallLeavesTheCommitBefore) { fail_every_call(EIO, fail_here); }

TEST(ShortWrite, AtAnyCallLeavesTheCommitBefore) { fail_every_call(ENOSPC, fail_half_way); }

}  // namespace
}  // namespace akin
