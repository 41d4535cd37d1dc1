// What every fuzz entry of the document readers does with its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "akin/documents/document.h"

namespace akin::fuzz {

inline void expect(bool truth) {
  if (!truth) std::abort();
}

inline void read_as(const std::string& uri, const std::uint8_t* data, std::size_t size) {
  const ReadLimits limits{.max_file_bytes = 1 << 20, .max_text_bytes = 1 << 22, .max_pages = 100, .max_seconds = 5};
  try {
    for (const Document& document : read_documents(std::string_view(reinterpret_cast<const char*>(data), size), uri, limits)) {
      expect(!document.title.empty() && is_valid_utf8(document.title));
      for (const Block& block : document.blocks) {
        expect(!block.text.empty() && is_valid_utf8(block.text));
        static_cast<void>(line_at(block, block.text.size() / 2));
      }
    }
  } catch (const Error& error) {
    expect(std::string_view(error.what()).starts_with(uri));
  }
}

}  // namespace akin::fuzz
