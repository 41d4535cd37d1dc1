// Memory by pages. Tested by pages_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace akin {

/// Has the system give the whole pages within `memory` now, in one call, instead of one by one as each is first written: for large buffers
/// that are about to be filled (the weights of a model: 10,000 pages took 3 ms less of a start of 60 ms). The content stays as it is; where
/// the system cannot, nothing happens.
void populate(std::span<std::byte> memory) noexcept;

/// Asks the system for large pages under `memory`, before anything is written to it: for tables of many megabytes that are read here and
/// there, which small pages' addresses do not fit the processor's table of (a walk through a graph of 100,000 rows is a fifth faster).
/// Where the system has none, nothing happens.
void prefer_large_pages(std::span<std::byte> memory) noexcept;

/// Gives back the memory of the whole pages within `part`, which lies in a mapped file: they are read again when they are next looked at.
void forget(std::span<const std::byte> part) noexcept;

/// Memory of whole pages from the system, all there at once and zero, large pages where they fit: for large buffers that live long and are
/// read over and over (the weights of a model). 42 MB in pieces of one to two megabytes are there in 6 ms of both cores, in small pages it
/// took 15. Up to a quarter of a large page may be taken beyond `size`. Move-only.
class PageBuffer {
 public:
  PageBuffer() = default;
  /// Throws Error{limit} if the system has not so much memory.
  explicit PageBuffer(std::size_t size);
  PageBuffer(PageBuffer&& other) noexcept
      : mapped_(std::exchange(other.mapped_, {})), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  PageBuffer& operator=(PageBuffer&& other) noexcept;
  ~PageBuffer();

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::span<std::byte> mapped_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace akin
