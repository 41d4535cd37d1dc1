#include "html_parse.h"

#include <time.h>

#include <algorithm>
#include <new>

namespace akin::documents {
namespace {

constexpr std::size_t kSlab = std::size_t{1} << 18;
constexpr std::size_t kAlign = alignof(std::max_align_t);
// gumbo reads 5 to 50 MB a second, but deep or badly closed tags can make it quadratic: this is ten times what honest pages need.
constexpr double kSeconds = 2.0;
constexpr double kSecondsPerMegabyte = 0.5;

/// CPU time of this thread, so that a busy machine does not make a page too slow.
double cpu_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

HtmlTree::HtmlTree(std::string_view html, const Reading& reading) : reading_(reading) {
  // An element takes some 400 bytes and the shortest tag 3; pages of the web need about 10 times their size. The upper bound is for hostile
  // ones.
  constexpr std::size_t kLargest = std::size_t{2} << 30;
  bound_ = (std::size_t{64} << 20) + std::min(kLargest, 128 * html.size());
  cpu_end_ = cpu_seconds() + kSeconds + kSecondsPerMegabyte * static_cast<double>(html.size()) / 1e6;
  if (!parse(html)) {
    if (out_of_time())
      reading.fail(ErrorCode::limit, "reading this HTML takes too long for its size: its tags are nested or broken beyond reason");
    reading.fail(ErrorCode::limit, "needs more memory as HTML than the bound of " + std::to_string(bound_ >> 20) + " MB");
  }
}

// No local object here has a destructor: a jump may leave gumbo's frames, which have none either, and land below.
bool HtmlTree::parse(std::string_view html) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = &HtmlTree::allocate;
  options.deallocator = &HtmlTree::release;
  options.userdata = this;
  options.max_errors = 0;
  if (setjmp(give_up_) != 0) return false;
  root_ = gumbo_parse_with_options(&options, html.data(), html.size())->document;
  return true;
}

void* HtmlTree::allocate(void* self, std::size_t size) {
  auto& tree = *static_cast<HtmlTree*>(self);
  const std::size_t padded = (size + kAlign - 1) / kAlign * kAlign;
  if (++tree.n_calls_ % 256 == 0 && tree.out_of_time()) std::longjmp(tree.give_up_, 1);
  if (padded > tree.bound_ - std::min(tree.bound_, tree.total_)) std::longjmp(tree.give_up_, 1);
  if (padded > tree.left_) {
    const std::size_t slab = std::max(kSlab, padded);
    auto* memory = new (std::nothrow) std::byte[slab];
    if (memory == nullptr) std::longjmp(tree.give_up_, 1);
    tree.slabs_.emplace_back(memory);
    tree.total_ += slab;
    if (padded == slab) return memory;
    tree.next_ = memory;
    tree.left_ = slab;
  }
  std::byte* const place = tree.next_;
  tree.next_ += padded;
  tree.left_ -= padded;
  return place;
}

bool HtmlTree::out_of_time() const noexcept { return reading_.seconds_left() < 0 || cpu_seconds() > cpu_end_; }

void HtmlTree::release(void*, void*) noexcept {}

}  // namespace akin::documents
