// The digest is of the content alone: how it came there has no say, every field has.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

std::string digest_of(Draft& draft) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(draft.change());
  return store.snapshot().content_digest();
}

TEST(ContentDigest, IsTheSameHoweverTheContentCameThere) {
  Draft draft;
  const std::string at_once = digest_of(draft.put("a", 3, 1).put("b", 2, 2).put("c", 4, 3));
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_segment_bytes = 64;
  Store store = Store::create(folder.path(), space_of(), options);
  put(store, "c", 2, 9);
  put(store, "gone", 5, 8);
  put(store, "b", 2, 2);
  put(store, "c", 4, 3);
  put(store, "a", 3, 1);
  EXPECT_NE(store.snapshot().content_digest(), at_once);
  store.apply(Draft().remove("gone").change());
  EXPECT_EQ(store.snapshot().content_digest(), at_once);
  store.compact(0);
  EXPECT_EQ(store.snapshot().content_digest(), at_once);
}

TEST(ContentDigest, LooksAtEveryField) {
  Draft same;
  const std::string right = digest_of(same.put("a", 2, 1));
  const std::vector<std::pair<std::string, std::function<void(Draft&)>>> changes = {
      {"uri", [](Draft& d) { d.last().uri = "b"; }},
      {"title", [](Draft& d) { d.last().title += "!"; }},
      {"format", [](Draft& d) { d.last().format = "html"; }},
      {"content hash", [](Draft& d) { d.last().content_hash = "another"; }},
      {"metadata's field", [](Draft& d) { d.last().metadata[0].first = "root"; }},
      {"metadata's value", [](Draft& d) { d.last().metadata[0].second = "2"; }},
      {"text", [](Draft& d) { d.last().chunks[1].text += " "; }},
      {"headings", [](Draft& d) { d.last().chunks[1].headings.pop_back(); }},
      {"page", [](Draft& d) { d.last().chunks[1].page = 7; }},
      {"line", [](Draft& d) { d.last().chunks[1].line = 7; }},
      {"tokens", [](Draft& d) { d.last().chunks[1].n_tokens = 7; }},
      {"order of chunks", [](Draft& d) { std::swap(d.last().chunks[0], d.last().chunks[1]); }},
      {"vector", [](Draft& d) { d.numbers()[5] += 0.001f; }},
  };
  for (const auto& [what, change] : changes) {
    Draft draft;
    draft.put("a", 2, 1);
    change(draft);
    EXPECT_NE(digest_of(draft), right) << what;
  }
}

TEST(ContentDigest, IsThatOfTheSnapshotsCommit) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 2, 1);
  const Snapshot before = store.snapshot();
  const std::string digest = before.content_digest();
  put(store, "b", 2, 2);
  EXPECT_EQ(before.content_digest(), digest);
  EXPECT_NE(store.snapshot().content_digest(), digest);
}

}  // namespace
}  // namespace akin
