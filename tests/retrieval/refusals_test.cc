#include <gtest/gtest.h>

#include "akin/retrieval/collection.h"

namespace akin {
namespace {

TEST(Refusals, AreCountedByReasonTheMostFrequentFirst) {
  const std::vector<Refusal> refused = {{"/a/1.txt", "/a/1.txt: has 12 bytes, the bound is 8"},
                                        {"/a/2.txt", "/a/2.txt: has 345 bytes, the bound is 8"},
                                        {"/b", "/b: is a PNG image"},
                                        {"/c", "cannot be read"}};
  const std::vector<RefusalKind> kinds = refusals_by_reason(refused);
  ASSERT_EQ(kinds.size(), 3U);
  EXPECT_EQ(kinds[0].reason, "has N bytes, the bound is N");
  EXPECT_EQ(kinds[0].n_files, 2U);
  EXPECT_EQ(kinds[0].example, "/a/1.txt");
  EXPECT_EQ(kinds[1].reason, "cannot be read");
  EXPECT_EQ(kinds[2].reason, "is a PNG image");
  EXPECT_TRUE(refusals_by_reason({}).empty());
}

}  // namespace
}  // namespace akin
