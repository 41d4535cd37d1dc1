// The parts of a document that chunks do not cross: a heading with what stands under it, as one text with the places of its blocks.
// Tested by sections_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "akin/documents/document.h"

namespace akin::documents {

/// Where a block lies in its section's text.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< without the white space that parts it from the next
  const Block* block = nullptr;
};

struct Section {
  std::string text;
  std::vector<Part> parts;
  std::vector<std::string> headings;  ///< path with the section's own heading
  std::size_t n_outer = 0;            ///< how many of `headings` do not stand in `text` itself
  std::size_t body = 0;               ///< where the text after the leading headings begins
};

/// The sections in order; one ends before a heading, and before a block that stands under others. A heading without text joins the deeper
/// one that follows it; other runs of such headings make one section.
std::vector<Section> sections_of(const Document& document);

}  // namespace akin::documents
