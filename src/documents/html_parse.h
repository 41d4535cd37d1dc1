// gumbo, kept within bounds: its tree lives in an arena that is dropped as a whole (gumbo's own release recurses and would overflow the
// stack on deep pages), and every allocation asks whether memory or time is used up. Tested by html_parse_test.cc.
#pragma once

#include <gumbo.h>

#include <csetjmp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "reading.h"

namespace akin::documents {

class HtmlTree {
 public:
  /// Parses `html`, which must outlive the tree. Throws Error{limit} when time or memory pass the bounds.
  HtmlTree(std::string_view html, const Reading& reading);
  [[nodiscard]] const GumboNode* root() const noexcept { return root_; }

 private:
  static void* allocate(void* self, std::size_t size);
  static void release(void* self, void* memory) noexcept;
  bool parse(std::string_view html);
  [[nodiscard]] bool out_of_time() const noexcept;

  const Reading& reading_;
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t total_ = 0;
  std::size_t bound_ = 0;
  std::size_t n_calls_ = 0;
  double cpu_end_ = 0;
  std::jmp_buf give_up_;
  const GumboNode* root_ = nullptr;
};

}  // namespace akin::documents
