#include "akin/base/pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// How many of the pages that `memory` covers are there.
std::size_t n_resident(std::byte* memory, std::size_t n_pages) {
  std::vector<unsigned char> there(n_pages);
  EXPECT_EQ(::mincore(memory, n_pages * page_size(), there.data()), 0);
  return static_cast<std::size_t>(std::count_if(there.begin(), there.end(), [](unsigned char c) { return (c & 1) != 0; }));
}

TEST(Pages, AreThereAfterOneCallAndNoOthers) {
  constexpr std::size_t kPages = 16;
  void* address = ::mmap(nullptr, kPages * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(address, MAP_FAILED);
  auto* memory = static_cast<std::byte*>(address);
  ::madvise(address, kPages * page_size(), MADV_NOHUGEPAGE);
  populate({memory + 2 * page_size() + 1, 4 * page_size()});  // whole pages within: 3, 4 and 5
  const std::size_t resident = n_resident(memory, kPages);
  EXPECT_TRUE(resident == 3 || resident == 0) << "a system that cannot leaves all as it was";
  ::munmap(address, kPages * page_size());
}

TEST(Pages, KeepsWhatStandsInThem) {
  std::vector<std::byte> memory(5 * page_size() + 17);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i * 31);
  populate(memory);
  populate({});
  populate(std::span(memory).first(3));
  for (std::size_t i = 0; i < memory.size(); ++i) ASSERT_EQ(memory[i], static_cast<std::byte>(i * 31));
}

TEST(PageBuffer, IsZeroAndAsLongAsItIsAskedFor) {
  EXPECT_EQ(PageBuffer().data(), nullptr);
  EXPECT_EQ(PageBuffer(0).size(), 0U);
  constexpr std::size_t kLarge = std::size_t{2} << 20;
  for (const std::size_t size : {std::size_t{1}, page_size(), kLarge / 4 * 3, kLarge / 4 * 3 + 1, kLarge, kLarge + 5, 3 * kLarge - 1}) {
    PageBuffer buffer(size);
    ASSERT_EQ(buffer.size(), size);
    const std::span<std::byte> bytes(buffer.data(), size);
    EXPECT_EQ(std::ranges::count(bytes, std::byte{0}), static_cast<std::ptrdiff_t>(size));
    std::ranges::fill(bytes, std::byte{7});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % (size >= kLarge ? kLarge : page_size()), 0U);
  }
}

TEST(PageBuffer, MovesItsMemory) {
  PageBuffer buffer(100);
  buffer.data()[99] = std::byte{3};
  PageBuffer moved(std::move(buffer));
  EXPECT_EQ(moved.data()[99], std::byte{3});
  PageBuffer assigned(7);
  assigned = std::move(moved);
  EXPECT_EQ(assigned.size(), 100U);
  EXPECT_EQ(assigned.data()[99], std::byte{3});
}

TEST(PageBuffer, SaysThatThereIsNotEnoughMemory) {
  expect_error(ErrorCode::limit, "not enough memory for a buffer of", [] { PageBuffer(std::size_t{1} << 50); });
}

}  // namespace
}  // namespace akin
