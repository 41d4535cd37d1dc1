// The hook through which tests fail a collection's writes.
#include "akin/base/io_hook.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace akin {
namespace {

struct Seen {
  IoCall call;
  std::string path;
  std::size_t size;
  std::uint64_t offset;
};
std::vector<Seen> seen;

int refuse_syncs(const IoEvent& event) {
  seen.push_back({event.call, std::string(event.path), event.size, event.offset});
  return event.call == IoCall::sync ? EIO : 0;
}

class IoHookTest : public ::testing::Test {
 protected:
  IoHookTest() { seen.clear(); }
  ~IoHookTest() override { set_io_hook(nullptr); }
};

TEST_F(IoHookTest, LetsEverythingHappenWhereNoneIsSet) {
  EXPECT_EQ(before_io({IoCall::write, "file", -1, nullptr, 10, 0}), 0);
  EXPECT_TRUE(seen.empty());
}

TEST_F(IoHookTest, IsToldWhatIsAboutToHappenAndDecides) {
  set_io_hook(refuse_syncs);
  EXPECT_EQ(before_io({IoCall::write, "a", -1, nullptr, 10, 4096}), 0);
  EXPECT_EQ(before_io({IoCall::sync, "b", -1, nullptr, 0, 0}), EIO);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].call, IoCall::write);
  EXPECT_EQ(seen[0].path, "a");
  EXPECT_EQ(seen[0].size, 10u);
  EXPECT_EQ(seen[0].offset, 4096u);
  EXPECT_EQ(seen[1].call, IoCall::sync);
  EXPECT_EQ(seen[1].path, "b");
}

TEST_F(IoHookTest, IsNotAskedAfterItWasTakenAway) {
  set_io_hook(refuse_syncs);
  set_io_hook(nullptr);
  EXPECT_EQ(before_io({IoCall::sync, "b", -1, nullptr, 0, 0}), 0);
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace akin
