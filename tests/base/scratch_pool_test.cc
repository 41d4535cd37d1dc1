#include "akin/base/scratch_pool.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(ScratchPool, GivesBackWhatWasTaken) {
  ScratchPool<int> pool;
  int* first = nullptr;
  {
    ScratchPool<int>::Lease a(pool);
    ScratchPool<int>::Lease b(pool);
    EXPECT_NE(&a.get(), &b.get());
    first = &a.get();
  }
  EXPECT_EQ(&ScratchPool<int>::Lease(pool).get(), first);
}

}  // namespace
}  // namespace akin
